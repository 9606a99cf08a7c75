// Whether replicas elect a leader, and how.
import type { LeaseTiming } from '../../controller/election/leader-election.ts'
import { LEADER_FLAGS } from './leader-flags.ts'
import { OptionError } from './option-error.ts'
import type { OptionReader } from './option-reader.ts'
import { VARIABLES } from './variable-table.ts'

/** How the leader is elected. */
export interface ElectionOptions {
  /** POD_NAME: who this replica is. */
  readonly identity: string
  /** POD_NAMESPACE: where the Lease is. */
  readonly namespace: string
  readonly timing: LeaseTiming
}

/** client-go lets the time between two tries vary by as much; a deadline has to be longer. */
const JITTER = 1.2
const MAX_LEASE_MS = 3_600_000

/**
 * Undefined without --enable-ha.
 *
 * @throws {OptionError} one line that names the flag or variable
 */
export function toElection({ flag, variable }: OptionReader): ElectionOptions | undefined {
  if (!flag(LEADER_FLAGS.enableHa)) return undefined
  const identity = variable(VARIABLES.podName)
  const namespace = variable(VARIABLES.podNamespace)
  if (identity === undefined) throw missing(VARIABLES.podName.name)
  if (namespace === undefined) throw missing(VARIABLES.podNamespace.name)
  const timing = {
    leaseDurationMs: flag(LEADER_FLAGS.leaseDuration),
    renewDeadlineMs: flag(LEADER_FLAGS.renewDeadline),
    retryPeriodMs: flag(LEADER_FLAGS.retryPeriod),
  }
  checkTiming(timing)
  return { identity, namespace, timing }
}

function missing(name: string): OptionError {
  return new OptionError(
    `Cannot use --enable-ha: ${name} is not set; set it with the downward API (fieldRef)`,
  )
}

/** client-go's conditions, and that a Lease holds whole seconds. */
function checkTiming({ leaseDurationMs, renewDeadlineMs, retryPeriodMs }: LeaseTiming): void {
  const refuse = ({ name }: { readonly name: string }, why: string) => {
    throw new OptionError(`Cannot use --${name}: ${why}`)
  }
  if (leaseDurationMs < 1_000 || leaseDurationMs > MAX_LEASE_MS || leaseDurationMs % 1_000 !== 0)
    refuse(LEADER_FLAGS.leaseDuration, 'it is not whole seconds between 1s and 1h; write it like 15s')
  if (retryPeriodMs === 0) refuse(LEADER_FLAGS.retryPeriod, 'it is zero; write it like 2s')
  if (renewDeadlineMs <= retryPeriodMs * JITTER)
    refuse(
      LEADER_FLAGS.renewDeadline,
      `it is not longer than ${JITTER} times --${LEADER_FLAGS.retryPeriod.name}; make one longer or the other shorter`,
    )
  if (leaseDurationMs <= renewDeadlineMs)
    refuse(
      LEADER_FLAGS.leaseDuration,
      `it is not longer than --${LEADER_FLAGS.renewDeadline.name}; make one longer or the other shorter`,
    )
}
