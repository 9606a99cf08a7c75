// What is done to workloads on both servers.
import type { JsonRecord, WorkloadStory } from './workload-story.ts'

const labels = { app: 'app' }

function template(image: string, pod: JsonRecord = {}): JsonRecord {
  return { metadata: { labels }, spec: { containers: [{ name: 'app', image }], ...pod } }
}

function manifest(kind: string, spec: JsonRecord): JsonRecord {
  return {
    kind,
    apiVersion: 'apps/v1',
    metadata: { name: 'app', annotations: { note: 'kept' } },
    spec: { selector: { matchLabels: labels }, template: template('nginx:1'), ...spec },
  }
}

function image(name: string): JsonRecord {
  return { spec: { template: { spec: { containers: [{ name: 'app', image: name }] } } } }
}

function count(object: JsonRecord, part: 'spec' | 'status', key: string): number {
  const members = object[part]
  const value = typeof members === 'object' && members !== null ? Reflect.get(members, key) : undefined
  return typeof value === 'number' ? value : 0
}

function says(object: JsonRecord, text: string): boolean {
  return JSON.stringify(object.status ?? {}).includes(text)
}

function deploymentRests(object: JsonRecord): boolean {
  if (says(object, 'DeploymentPaused')) return JSON.stringify(object.spec).includes('"paused":true')
  if (JSON.stringify(object.spec).includes('"paused":true')) return false
  const wanted = count(object, 'spec', 'replicas')
  const counts = ['replicas', 'updatedReplicas', 'availableReplicas'].map((key) =>
    count(object, 'status', key),
  )
  return (
    counts.every((each) => each === wanted) &&
    count(object, 'status', 'terminatingReplicas') === 0 &&
    says(object, 'NewReplicaSetAvailable')
  )
}

function setRests(object: JsonRecord): boolean {
  const wanted = count(object, 'spec', 'replicas')
  const partition = Number(/"partition":(\d+)/.exec(JSON.stringify(object.spec))?.[1] ?? 0)
  const held = JSON.stringify(object.spec).includes('OnDelete') || partition > 0
  const counts = ['replicas', 'readyReplicas', 'availableReplicas'].map((key) => count(object, 'status', key))
  const updated = count(object, 'status', 'updatedReplicas')
  return (
    counts.every((each) => each === wanted) &&
    (held || updated === wanted) &&
    updated >= (JSON.stringify(object.spec).includes('OnDelete') ? 0 : wanted - partition)
  )
}

function daemonsRest(object: JsonRecord): boolean {
  const wanted = count(object, 'status', 'desiredNumberScheduled')
  const keys = ['currentNumberScheduled', 'numberReady', 'numberAvailable', 'updatedNumberScheduled']
  return wanted > 0 && keys.every((key) => count(object, 'status', key) === wanted)
}

const deployment = (name: string, spec: JsonRecord, patches: readonly JsonRecord[]): WorkloadStory => ({
  name: `a Deployment: ${name}`,
  group: 'apps/v1',
  plural: 'deployments',
  manifest: manifest('Deployment', spec),
  patches,
  atRest: deploymentRests,
})

const statefulSet = (name: string, spec: JsonRecord, patches: readonly JsonRecord[]): WorkloadStory => ({
  name: `a StatefulSet: ${name}`,
  group: 'apps/v1',
  plural: 'statefulsets',
  manifest: manifest('StatefulSet', { serviceName: 'app', replicas: 3, ...spec }),
  patches,
  atRest: setRests,
})

const job = (name: string, spec: JsonRecord, patches: readonly JsonRecord[] = []): WorkloadStory => ({
  name: `a Job: ${name}`,
  group: 'batch/v1',
  plural: 'jobs',
  manifest: {
    kind: 'Job',
    apiVersion: 'batch/v1',
    metadata: { name: 'app' },
    spec: { template: template('nginx:1', { restartPolicy: 'Never' }), ...spec },
  },
  patches,
  atRest: (object) =>
    JSON.stringify(object.spec).includes('"suspend":true')
      ? says(object, 'JobSuspended')
      : says(object, '"Complete"'),
})

export const STORIES: readonly WorkloadStory[] = [
  {
    ...deployment('rolled forward, back and forward again', { replicas: 2 }, [
      image('nginx:2'),
      image('nginx:1'),
      image('nginx:3'),
    ]),
    events: true,
  },
  deployment('recreated', { replicas: 2, strategy: { type: 'Recreate' } }, [image('nginx:2')]),
  deployment('scaled up and down', { replicas: 2 }, [
    { spec: { replicas: 5 } },
    { spec: { replicas: 1 } },
    { spec: { replicas: 0 } },
  ]),
  deployment('with a short history', { replicas: 1, revisionHistoryLimit: 1 }, [
    image('nginx:2'),
    image('nginx:3'),
    image('nginx:4'),
  ]),
  deployment('paused, changed and resumed', { replicas: 2 }, [
    { spec: { paused: true } },
    { ...image('nginx:2'), metadata: { annotations: { more: 'x' } } },
    { spec: { paused: false } },
  ]),
  deployment(
    'with minReadySeconds and a surge alone',
    { replicas: 2, minReadySeconds: 1, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
    [image('nginx:2')],
  ),
  statefulSet('rolled forward and back', {}, [image('nginx:2'), image('nginx:1')]),
  statefulSet('with a partition that goes down', { updateStrategy: { rollingUpdate: { partition: 2 } } }, [
    image('nginx:2'),
    { spec: { updateStrategy: { rollingUpdate: { partition: 0 } } } },
  ]),
  statefulSet('on delete', { updateStrategy: { type: 'OnDelete' } }, [
    image('nginx:2'),
    { spec: { replicas: 4 } },
  ]),
  statefulSet('scaled in parallel', { podManagementPolicy: 'Parallel' }, [
    { spec: { replicas: 1 } },
    { spec: { replicas: 2 } },
  ]),
  {
    name: 'a DaemonSet: rolled forward and back',
    group: 'apps/v1',
    plural: 'daemonsets',
    manifest: manifest('DaemonSet', {}),
    patches: [image('nginx:2'), image('nginx:1')],
    atRest: daemonsRest,
  },
  job('with three completions', { completions: 3, parallelism: 2 }),
  job('suspended and resumed', { suspend: true }, [{ spec: { suspend: false } }]),
]
