// The objects that a row speaks of, and the requests that a change is.
import { configObject, encodedData, workloadObject } from '../scenarios/harness/fixtures.ts'
import { jobSpec } from '../scenarios/harness/jobs.ts'
import type { NewObject, StoredObject } from '../scenarios/harness/json.ts'
import { kindInfo, pathOf } from '../scenarios/harness/kinds.ts'
import type { TestApi } from '../scenarios/harness/test-api.ts'
import type { ChangeRow, ConfigRow, WorkloadRow } from './acceptance-case.ts'

export async function makeConfig(api: TestApi, namespace: string, row: ConfigRow): Promise<void> {
  for (const body of objectsOf(row)) await api.call('POST', pathOf(body.kind, { namespace }), { body })
}

/** A class comes with the status of one pod, as if that had mounted it. */
function objectsOf(row: ConfigRow): readonly NewObject[] {
  const { kind = 'ConfigMap', name = '', data = { key: 'before' }, annotations = {}, labels = {} } = row
  const metadata = { name, annotations, labels }
  if (kind !== 'SecretProviderClass') return [{ ...configObject({ kind, name }, data), metadata }]
  const { apiVersion } = kindInfo(kind)
  return [
    { apiVersion, kind, metadata, spec: { provider: 'vault', parameters: {} } },
    {
      apiVersion,
      kind: POD_STATUS,
      metadata: { name },
      status: { secretProviderClassName: name, podName: name, mounted: true, objects: versionsOf(data) },
    },
  ]
}

const POD_STATUS = 'SecretProviderClassPodStatus'

function versionsOf(data: Readonly<Record<string, string>>) {
  return Object.entries(data).map(([id, version]) => ({ id, version }))
}

export async function makeChange(api: TestApi, namespace: string, row: ChangeRow): Promise<void> {
  const { kind = 'ConfigMap', name = '', verb = 'set', data = { key: 'after' } } = row
  const path = pathOf(kind === 'SecretProviderClass' ? POD_STATUS : kind, { namespace, name })
  if (verb === 'create') return makeConfig(api, namespace, { ...row, data })
  if (verb === 'delete') {
    await api.call('DELETE', path)
    return
  }
  const content =
    kind === 'SecretProviderClass'
      ? { path: '/status/objects', value: versionsOf(data) }
      : { path: '/data', value: encodedData(kind, data) }
  const [type, body] =
    verb === 'merge'
      ? (['merge-patch', row.patch] as const)
      : (['json-patch', [{ op: 'add', ...content }]] as const)
  await api.call('PATCH', path, { body, contentType: `application/${type}+json` })
}

export function workloadManifest(name: string, row: WorkloadRow): NewObject {
  const { kind = 'Deployment', annotations = {}, uses = [] } = row
  const metadata = { name, annotations }
  if (kind === 'Job' || kind === 'CronJob') {
    const spec = jobSpec(name, { uses })
    const template = { ...spec.template, metadata: templateMetadata(name, row) }
    const job = { ...spec, template }
    const cronJob = { schedule: '0 0 29 2 *', jobTemplate: { spec: job } }
    return { apiVersion: 'batch/v1', kind, metadata, spec: kind === 'Job' ? job : cronJob }
  }
  return workloadObject(name, { ...row, kind })
}

function templateMetadata(name: string, { templateAnnotations: annotations = {} }: WorkloadRow) {
  return { labels: { app: name }, annotations }
}

/** Nobody who waits for images to be pulled and containers to run is faster. */
const MIN_AGE_MS = 4_000

/** Whether somebody who waits for its pods would go on; where nobody makes pods of it, its age must do. */
export function isReady(workload: StoredObject | undefined): boolean {
  if (workload === undefined) return false
  if (Date.now() < Date.parse(workload.metadata.creationTimestamp) + MIN_AGE_MS) return false
  const { generation = 0 } = workload.metadata
  const { replicas = 1 } = workload.spec as { readonly replicas?: number }
  const status = (workload.status ?? {}) as Readonly<Record<string, number | undefined>>
  const { observedGeneration = 0, readyReplicas = 0, numberReady = 0, desiredNumberScheduled = 0 } = status
  switch (workload.kind) {
    case 'Deployment':
    case 'StatefulSet':
      return observedGeneration >= generation && readyReplicas >= replicas
    case 'DaemonSet':
      return observedGeneration >= generation && numberReady >= Math.max(1, desiredNumberScheduled)
    default:
      return true
  }
}
