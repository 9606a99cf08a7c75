// Remembers what the first look at every workload showed, for the report of a dry run.
import type { Reconciled } from '../../controller/result.ts'
import { refKey } from '../../types/object.ts'
import type { ConfigObservation, FollowReason, Reason } from '../../types/plan.ts'
import { configIdOf } from '../../types/record.ts'
import type { InvalidAnnotation } from '../../types/settings.ts'
import type { WorkloadRef } from '../../types/workload.ts'

/** A config that a workload follows. */
export interface FollowedConfig {
  readonly kind: string
  readonly name: string
  /** The rule that says so. */
  readonly reason: FollowReason
  /** The place in the pod template that uses it, where there is one. */
  readonly via?: string
  readonly state: ConfigObservation['state']
}

/** One workload, as the report tells of it. */
export interface SeenWorkload {
  readonly workload: WorkloadRef
  readonly follows: readonly FollowedConfig[]
  /** What would have been rolled, and for which configs; undefined: nothing. */
  readonly roll?: { readonly reason: Reason; readonly configs: readonly string[] }
  /** Why a config could not be read, by `<kind>/<name>`. */
  readonly unreadable: Readonly<Record<string, string>>
  /** Entries of its annotations that count for nothing. */
  readonly ignored: readonly InvalidAnnotation[]
}

export interface FirstLook {
  /** Takes in a look; of several at one workload each adds to what is known. */
  looked(look: Reconciled): void
  /** What was seen, sorted by namespace, kind and name; nothing is taken in afterwards. */
  finish(): readonly SeenWorkload[]
}

/** Nothing was looked at yet. */
export function createFirstLook(): FirstLook {
  const seen = new Map<string, SeenWorkload>()
  let finished = false
  return {
    looked(look) {
      if (finished) return
      const key = refKey(look.workload.ref)
      seen.set(key, withEarlierRoll(seenWorkload(look), seen.get(key)))
    },
    finish() {
      finished = true
      const all = [...seen.values()].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
      seen.clear()
      return all
    },
  }
}

function sortKey({ workload: { namespace, kind, name } }: SeenWorkload): string {
  return `${namespace}/${kind}/${name}`
}

/** Once it was said what would be rolled, that counts as done. */
function withEarlierRoll(now: SeenWorkload, before: SeenWorkload | undefined): SeenWorkload {
  return now.roll === undefined && before?.roll !== undefined ? { ...now, roll: before.roll } : now
}

function seenWorkload({ workload, observation, plan, outcome }: Reconciled): SeenWorkload {
  const would = plan.kind === 'roll' && outcome?.state === 'dry-run' ? plan : undefined
  return {
    workload: workload.ref,
    follows: observation.configs.map(({ follow, observation: { state } }) => ({
      kind: follow.config.kind,
      name: follow.config.name,
      reason: follow.reason,
      ...(follow.via !== undefined && { via: follow.via }),
      state,
    })),
    ...(would !== undefined && {
      roll: {
        reason: would.reason,
        configs: would.stamps.map(({ follow }) => configIdOf(follow.config)),
      },
    }),
    unreadable: Object.fromEntries(
      observation.configs.flatMap(({ follow: { config }, observation: each }) =>
        each.state === 'unreadable' ? [[configIdOf(config), each.problem]] : [],
      ),
    ),
    ignored: workload.settings.invalid,
  }
}
