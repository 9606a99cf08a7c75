// How a scenario proves that nothing more is going to happen, without sleeping.
//
// First the controller is told of every workload as it is now (where it may not watch workloads, the change of the marker
// makes it list them before it decides). It hears of ConfigMaps and of Secrets in the order in which
// they were written (one watch each), starts the settle window of a change when it hears of it, and takes work in the
// order in which it falls due. So a change of a marker config that is written after all that a test did falls due after
// all of it; once the marker workload was rolled, everything earlier was at least begun. What was begun is over when the
// controller has no request under way and says that no workload is pending. The test's own watch is then brought up to
// the present, so that what it shows is complete.
import type { ApiProxy } from './api-proxy.ts'
import { type ControllerProcess, sumOf } from './controller-process.ts'
import { eventually } from './eventually.ts'
import { AUTO, type ConfigKind, configMapNamed, envFrom, secretNamed } from './fixtures.ts'
import { pathOf } from './kinds.ts'
import type { ConfigHandle, Namespace, WorkloadHandle } from './namespace.ts'

export interface BarrierOptions {
  /** Which watches to wait for; default both. */
  readonly types?: readonly ConfigKind[]
  /** Workloads that must wait (unreadable, refused) at the time; default 0. */
  readonly pending?: number
  /** Only in these namespaces; default every followed one. */
  readonly namespaces?: readonly Namespace[]
}

interface Marker {
  readonly config: ConfigHandle
  readonly workload: WorkloadHandle
}

const markers = new WeakMap<Namespace, Map<ConfigKind, Promise<Marker>>>()
const BUMP_MS = 1_000
let bumps = 0

interface BarrierParts {
  readonly process: ControllerProcess
  readonly proxy: ApiProxy
  readonly namespaces: readonly Namespace[]
}

/** What `Controller.decided` does. */
export function createBarrier({ process, proxy, namespaces: all }: BarrierParts) {
  return async (options: BarrierOptions = {}): Promise<void> => {
    const { types = ['ConfigMap', 'Secret'], pending = 0, namespaces = all } = options
    await Promise.all(namespaces.map((each) => showWorkloads(proxy, each)))
    await Promise.all(
      namespaces.flatMap((each) => types.map((type) => rollMarker({ process, proxy }, each, type))),
    )
    await eventually(async () => isIdle(proxy) && (await hasPending(process, pending)) && isIdle(proxy), {
      what: `the controller to have nothing under way and ${pending} workloads pending`,
    })
    await Promise.all(namespaces.map(catchUp))
  }
}

function isIdle(proxy: ApiProxy): boolean {
  return proxy.requests.every(({ verb, finished }) => verb === 'watch' || finished)
}

async function hasPending({ scrape }: ControllerProcess, pending: number): Promise<boolean> {
  const text = await scrape()
  return (
    sumOf(text, 'reloader_pending_workloads') === pending && sumOf(text, 'reloader_workqueue_depth') === 0
  )
}

/** Waits until the controller was told of every workload as it is now: they come by other watches than the markers. */
async function showWorkloads({ deliveries, requestsLike }: ApiProxy, namespace: Namespace): Promise<void> {
  const polled = requestsLike({
    verb: 'watch',
    resource: 'deployments',
    where: ({ status }) => status === 403,
  })
  if (polled.length > 0) return
  for (const kind of namespace.kinds) {
    const objects = await namespace.list(kind)
    await eventually(() => objects.every((each) => deliveries.has({ ...each, kind })), {
      what: `the controller to be told of every ${kind} in ${namespace.name}`,
    })
  }
}

/** Brings the test's watch up to everything that is in the namespace now. */
async function catchUp(namespace: Namespace): Promise<void> {
  for (const kind of namespace.kinds) {
    const objects = await namespace.list(kind)
    await eventually(() => objects.every((each) => namespace.watch.hasSeen({ ...each, kind })), {
      what: `the test's own watch of ${pathOf(kind, { namespace: namespace.name })}`,
    })
  }
}

/** Changes the marker config until its workload rolls: more than once only if the change came before it was adopted. */
async function rollMarker(
  { process, proxy }: Pick<BarrierParts, 'process' | 'proxy'>,
  namespace: Namespace,
  type: ConfigKind,
): Promise<void> {
  const { config, workload } = await markerOf(proxy, namespace, type)
  const before = workload.rolls
  const deadline = performance.now() + 15_000
  while (performance.now() < deadline) {
    bumps += 1
    await config.set({ bump: `marker ${bumps}` })
    const rolled = await eventually(() => workload.rolls > before || process.exitStatus !== undefined, {
      deadlineMs: BUMP_MS,
    }).catch(() => false)
    if (process.exitStatus !== undefined)
      throw new Error(`Controller ended:\n${process.output.slice(-20).join('\n')}`)
    if (rolled) return
  }
  throw new Error(
    `Marker ${type} in ${namespace.name} does not roll; the log ends:\n${process.output.slice(-20).join('\n')}`,
  )
}

function markerOf(proxy: ApiProxy, namespace: Namespace, type: ConfigKind): Promise<Marker> {
  const known = markers.get(namespace) ?? new Map<ConfigKind, Promise<Marker>>()
  markers.set(namespace, known)
  const marker = known.get(type) ?? makeMarker(proxy, namespace, type)
  known.set(type, marker)
  return marker
}

/** The config first, until the controller knows of it: then even a change before the first record is a roll (2a). */
async function makeMarker(proxy: ApiProxy, namespace: Namespace, type: ConfigKind): Promise<Marker> {
  const name = `marker-${type.toLowerCase()}`
  const config = namespace.config(type, name)
  const made = await config.set({ bump: 'marker 0' })
  await eventually(() => proxy.deliveries.has({ ...made, kind: type }), {
    what: `the controller to see ${name}`,
  })
  const used = type === 'ConfigMap' ? configMapNamed(name) : secretNamed(name)
  const workload = await namespace.workload(name, { annotations: AUTO, uses: [envFrom(used)], replicas: 0 })
  await eventually(() => namespace.watch.versions(workload.id).length > 0, {
    what: `the test's own watch to see ${name}`,
  })
  return { config, workload }
}
