// The rows of the table of flags that say how long a change has to be quiet.
import { type Flag, valueFlag } from './flag.ts'
import { parseDurationMs } from './flag-values.ts'

/** Rows by the name that the code asks for them with. Values are milliseconds. */
export const SETTLE_FLAGS = {
  settle: durationFlag({
    name: 'settle',
    default: '500ms',
    help: 'Wait until the configs of a workload have been quiet for this long',
  }),
  settleMax: durationFlag({
    name: 'settle-max',
    default: '5s',
    help: 'But never longer than this after the first change',
  }),
  settleRelease: durationFlag({
    name: 'settle-release',
    default: '5s',
    help: 'Where config and workload belong to one release of Helm, Argo CD or Flux: wait until that release has been quiet for this long',
  }),
  settleReleaseMax: durationFlag({
    name: 'settle-release-max',
    default: '15s',
    help: 'But never longer than this after the first change',
  }),
} as const

function durationFlag(row: {
  readonly name: string
  readonly default: string
  readonly help: string
}): Flag<number> {
  return valueFlag({
    ...row,
    group: 'When a workload is rolled',
    source: 'ours',
    since: '0.1',
    type: 'duration',
    default: parseDurationMs(row.default),
    defaultText: row.default,
    of: parseDurationMs,
  })
}
