// What the controller says of its looks at workloads: the reason why it does nothing, which no object in the cluster tells.
import type { LogLine } from './controller-process.ts'
import { idOf } from './news.ts'
import type { ChangedConfig } from './why-not.ts'

/** The last outcome for each workload and config. For telling people, never for judging the controller. */
export interface Looks {
  heard(line: LogLine): void
  /** Forgets what was said so far. */
  clear(): void
  /** `UpToDate`; undefined where nothing was said, or only that it waits for the change to settle. */
  reasonOf(workloadId: string, config: ChangedConfig): string | undefined
}

const LOOKED_AT = 'Looked at '
const SETTLING = 'hold'

/** Nothing was heard yet. */
export function createLooks(): Looks {
  const outcomes = new Map<string, string>()
  return {
    heard({ msg, fields }) {
      if (msg.startsWith(LOOKED_AT)) outcomes.set(msg.slice(LOOKED_AT.length), fields.outcomes ?? '')
    },
    clear: () => outcomes.clear(),
    reasonOf(workloadId, config) {
      const [kind, , name] = idOf(config).split('/')
      const outcome = (outcomes.get(workloadId) ?? '')
        .split(',')
        .find((each) => each.startsWith(`${kind}/${name}=`))
      const [, plan, reason] = /=(\w+):(\w+)$/.exec(outcome ?? '') ?? []
      return plan === SETTLING ? undefined : reason
    },
  }
}
