// The flags of `reloader cleanup`. Those of the controller are accepted beside them, so that its arguments can be given as
// they are; the ones listed here as counting say where it worked.
import { boolFlag } from '../options/flag.ts'
import { FLAGS } from '../options/flag-table.ts'
import { VARIABLES } from '../options/variable-table.ts'

const ours = { source: 'ours', since: '0.1', group: 'Cleanup', default: false } as const

/** Rows by the name that the code asks for them with. */
export const CLEANUP_FLAGS = {
  yes: boolFlag({ ...ours, name: 'yes', help: 'Carry it out; without it nothing is changed' }),
  stamps: boolFlag({
    ...ours,
    name: 'stamps',
    help: "Also take the stamps out of pod templates, ours and those of Stakater's Reloader: that rolls these workloads",
  }),
  force: boolFlag({
    ...ours,
    name: 'force',
    help: 'Go on although a controller seems to be alive, or nobody can tell',
  }),
} as const

/** The flags of the controller that count here. */
export const CLEANUP_COUNTS = [
  FLAGS.namespaces,
  FLAGS.namespacesToIgnore,
  FLAGS.namespaceSelector,
  FLAGS.pauseDeploymentTimeAnnotation,
  FLAGS.kubeconfig,
  FLAGS.context,
] as const

/** The variables that count here. */
export const CLEANUP_VARIABLES = [
  VARIABLES.reloaderNamespace,
  VARIABLES.deploymentName,
  VARIABLES.podNamespace,
  VARIABLES.namespace,
  VARIABLES.kubeconfig,
  VARIABLES.home,
  VARIABLES.httpsProxy,
  VARIABLES.httpProxy,
  VARIABLES.noProxy,
] as const
