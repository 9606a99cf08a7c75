// Records in the ConfigMaps of a fake API server: writing them as another process would, and reading back what is there.

import { formatRecord, parseRecord } from '../../src/controller/records/record-format.ts'
import {
  createRecordStore,
  type RecordStore,
  type RecordStoreOptions,
} from '../../src/controller/records/record-store.ts'
import type { ConfigRecord, WorkloadRecord } from '../../src/types/record.ts'
import type { WorkloadRef } from '../../src/types/workload.ts'
import type { FakeClient, FakeRequest } from './fake-client.ts'

const CONF = 'ConfigMap/conf'
export const RECORDS_LABEL = 'reloader.stakater.com/records'
export const KIB = 1024

/** A record of the Deployment `shop/<name>`, for one config at that version; `bytes` longer than it need be. */
export function record(name: string, version: number, bytes = 0): WorkloadRecord {
  const conf = {
    state: 'present',
    uid: 'u1',
    resourceVersion: String(version),
    keys: 'all',
    digest: 'x'.repeat(bytes),
  } as const
  return {
    workload: { kind: 'Deployment', namespace: 'shop', name },
    uid: 'w1',
    since: '2026-01-01T00:00:00Z',
    configs: { [CONF]: conf },
  }
}

/** The workload that `record` is about. */
export function ref(name: string): WorkloadRef {
  return record(name, 1).workload
}

/** The version in a record that `record` made. */
export function versionIn(from: WorkloadRecord | undefined): string | undefined {
  const entry: ConfigRecord | undefined = from?.configs[CONF]
  return entry?.state === 'present' ? entry.resourceVersion : undefined
}

/** The version that a store remembers. */
export function versionOf(store: Pick<RecordStore, 'get'>, name: string): string | undefined {
  return versionIn(store.get(ref(name), 'w1'))
}

/** Where shard `index` lives. */
export function shardAddress(index: number) {
  return { namespace: 'reloader', name: `reloader-records-${index}` }
}

/** The data of a shard; empty where there is none. */
export function shardData(client: FakeClient, index: number): Readonly<Record<string, string>> {
  const data = client.object('configmaps', shardAddress(index))?.data
  return Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, String(value)]))
}

/** What the cluster holds in a shard, as `name:version`, sorted. */
export function stored(client: FakeClient, index: number): readonly string[] {
  const lines = (shardData(client, index).records ?? '').split('\n').filter((line) => line !== '')
  return lines
    .map(parseRecord)
    .map((each) => `${each.workload.name}:${versionIn(each)}`)
    .sort()
}

/** Writes a shard as another process would. */
export function putShard(client: FakeClient, index: number, data: Readonly<Record<string, string>>): void {
  const labels = { [RECORDS_LABEL]: 'reloader' }
  client.put('configmaps', { metadata: { ...shardAddress(index), labels }, data })
}

/** The data of a shard that holds these records. */
export function shardOf(...records: readonly WorkloadRecord[]): Readonly<Record<string, string>> {
  return { format: '1', records: records.map(formatRecord).join('\n') }
}

/** A store that has read what is there, with what it says to people. */
export async function openStore(client: FakeClient, options: Partial<RecordStoreOptions> = {}) {
  const problems: string[] = []
  const store = createRecordStore({
    client,
    namespace: 'reloader',
    name: 'reloader',
    watchedNow: () => undefined,
    dryRun: false,
    onProblem: (message) => problems.push(message),
    ...options,
  })
  await store.load(new AbortController().signal)
  return { store, problems }
}

/** The writes so far, as `verb configmaps name`. */
export function writes(client: FakeClient): readonly string[] {
  return client.requested('create', 'update')
}

export function isWrite({ verb }: FakeRequest): boolean {
  return verb === 'create' || verb === 'update'
}
