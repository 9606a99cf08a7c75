// The cluster of the demo: an API server and its controllers in this process, listening on 127.0.0.1, and two kubeconfig
// files: one for people, one with nothing but the rights of the controller.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApiServer, createApiServer } from '../../embedded/api-server.ts'
import type { PodOptions } from '../../embedded/controllers/pods/pod-options.ts'
import { createWorkloadControllers } from '../../embedded/controllers/workload-controllers.ts'
import { STORED_TYPES } from '../../types/config.ts'
import { controllerRights } from '../rights/controller-rights.ts'
import { type PolicyRule, rulesOf } from '../rights/right.ts'
import { createCertificate, type TlsPair } from './certificate.ts'

/** How long things take in the life of a pod. */
export type PodTimes = Pick<PodOptions, 'startMs' | 'readyMs' | 'stopMs' | 'mountMs'>

export interface DemoCluster {
  /** Where its files are. */
  readonly directory: string
  /** `https://127.0.0.1:PORT`. */
  readonly server: string
  /** Answers a request without a socket. */
  readonly fetch: ApiServer['fetch']
  /** The bearer token of a user who may do everything. */
  readonly token: string
  /** A kubeconfig file of that user, whose context stands in namespace `default`. */
  readonly adminKubeconfig: string
  /** A kubeconfig file of the ServiceAccount of the controller. */
  readonly controllerKubeconfig: string
  /** Stops everything that was started and removes every file that was made. */
  readonly stop: () => Promise<void>
}

/** Where the controller is installed, as its chart would do it. */
export const HOME = { namespace: 'reloader', name: 'reloader' } as const

/** Starts the cluster; it has the namespace and the rights of the controller in it, and nothing else. */
export async function startDemoCluster(podTimes: PodTimes = {}): Promise<DemoCluster> {
  const directory = await mkdtemp(join(tmpdir(), 'reloader-demo-'))
  const api = createApiServer()
  const tls = createCertificate({ dnsName: 'localhost', address: '127.0.0.1', ...validity() })
  const { url: server, close } = await api.listen({ tls })
  const stopped = new AbortController()
  const pods = { ...podTimes, serve: api.servePods }
  const controllers = createWorkloadControllers({ store: api.store, pods }).run(stopped.signal)
  grant(api)
  const token = api.tokens.issueAdmin()
  const adminKubeconfig = join(directory, 'admin.kubeconfig')
  const controllerKubeconfig = join(directory, 'controller.kubeconfig')
  await writeKubeconfig(adminKubeconfig, { server, tls, token, namespace: 'default' })
  await writeKubeconfig(controllerKubeconfig, {
    server,
    tls,
    token: api.tokens.issueServiceAccount(HOME.namespace, HOME.name),
    namespace: HOME.namespace,
  })
  return {
    directory,
    server,
    fetch: api.fetch,
    token,
    adminKubeconfig,
    controllerKubeconfig,
    async stop() {
      stopped.abort()
      await controllers
      await close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** From a minute ago, for clocks that differ, for a day. */
function validity(): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = Date.now()
  return { notBefore: new Date(now - 60_000), notAfter: new Date(now + 86_400_000) }
}

const RBAC = 'rbac.authorization.k8s.io'

function grant({ objects }: ApiServer): void {
  const rights = controllerRights({
    name: HOME.name,
    configTypes: STORED_TYPES,
    workloadKinds: ['Deployment', 'StatefulSet', 'DaemonSet'],
    selectsNamespaces: false,
    elects: false,
  })
  const rules = (place: 'scope' | 'own') =>
    rulesOf(rights.filter((each) => each.place === place)).map(({ resourceNames, ...rule }) => ({
      ...rule,
      ...(resourceNames === undefined ? {} : { resourceNames }),
    }))
  objects.create({ kind: 'Namespace', apiVersion: 'v1', metadata: { name: HOME.namespace } })
  objects.create({ kind: 'ServiceAccount', apiVersion: 'v1', metadata: HOME })
  bind(objects, { kind: 'ClusterRole', metadata: { name: HOME.name }, rules: rules('scope') })
  bind(objects, { kind: 'Role', metadata: HOME, rules: rules('own') })
}

interface RoleToBind {
  readonly kind: 'ClusterRole' | 'Role'
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly rules: readonly PolicyRule[]
}

function bind(objects: ApiServer['objects'], { kind, metadata, rules }: RoleToBind): void {
  const apiVersion = `${RBAC}/v1`
  const roleRef = { apiGroup: RBAC, kind, name: metadata.name }
  objects.create({ kind, apiVersion, metadata, rules: rules.map((rule) => ({ ...rule })) })
  objects.create({
    kind: `${kind}Binding`,
    apiVersion,
    metadata,
    roleRef,
    subjects: [{ kind: 'ServiceAccount', ...HOME }],
  })
}

interface Kubeconfig {
  readonly server: string
  readonly tls: TlsPair
  readonly token: string
  readonly namespace: string
}

/** JSON is YAML. Readable by this user only: it holds a token. */
async function writeKubeconfig(path: string, { server, tls, token, namespace }: Kubeconfig): Promise<void> {
  const ca = Buffer.from(tls.certificate).toString('base64')
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'demo', cluster: { server, 'certificate-authority-data': ca } }],
    users: [{ name: 'demo', user: { token } }],
    contexts: [{ name: 'demo', context: { cluster: 'demo', user: 'demo', namespace } }],
    'current-context': 'demo',
  }
  await writeFile(path, JSON.stringify(config), { mode: 0o600 })
}
