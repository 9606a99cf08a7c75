// The rows of the table of flags that say how long a change has to be quiet.
import { durationFlag } from './duration-flag.ts'

const ours = { source: 'ours', since: '0.1', group: 'When a workload is rolled' } as const

/** Rows by the name that the code asks for them with. Values are milliseconds. */
export const SETTLE_FLAGS = {
  settle: durationFlag({
    ...ours,
    name: 'settle',
    default: '500ms',
    help: 'Wait until the configs of a workload have been quiet for this long',
  }),
  settleMax: durationFlag({
    ...ours,
    name: 'settle-max',
    default: '5s',
    help: 'But never longer than this after the first change',
  }),
  settleRelease: durationFlag({
    ...ours,
    name: 'settle-release',
    default: '5s',
    help: 'Where config and workload belong to one release of Helm, Argo CD or Flux: wait until that release has been quiet for this long',
  }),
  settleReleaseMax: durationFlag({
    ...ours,
    name: 'settle-release-max',
    default: '15s',
    help: 'But never longer than this after the first change',
  }),
} as const
