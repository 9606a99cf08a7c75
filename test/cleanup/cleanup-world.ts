// What tests of `reloader cleanup` share: an embedded cluster for the file, and for each test an installation that left
// everything behind that one can leave.
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { runCleanup } from '../../src/cli/cleanup/cleanup.ts'
import { parseCommandLine } from '../../src/cli/options/command-line.ts'
import type { ApiObject } from '../../src/embedded/object/api-object.ts'
import type { JsonObject } from '../../src/embedded/object/json.ts'
import { type EmbeddedCluster, startEmbeddedCluster } from '../scenarios/embedded-cluster.ts'

export const RECORDS = 'reloader.stakater.com/records'
/** A hash as the incumbent stamps it. */
export const SHA1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'
const PAUSED_AT = 'deployment.reloader.stakater.com/paused-at'
const LAST_RELOADED_FROM = 'reloader.stakater.com/last-reloaded-from'
const OUR_STAMP = `uid.7.k.0a-${'A'.repeat(43)}`

/** How a cleanup ended. */
export interface Ended {
  readonly code: number
  readonly text: string
}

export interface CleanupRun {
  readonly kubeconfig?: string
  readonly signal?: AbortSignal
}

export interface WorkloadShape {
  readonly annotations?: JsonObject
  readonly templateAnnotations?: JsonObject
  readonly env?: readonly JsonObject[]
  readonly spec?: JsonObject
}

export interface CleanupWorld {
  readonly cluster: EmbeddedCluster
  /** The namespace of the installation. */
  readonly home: string
  /** The namespace of the workloads, the only one in scope. */
  readonly shop: string
  /** Every request so far in this test that is no read, as `verb resource name`. */
  readonly writes: readonly string[]
  /** Called with each request, as `verb resource name`, before it is carried out; until the test ends. */
  onRequest(hear: (request: string) => void): void
  create(kind: string, metadata: JsonObject, rest?: JsonObject): ApiObject
  workload(kind: string, name: string, shape?: WorkloadShape): void
  /** Everything that an installation can leave behind, and much that only looks like it. */
  leaveEverything(): void
  /** Of all objects of a kind, but for the ConfigMap that every namespace has. */
  names(kind: string, namespace: string): readonly string[]
  /** The pod templates of all workloads, as text. */
  templates(): Readonly<Record<string, string>>
  /** Which of them differ now. */
  changedSince(before: Readonly<Record<string, string>>): readonly string[]
  run(argv?: readonly string[], options?: CleanupRun): Promise<Ended>
  /** Goes on in new namespaces, as if another test had begun. */
  anew(): void
}

const API_VERSIONS: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  Lease: 'coordination.k8s.io/v1',
  Rollout: 'argoproj.io/v1alpha1',
}
const WORKLOAD_KINDS = ['Deployment', 'StatefulSet', 'Rollout']
/** Argo's Rollout, as far as a pod template is concerned. */
const ROLLOUTS: JsonObject = {
  kind: 'CustomResourceDefinition',
  apiVersion: 'apiextensions.k8s.io/v1',
  metadata: { name: 'rollouts.argoproj.io' },
  spec: {
    group: 'argoproj.io',
    scope: 'Namespaced',
    names: { kind: 'Rollout', listKind: 'RolloutList', plural: 'rollouts', singular: 'rollout' },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        },
      },
    ],
  },
}
const READS: readonly string[] = ['get', 'list', 'watch']

/** Registers the hooks of a test file. */
export function useCleanupWorld(): CleanupWorld {
  let cluster: EmbeddedCluster | undefined
  let writes: string[] = []
  let hear = (_request: string) => {}
  let count = 0
  const world: CleanupWorld = {
    get cluster() {
      if (cluster === undefined) throw new Error('Cannot use the cluster: no test is running')
      return cluster
    },
    get home() {
      return `home-${count}`
    },
    get shop() {
      return `shop-${count}`
    },
    get writes() {
      return writes
    },
    onRequest(listener) {
      hear = listener
    },
    create: (kind, metadata, rest = {}) =>
      world.cluster.api.objects.create({ kind, apiVersion: API_VERSIONS[kind] ?? 'v1', metadata, ...rest }),
    workload(kind, name, { annotations = {}, templateAnnotations = {}, env = [], spec = {} } = {}) {
      const labels = { app: name }
      const containers = [{ name: 'app', image: 'app', env }]
      const template = { metadata: { labels, annotations: templateAnnotations }, spec: { containers } }
      const metadata = { namespace: world.shop, name, annotations }
      world.create(kind, metadata, {
        spec: { replicas: 0, selector: { matchLabels: labels }, template, ...spec },
      })
    },
    leaveEverything() {
      leaveOwnObjects(world)
      leaveWorkloads(world)
      writes = []
    },
    names(kind, namespace) {
      const all = world.cluster.api.objects.list(kind, namespace).map(({ metadata }) => metadata.name ?? '')
      return all.filter((name) => name !== 'kube-root-ca.crt')
    },
    templates() {
      const all = WORKLOAD_KINDS.flatMap((kind) =>
        world.cluster.api.objects.list(kind, world.shop).map((each) => ({ ...each, kind })),
      )
      return Object.fromEntries(
        all.map(({ kind, metadata, ...rest }) => [`${kind} ${metadata.name}`, templateText(rest)]),
      )
    },
    changedSince(before) {
      const after = world.templates()
      return Object.keys(after).filter((key) => after[key] !== before[key])
    },
    async run(
      argv = [],
      { kubeconfig = world.cluster.adminKubeconfig, signal = new AbortController().signal } = {},
    ) {
      const given = ['cleanup', `--kubeconfig=${kubeconfig}`, `--namespaces=${world.shop}`, ...argv]
      const line = parseCommandLine(given, { RELOADER_NAMESPACE: world.home })
      if (line.kind !== 'cleanup') throw new Error('Cannot clean up: something else was asked for')
      let text = ''
      const print = async (more: string) => {
        text += more
      }
      const build = { version: '1.2.3', commit: 'c0ffee' }
      return { code: await runCleanup(line.options, { signal, build, print }), text }
    },
    anew() {
      count += 1
      for (const name of [world.home, world.shop]) world.create('Namespace', { name })
      hear = () => {}
      writes = []
    },
  }
  beforeAll(async () => {
    cluster = await startEmbeddedCluster({
      onRequest({ info: { verb, resource, name } }) {
        const request = `${verb} ${resource.plural} ${name}`
        if (!READS.includes(verb)) writes.push(request)
        hear(request)
      },
    })
    cluster.api.objects.create(ROLLOUTS)
  })
  afterAll(() => cluster?.stop())
  beforeEach(() => world.anew())
  return world
}

function templateText(object: object): string {
  const { spec } = object as { readonly spec: { readonly template: unknown } }
  return JSON.stringify(spec.template)
}

function leaveOwnObjects({ create, home, shop }: CleanupWorld): void {
  const labels = { [RECORDS]: 'reloader' }
  const metaInfo = { 'reloader.stakater.com/meta-info': 'reloader' }
  for (const name of ['reloader-records-0', 'reloader-records-1', 'reloader-journal'])
    create('ConfigMap', { namespace: home, name, labels })
  create('ConfigMap', { namespace: home, name: 'reloader-meta-info', labels: metaInfo })
  create('Secret', { namespace: home, name: 'reloader-digest-key' })
  create('Lease', { namespace: home, name: 'stakater-reloader-lock' }, { spec: { holderIdentity: '' } })
  // What others have.
  create('ConfigMap', { namespace: home, name: 'reloader-records-2' })
  create('ConfigMap', { namespace: home, name: 'reloader-records-copy', labels })
  create('ConfigMap', { namespace: home, name: 'other-records-0', labels: { [RECORDS]: 'other' } })
  create('Secret', { namespace: shop, name: 'reloader-digest-key' })
}

function leaveWorkloads({ workload }: CleanupWorld): void {
  const annotations = { [PAUSED_AT]: '2026-01-01T00:00:00Z' }
  const variable = (name: string, value: string) => ({ name, value })
  workload('Deployment', 'paused', { annotations, spec: { paused: true } })
  workload('Deployment', 'resumed', { annotations })
  workload('Deployment', 'own-pause', { spec: { paused: true } })
  workload('Deployment', 'stamped', {
    env: [variable('STAKATER_APP_CONFIGMAP', SHA1), variable('MINE', '1')],
  })
  workload('Deployment', 'both', {
    annotations,
    templateAnnotations: { [LAST_RELOADED_FROM]: '{}', mine: '1' },
    spec: { paused: true },
  })
  workload('StatefulSet', 'stamped', { env: [variable('STAKATER_KEY_SECRET', OUR_STAMP)] })
  workload('Rollout', 'stamped', {
    templateAnnotations: { [LAST_RELOADED_FROM]: '{}' },
    env: [variable('MINE', '1'), variable('STAKATER_APP_CONFIGMAP', SHA1)],
  })
  workload('Deployment', 'not-a-stamp', { env: [variable('STAKATER_APP_CONFIGMAP', 'mine')] })
}
