// The rows of the table of flags that say who leads. Names of the durations as in kube-controller-manager; defaults as the incumbent's.
import { durationFlag } from './duration-flag.ts'
import { boolFlag } from './flag.ts'

const ours = { source: 'ours', since: '0.1', group: 'Running' } as const

/** Rows by the name that the code asks for them with. Durations are milliseconds. */
export const LEADER_FLAGS = {
  enableHa: boolFlag({
    source: 'incumbent',
    since: '0.1',
    name: 'enable-ha',
    group: 'Running',
    default: false,
    help: 'Let several replicas elect one that works; needs POD_NAME and POD_NAMESPACE',
  }),
  leaseDuration: durationFlag({
    ...ours,
    name: 'leader-elect-lease-duration',
    default: '15s',
    help: 'With --enable-ha: how long a leader may be silent before another takes over; whole seconds',
  }),
  renewDeadline: durationFlag({
    ...ours,
    name: 'leader-elect-renew-deadline',
    default: '10s',
    help: 'With --enable-ha: how long a leader goes on without having renewed; less than the lease duration',
  }),
  retryPeriod: durationFlag({
    ...ours,
    name: 'leader-elect-retry-period',
    default: '2s',
    help: 'With --enable-ha: how often a leader renews',
  }),
} as const
