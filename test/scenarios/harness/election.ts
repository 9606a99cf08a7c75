// Several replicas of one installation, and the Lease that they share.
import { eventually } from './eventually.ts'
import type { Controller, Installation, StartOptions } from './installation.ts'
import type { NewObject, StoredObject } from './json.ts'
import type { Namespace } from './namespace.ts'
import { documentedPermissions } from './permissions.ts'
import { ApiFailure } from './test-api.ts'
import type { World } from './world.ts'

/** A lease that is lost within seconds, for scenarios that have to wait for that. */
export const SHORT_LEASE = ['lease-duration=4s', 'renew-deadline=3s', 'retry-period=500ms'].map(
  (each) => `--leader-elect-${each}`,
)
/** One that nobody waits for: whoever takes it was given it. */
export const ENDLESS_LEASE = ['--leader-elect-lease-duration=1h']

export interface Replicas {
  readonly ns: Namespace
  readonly installation: Installation
  /** Starts a pod of that name; its clock is off by `clockMs`. */
  start(name: string, options?: StartOptions & { readonly clockMs?: number }): Promise<Controller>
  /** The Lease, or undefined where there is none. */
  lease(): Promise<StoredObject | undefined>
  /** Writes the Lease as another program would. */
  holdLease(holder: string, leaseDurationSeconds: number): Promise<void>
}

export const LEASE_NAME = 'stakater-reloader-lock'

/** One namespace, one installation with the rights of --enable-ha, no process yet. */
export async function useReplicas(world: World, flags: readonly string[]): Promise<Replicas> {
  const ns = await world.namespace()
  const permissions = documentedPermissions({ name: 'reloader', enableHa: true })
  const installation = await world.install({
    namespaces: [ns],
    flags: ['--enable-ha', ...flags],
    permissions,
  })
  const { home } = installation
  const path = `/apis/coordination.k8s.io/v1/namespaces/${home.name}/leases`

  async function lease(): Promise<StoredObject | undefined> {
    try {
      return await world.api.call('GET', `${path}/${LEASE_NAME}`)
    } catch (error) {
      if (error instanceof ApiFailure && error.code === 404) return undefined
      throw error
    }
  }

  return {
    ns,
    installation,
    lease,
    start: (name, { clockMs = 0, env = {}, ...options } = {}) =>
      installation.start({
        ...options,
        env: { POD_NAME: name, POD_NAMESPACE: home.name, ...clockEnvironment(clockMs), ...env },
      }),
    async holdLease(holderIdentity, leaseDurationSeconds) {
      const present = await lease()
      const renewTime = new Date().toISOString().replace('Z', '000Z')
      const body: NewObject = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: LEASE_NAME, ...present?.metadata },
        spec: { holderIdentity, leaseDurationSeconds, renewTime, leaseTransitions: 0 },
      }
      if (present === undefined) await world.api.call('POST', path, { body })
      else await world.api.call('PUT', `${path}/${LEASE_NAME}`, { body })
    },
  }
}

/** Resolves when this process acts. */
export async function leads(controller: Controller): Promise<void> {
  await eventually(
    async () =>
      (await controller.metric('reloader_leader')) === 1 && (await controller.metric('reloader_ready')) === 1,
    { what: 'the replica to lead', deadlineMs: 30_000 },
  )
}

/** Resolves when this process waits for its turn. */
export async function follows(controller: Controller): Promise<void> {
  await eventually(
    async () =>
      (await controller.metric('reloader_leader')) === 0 && (await controller.metric('reloader_ready')) === 1,
    { what: 'the replica to follow', deadlineMs: 30_000 },
  )
}

/** Node with another wall clock; the monotonic one runs true. */
function clockEnvironment(clockMs: number): Record<string, string> {
  if (clockMs === 0) return {}
  const script = `const Real = Date; globalThis.Date = class Date extends Real {
    constructor(...given) { given.length === 0 ? super(Real.now() + ${clockMs}) : super(...given) }
    static now() { return Real.now() + ${clockMs} }
  }`
  return { NODE_OPTIONS: `--import=data:text/javascript;base64,${Buffer.from(script).toString('base64')}` }
}
