// The embedded API server as a cluster for the scenarios: in this process, on a port of 127.0.0.1, with RBAC.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApiServer, type ApiServerOptions, createApiServer } from '../../src/embedded/api-server.ts'
import type { PodOptions } from '../../src/embedded/controllers/pods/pod-options.ts'
import { createWorkloadControllers } from '../../src/embedded/controllers/workload-controllers.ts'
import type { Cluster, PolicyRule } from './cluster.ts'

/** A cluster whose server the test can reach into: faults, objects, tokens. */
export interface EmbeddedCluster extends Cluster {
  readonly kind: 'embedded'
  readonly api: ApiServer
}

export interface EmbeddedClusterOptions extends ApiServerOptions {
  /** Nodes and pods; left out: what a workload asks for is there at once. */
  readonly pods?: PodOptions
}

/** Starts a server with its workload controllers. */
export async function startEmbeddedCluster({
  pods,
  ...options
}: EmbeddedClusterOptions = {}): Promise<EmbeddedCluster> {
  const directory = await mkdtemp(join(tmpdir(), 'reloader-embedded-'))
  const api = createApiServer(options)
  let listener = await api.listen()
  const { url: server, port } = listener
  const stopped = new AbortController()
  const playing = pods === undefined ? {} : { pods: { ...pods, serve: api.servePods } }
  const controllers = createWorkloadControllers({ store: api.store, ...playing }).run(stopped.signal)
  const adminToken = api.tokens.issueAdmin()
  const adminKubeconfig = await writeKubeconfig(join(directory, 'admin.yaml'), { server, token: adminToken })

  return {
    kind: 'embedded',
    api,
    server,
    adminKubeconfig,
    adminToken,
    real: false,
    controllerKubeconfig({ namespace, name, clusterRules, namespaceRules }) {
      createAccount(api, { namespace, name, clusterRules, namespaceRules })
      const token = api.tokens.issueServiceAccount(namespace, name)
      return writeKubeconfig(join(directory, `${namespace}-${name}.yaml`), { server, token, namespace })
    },
    async restartApiServer() {
      await listener.close()
      api.restart()
      listener = await api.listen({ port })
    },
    compact: async () => api.compact(),
    async stop() {
      stopped.abort()
      await controllers
      await listener.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

interface Account {
  readonly namespace: string
  readonly name: string
  readonly clusterRules: readonly PolicyRule[]
  readonly namespaceRules: readonly PolicyRule[]
}

/** The ServiceAccount with its roles; a second call for the same name replaces the rules. */
function createAccount(api: ApiServer, { namespace, name, clusterRules, namespaceRules }: Account): void {
  const rbac = 'rbac.authorization.k8s.io'
  const subjects = [{ kind: 'ServiceAccount', namespace, name }]
  const head = (kind: string) => ({ kind, apiVersion: `${rbac}/v1` })
  const everywhere = { name: `${namespace}-${name}` }
  const here = { namespace, name }
  const role = (kind: string, roleName: string) => ({ apiGroup: rbac, kind, name: roleName })
  const wanted = [
    { kind: 'Namespace', apiVersion: 'v1', metadata: { name: namespace } },
    { kind: 'ServiceAccount', apiVersion: 'v1', metadata: here },
    { ...head('ClusterRole'), metadata: everywhere, rules: toJson(clusterRules) },
    {
      ...head('ClusterRoleBinding'),
      metadata: everywhere,
      subjects,
      roleRef: role('ClusterRole', everywhere.name),
    },
    { ...head('Role'), metadata: here, rules: toJson(namespaceRules) },
    { ...head('RoleBinding'), metadata: here, subjects, roleRef: role('Role', name) },
  ]
  for (const object of wanted) {
    if (api.objects.get({ kind: object.kind, ...object.metadata }) === undefined) api.objects.create(object)
    else if (object.kind !== 'Namespace') api.objects.update(object)
  }
}

function toJson(rules: readonly PolicyRule[]) {
  return rules.map(({ resourceNames, ...rule }) => ({
    ...rule,
    ...(resourceNames === undefined ? {} : { resourceNames }),
  }))
}

interface Kubeconfig {
  readonly server: string
  readonly token: string
  readonly namespace?: string
}

/** JSON is YAML. */
async function writeKubeconfig(path: string, { server, token, namespace }: Kubeconfig): Promise<string> {
  const context = { cluster: 'embedded', user: 'user', ...(namespace === undefined ? {} : { namespace }) }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'embedded', cluster: { server } }],
    users: [{ name: 'user', user: { token } }],
    contexts: [{ name: 'embedded', context }],
    'current-context': 'embedded',
  }
  await writeFile(path, JSON.stringify(config), { mode: 0o600 })
  return path
}
