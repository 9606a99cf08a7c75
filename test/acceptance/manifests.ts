// The objects that a row speaks of, and the requests that a change is.
import { configObject, encodedData, workloadObject } from '../scenarios/harness/fixtures.ts'
import { jobSpec } from '../scenarios/harness/jobs.ts'
import type { NewObject, StoredObject } from '../scenarios/harness/json.ts'
import { pathOf } from '../scenarios/harness/kinds.ts'
import type { TestApi } from '../scenarios/harness/test-api.ts'
import type { ChangeRow, ConfigRow, WorkloadRow } from './acceptance-case.ts'

export async function makeConfig(api: TestApi, namespace: string, row: ConfigRow): Promise<void> {
  const { kind = 'ConfigMap', name = '', data = { key: 'before' }, annotations = {}, labels = {} } = row
  const object = configObject({ kind, name }, data)
  const body = { ...object, metadata: { name, annotations, labels } }
  await api.call('POST', pathOf(kind, { namespace }), { body })
}

export async function makeChange(api: TestApi, namespace: string, row: ChangeRow): Promise<void> {
  const { kind = 'ConfigMap', name = '', verb = 'set', data = { key: 'after' }, patch } = row
  const path = pathOf(kind, { namespace, name })
  switch (verb) {
    case 'create':
      return makeConfig(api, namespace, { data: { key: 'after' }, ...row })
    case 'delete':
      await api.call('DELETE', path)
      return
    case 'merge':
      await api.call('PATCH', path, { body: patch, contentType: 'application/merge-patch+json' })
      return
    case 'set': {
      const body = [{ op: 'add', path: '/data', value: encodedData(kind, data) }]
      await api.call('PATCH', path, { body, contentType: 'application/json-patch+json' })
    }
  }
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

/** Nobody who watches pods become ready is faster. */
const MIN_AGE_MS = 2_000

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
