// Rollouts that borrow their pod template from a Deployment, shown with it; and the Deployments that lend theirs, shown as asking
// for nothing. Two stores as the watches fill them go in, two as they are decided about come out.
import { borrowsFromDeployment, lentOut } from '../../decide/kinds/loan.ts'
import type { Sighting } from '../../decide/template/template-versions.ts'
import type { Change, Gone, Store } from '../../kube/store.ts'
import { parseRefKey, refKey } from '../../types/object.ts'
import type { Workload } from '../../types/workload.ts'

export interface BorrowedTemplatesOptions {
  /** Empty yet, both of them. */
  readonly rollouts: Store<Workload>
  readonly deployments: Store<Workload>
  /** What comes of the two together; loan.ts has it. */
  readonly borrow: (
    borrower: Workload,
    lender: Workload,
    seen: { readonly previous: Workload | undefined; readonly sighting: Sighting },
  ) => Workload | undefined
  /** A Rollout borrows from an object of a kind that cannot be written here. Told once for each uid. */
  readonly onUnsupported: (rollout: Workload) => void
}

export interface BorrowedTemplates {
  readonly rollouts: Store<Workload>
  readonly deployments: Store<Workload>
}

type Listener = (change: Change<Workload>) => void

/**
 * Guarantees: a Rollout comes into sight once both are there, in whatever order; while the Deployment is missing it is out of
 * sight, yet told as gone only when it is gone itself, so that what is remembered of it stays. A change of either is told as one
 * of the Rollout. A Deployment belongs to itself again when no Rollout names it.
 */
export function createBorrowedTemplates(options: BorrowedTemplatesOptions): BorrowedTemplates {
  const { rollouts, deployments } = options
  /** What is shown of each Rollout that borrows, by its key. */
  const shown = new Map<string, Workload>()
  /** Key of a Deployment -> the Rollouts that name it. */
  const borrowers = new Map<string, Map<string, Workload['ref']>>()
  const unsupported = new Set<string>()
  /** What is shown of each Deployment that lends, or did, by its key. */
  const lenders = new Map<string, Workload>()
  const [rolloutListeners, deploymentListeners] = [new Set<Listener>(), new Set<Listener>()]

  function lenderKey(rollout: Workload | undefined): string | undefined {
    if (rollout?.borrowing === undefined || !borrowsFromDeployment(rollout)) return undefined
    const { namespace } = rollout.ref
    return refKey({ kind: 'Deployment', namespace, name: rollout.borrowing.name })
  }

  function showDeployment(deployment: Workload): Workload {
    return lenders.get(refKey(deployment.ref)) ?? deployment
  }

  /** Brings what is shown of a Deployment up to date, and returns it. */
  function redraw(key: string): Workload | undefined {
    const { namespace, name } = parseRefKey(key)
    const deployment = deployments.get(namespace, name)
    const before = lenders.get(key)
    if (deployment !== undefined && borrowers.has(key)) lenders.set(key, lentOut(deployment))
    else if (deployment !== undefined && before?.uid === deployment.uid) {
      // It has begun to be followed anew, and no watch event of its own says when.
      const { followedSince: _before, settingsSince: _asked, ...own } = deployment
      lenders.set(key, own)
    } else lenders.delete(key)
    return lenders.get(key) ?? deployment
  }

  function showRollout(rollout: Workload): Workload | undefined {
    return rollout.borrowing === undefined ? rollout : shown.get(refKey(rollout.ref))
  }

  function join(rollout: Workload, sighting: Sighting): Workload | undefined {
    const { borrowing, ref, uid } = rollout
    if (borrowing === undefined) return rollout
    if (!borrowsFromDeployment(rollout)) {
      if (!unsupported.has(uid)) options.onUnsupported(rollout)
      unsupported.add(uid)
      return undefined
    }
    const lender = deployments.get(ref.namespace, borrowing.name)
    const before = shown.get(refKey(ref))
    const previous = before?.uid === uid ? before : undefined
    return lender === undefined ? undefined : options.borrow(rollout, lender, { previous, sighting })
  }

  function keep(key: string, joined: Workload | undefined): void {
    if (joined?.borrowing === undefined) shown.delete(key)
    else shown.set(key, joined)
  }

  /** Notes which Deployment a Rollout names now, and tells of one that begins to lend or ends it. */
  function lend(before: Workload | undefined, after: Workload | undefined, from: Gone['from']): void {
    const [left, taken] = [lenderKey(before), lenderKey(after)]
    const ref = (after ?? before)?.ref
    if (left === taken || ref === undefined) return
    const key = refKey(ref)
    if (left !== undefined) change(left, from, (names) => names.delete(key))
    if (taken !== undefined) change(taken, from, (names) => names.set(key, ref))
  }

  function change(
    lender: string,
    from: Gone['from'],
    edit: (names: Map<string, Workload['ref']>) => void,
  ): void {
    const names = borrowers.get(lender) ?? new Map<string, Workload['ref']>()
    const lent = names.size > 0
    const { namespace, name } = parseRefKey(lender)
    const deployment = deployments.get(namespace, name)
    const old = deployment && showDeployment(deployment)
    edit(names)
    if (names.size > 0) borrowers.set(lender, names)
    else borrowers.delete(lender)
    if (lent === names.size > 0) return
    const now = redraw(lender)
    if (old !== undefined && now !== undefined)
      tell(deploymentListeners, { type: 'modified', old, new: now, from })
  }

  function onRollout(change: Change<Workload>): void {
    const before = change.type === 'added' ? undefined : change.old
    const after = change.type === 'deleted' ? undefined : change.new
    const old = before && showRollout(before)
    lend(before, after, change.from)
    if (change.type === 'deleted') {
      shown.delete(refKey(change.old.ref))
      unsupported.delete(change.old.uid)
      tell(rolloutListeners, { ...change, old: old ?? change.old })
    } else show(change.new, old, change)
  }

  function show(rollout: Workload, old: Workload | undefined, by: Change<Workload>): void {
    const now = join(rollout, sightingOf(by))
    keep(refKey(rollout.ref), now)
    if (now === undefined) return
    const { from } = by
    tell(
      rolloutListeners,
      old === undefined ? { type: 'added', new: now, from } : { type: 'modified', old, new: now, from },
    )
  }

  function onDeployment(change: Change<Workload>): void {
    const { ref } = change.type === 'deleted' ? change.old : change.new
    const key = refKey(ref)
    const old = lenders.get(key)
    const now = redraw(key)
    if (change.type === 'added') tell(deploymentListeners, { ...change, new: now ?? change.new })
    else if (change.type === 'deleted') tell(deploymentListeners, { ...change, old: old ?? change.old })
    else tell(deploymentListeners, { ...change, old: old ?? change.old, new: now ?? change.new })
    for (const [key, { namespace, name }] of borrowers.get(refKey(ref)) ?? []) {
      const rollout = rollouts.get(namespace, name)
      if (rollout !== undefined) show(rollout, shown.get(key), change)
    }
  }

  rollouts.onChange(onRollout)
  deployments.onChange(onDeployment)
  return {
    rollouts: storeOf(rollouts, {
      listeners: rolloutListeners,
      show: showRollout,
      isSynced: (namespace) => rollouts.isSynced(namespace) && deployments.isSynced(namespace),
    }),
    deployments: storeOf(deployments, {
      listeners: deploymentListeners,
      show: showDeployment,
      isSynced: (namespace) => deployments.isSynced(namespace),
    }),
  }
}

function tell(listeners: Iterable<Listener>, change: Change<Workload>): void {
  for (const listener of listeners) listener(change)
}

function sightingOf(change: Change<Workload>): Sighting {
  const { resourceVersion } = change.type === 'deleted' ? change.old : change.new
  const source = change.type !== 'deleted' && change.from === 'watch' ? 'watch' : 'list'
  return { source, resourceVersion }
}

interface View {
  readonly listeners: Set<Listener>
  readonly show: (workload: Workload) => Workload | undefined
  readonly isSynced: (namespace: string) => boolean
}

function storeOf(reflected: Store<Workload>, { listeners, show, isSynced }: View): Store<Workload> {
  function* shownOf(workloads: Iterable<Workload>): Generator<Workload, undefined> {
    for (const each of workloads) {
      const workload = show(each)
      if (workload !== undefined) yield workload
    }
  }
  return {
    get size() {
      return reflected.size
    },
    get(namespace, name) {
      const workload = reflected.get(namespace, name)
      return workload === undefined ? undefined : show(workload)
    },
    list: () => shownOf(reflected.list()),
    byNamespace: (namespace) => shownOf(reflected.byNamespace(namespace)),
    isSynced,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
