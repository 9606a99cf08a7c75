// One installation of the controller: its namespace, its ServiceAccount and rights, and the processes that run under them.
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cluster } from '../cluster.ts'
import { type ApiProxy, startApiProxy } from './api-proxy.ts'
import { type BarrierOptions, createBarrier } from './barrier.ts'
import { type ControllerProcess, startControllerProcess } from './controller-process.ts'
import { eventually } from './eventually.ts'
import { findBreaches } from './invariants.ts'
import { dataOf, type StoredObject } from './json.ts'
import { kubeconfigThrough } from './kubeconfig-through.ts'
import { createNamespace, type Namespace, type WorkloadHandle } from './namespace.ts'
import { documentedPermissions, type Permissions } from './permissions.ts'
import type { TestApi } from './test-api.ts'

/** A process with the proxy through which it sees the cluster. */
export interface Controller extends ControllerProcess {
  readonly proxy: ApiProxy
  /** Resolves when these objects, as they are in these versions, were sent to the controller by watch or list. */
  hasSeen(...objects: StoredObject[]): Promise<void>
  /** Resolves when everything that was written before the call has been decided and carried out (see barrier.ts). */
  decided(options?: BarrierOptions): Promise<void>
  /**
   * Waits until each workload has been rolled this often since its namespace was made, lets everything be decided, and
   * returns how often each was rolled, by id: for one `toEqual`, so that too many rolls fail like too few.
   */
  rolls(expected: Readonly<Record<string, number>>, options?: BarrierOptions): Promise<Record<string, number>>
}

export interface StartOptions {
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Called before the process starts, to put faults in its way. */
  readonly prepare?: (proxy: ApiProxy) => void
  /** Do not wait until it is ready. */
  readonly wait?: boolean
}

export interface Installation {
  /** The controller's own namespace. */
  readonly home: Namespace
  /** RELOADER_DEPLOYMENT_NAME. */
  readonly name: string
  /** The processes so far, the ended ones too. */
  readonly controllers: readonly Controller[]
  /** What was asked of the namespaces that are observed. */
  readonly namespaces: readonly Namespace[]
  start(options?: StartOptions): Promise<Controller>
  /** The ConfigMaps of the record store. */
  shards(): Promise<StoredObject[]>
  /** Resolves when the record store in the cluster names the workload. */
  recorded(...workloads: WorkloadHandle[]): Promise<void>
  /** Ends every process. */
  stop(): Promise<void>
  /** What its processes did against the rules that always hold, one line each. */
  breaches(): Promise<string[]>
}

export interface InstallationOptions {
  /** Namespaces in which workloads are followed; `--namespaces` names them unless `global`. */
  readonly namespaces: readonly Namespace[]
  readonly global?: boolean
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly permissions?: Permissions
}

interface Surroundings {
  readonly cluster: Cluster
  readonly api: TestApi
  readonly directory: string
}

export async function createInstallation(
  { cluster, api, directory }: Surroundings,
  options: InstallationOptions,
): Promise<Installation> {
  const { namespaces, global = false } = options
  const name = 'reloader'
  const home = await createNamespace(api, { name: `reloader-${randomBytes(4).toString('hex')}` })
  const classes = options.flags?.includes('--enable-csi-integration') === true
  const permissions = options.permissions ?? documentedPermissions({ name, classes })
  const kubeconfig = await cluster.controllerKubeconfig({ namespace: home.name, name, ...permissions })
  const controllers: Controller[] = []
  const scope = global ? [] : [`--namespaces=${namespaces.map((each) => each.name).join(',')}`]

  async function start({
    flags = [],
    env = {},
    prepare,
    wait = true,
  }: StartOptions = {}): Promise<Controller> {
    const proxy = await startApiProxy(cluster)
    prepare?.(proxy)
    const file = join(directory, `${home.name}-${controllers.length}.kubeconfig`)
    await writeFile(file, kubeconfigThrough(kubeconfig, proxy.server), { mode: 0o600 })
    const process = startControllerProcess({
      args: [
        `--kubeconfig=${file}`,
        '--listen-address=127.0.0.1:0',
        '--log-format=json',
        '--settle=50ms',
        ...scope,
        ...(options.flags ?? []),
        ...flags,
      ],
      env: { RELOADER_NAMESPACE: home.name, RELOADER_DEPLOYMENT_NAME: name, ...options.env, ...env },
    })
    const controller = withCluster({ process, proxy, namespaces })
    controllers.push(controller)
    if (wait) await controller.ready()
    return controller
  }

  const shards = async () =>
    (await home.list('ConfigMap')).filter((each) => each.metadata.name.startsWith(`${name}-records-`))

  return {
    home,
    name,
    controllers,
    namespaces,
    start,
    shards,
    async recorded(...workloads) {
      await eventually(
        async () => {
          const text = (await shards()).flatMap((each) => Object.values(dataOf(each))).join('\n')
          return workloads.every(({ name }) => new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text))
        },
        { what: `records of ${workloads.map(({ id }) => id).join(', ')}` },
      )
    },
    async stop() {
      await Promise.all(controllers.map((each) => each.kill('SIGKILL')))
      await Promise.all(controllers.map((each) => each.proxy.close()))
    },
    breaches: () => findBreaches({ home, name, controllers, namespaces, flags: options.flags ?? [] }),
  }
}

function withCluster(parts: {
  readonly process: ControllerProcess
  readonly proxy: ApiProxy
  readonly namespaces: readonly Namespace[]
}): Controller {
  const { process, proxy, namespaces } = parts
  const barrier = createBarrier(parts)
  return Object.defineProperties(
    {
      proxy,
      async hasSeen(...objects: StoredObject[]) {
        await eventually(() => objects.every((each) => proxy.deliveries.has(each)), {
          what: `the controller to be told of ${objects.map((each) => `${each.kind}/${each.metadata.name}`).join(', ')}`,
        })
      },
      decided: barrier,
      async rolls(expected: Readonly<Record<string, number>>, options: BarrierOptions = {}) {
        const ids = Object.keys(expected)
        const count = () => Object.fromEntries(ids.map((id) => [id, rollsOf(namespaces, id)]))
        await eventually(() => ids.every((id) => rollsOf(namespaces, id) >= (expected[id] ?? 0)), {
          what: `rolls ${JSON.stringify(expected)}`,
        }).catch(() => undefined)
        await barrier(options)
        return count()
      },
    } as Controller,
    Object.getOwnPropertyDescriptors(process),
  )
}

function rollsOf(namespaces: readonly Namespace[], id: string): number {
  return namespaces.reduce((sum, { watch }) => sum + watch.rolls(id as `Deployment/${string}`), 0)
}
