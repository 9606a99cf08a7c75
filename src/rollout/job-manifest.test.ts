import { describe, expect, it } from 'vitest'
import { brings, deletes, follow } from '../../test/stamp-case.ts'
import { type CronJob, type Job, rerunManifest, runManifest, runName } from './job-manifest.ts'

const NO_CHANGE = { set: [], remove: [], annotations: {}, recordFirst: false } as const
const STAMP = { ...NO_CHANGE, set: [{ container: 'app', name: 'STAKATER_A_CONFIGMAP', value: 'v' }] }
const SERVER = { uid: 'u', resourceVersion: '7', generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' }
const GENERATED = {
  'controller-uid': 'u',
  'job-name': 'batch',
  'batch.kubernetes.io/controller-uid': 'u',
  'batch.kubernetes.io/job-name': 'batch',
}

function job(metadata: object = {}, spec: object = {}, labels: Record<string, string> = {}): Job {
  return {
    metadata: { name: 'batch', namespace: 'shop', ...SERVER, ...metadata },
    spec: {
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } },
      ...spec,
      template: {
        metadata: { labels: { ...GENERATED, ...labels } },
        spec: { containers: [{ name: 'app' }], restartPolicy: 'Never' },
      },
    },
  }
}

describe('a Job to be made again', () => {
  it('has nothing of what the API server made of it, and carries the stamps', () => {
    expect(rerunManifest(job({ labels: GENERATED }, {}, { app: 'web' }), STAMP)).toEqual({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'batch', namespace: 'shop' },
      spec: {
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            containers: [{ name: 'app', env: [{ name: 'STAKATER_A_CONFIGMAP', value: 'v' }] }],
            restartPolicy: 'Never',
          },
        },
      },
    })
  })

  it('keeps all else that its owner wrote', () => {
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: 'a-uid' }
    const metadata = {
      labels: { team: 'a', ...GENERATED },
      annotations: { note: 'kept', 'batch.kubernetes.io/job-tracking': '' },
      ownerReferences: [owner],
      finalizers: ['example.com/keep', 'foregroundDeletion'],
    }
    const spec = { suspend: true, ttlSecondsAfterFinished: 60, completionMode: 'Indexed', completions: 3 }
    expect(rerunManifest(job(metadata, spec), NO_CHANGE)).toMatchObject({
      metadata: {
        labels: { team: 'a' },
        annotations: { note: 'kept' },
        ownerReferences: [owner],
        finalizers: ['example.com/keep'],
      },
      spec,
    })
  })

  it('keeps a selector of its own, with the labels that it selects', () => {
    const selector = { matchLabels: { 'job-name': 'batch' } }
    const { spec } = rerunManifest(job({}, { manualSelector: true, selector }), NO_CHANGE)
    expect(spec).toMatchObject({
      manualSelector: true,
      selector,
      template: { metadata: { labels: GENERATED } },
    })
  })
})

describe('the Job that a CronJob runs now', () => {
  const cronJob = (metadata?: object): CronJob => ({
    metadata: { name: 'nightly', namespace: 'shop', ...SERVER },
    spec: { jobTemplate: { ...(metadata === undefined ? {} : { metadata }), spec: job().spec } },
  })

  it('is owned by it as its controller, and marked as not scheduled, whatever its template says', () => {
    const annotations = { note: 'kept', 'cronjob.kubernetes.io/instantiate': 'no' }
    const metadata = { labels: { team: 'a' }, annotations }
    expect(runManifest(cronJob(metadata), { name: 'n', change: STAMP }).metadata).toEqual({
      name: 'n',
      namespace: 'shop',
      labels: { team: 'a' },
      annotations: { note: 'kept', 'cronjob.kubernetes.io/instantiate': 'manual' },
      ownerReferences: [
        { apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly', uid: 'u', controller: true },
      ],
    })
  })

  it('carries the stamps', () => {
    const { spec } = runManifest(cronJob(), { name: 'n', change: STAMP })
    expect(spec.template.spec?.containers?.[0]?.env).toHaveLength(1)
  })
})

describe('its name', () => {
  const ref = (name: string) => ({ ref: { kind: 'CronJob', namespace: 'shop', name }, uid: 'u' }) as const
  const [a, b] = [brings(follow('a')), brings(follow('b'))]

  it('is the same for the same change, in any order, and another for another', () => {
    const name = runName(ref('nightly'), [a, b])
    expect(name).toMatch(/^nightly-[0-9a-f]{10}$/)
    expect(runName(ref('nightly'), [b, a])).toBe(name)
    const others = [
      runName(ref('nightly'), [a]),
      runName(ref('nightly'), [a, brings(follow('b'), '43')]),
      runName(ref('nightly'), [a, deletes(follow('b'))]),
      runName({ ...ref('nightly'), uid: 'other' }, [a, b]),
    ]
    expect(new Set([name, ...others]).size).toBe(5)
  })

  it.each(['n'.repeat(52), `${'n'.repeat(51)}.x`, `${'n'.repeat(51)}-x`, 'n'])(
    'is a legal label, whatever the CronJob is called: %s',
    (long) => {
      expect(runName(ref(long), [a])).toMatch(/^(?=.{1,63}$)[a-z0-9]([-a-z0-9.]*[a-z0-9])?-[0-9a-f]{10}$/)
    },
  )
})
