// The rights that the documentation asks for, exactly: what the controller tries beyond them fails its scenario.
import { controllerRights } from '../../../src/cli/rights/controller-rights.ts'
import { type Right, rulesOf } from '../../../src/cli/rights/right.ts'
import { CONFIG_TYPES, STORED_TYPES } from '../../../src/types/config.ts'
import { WORKLOAD_RESOURCES } from '../../../src/types/workload.ts'
import type { PolicyRule } from '../cluster.ts'
import type { CustomKind } from './kinds.ts'

export interface Permissions {
  /** Bound in every namespace. */
  readonly clusterRules: readonly PolicyRule[]
  /** Bound in the controller's own namespace. */
  readonly namespaceRules: readonly PolicyRule[]
}

export interface PermissionsOptions {
  /** `RELOADER_DEPLOYMENT_NAME`. */
  readonly name: string
  /** `--namespace-selector` is used. */
  readonly namespaceSelector?: boolean
  /** `--enable-ha` is used. */
  readonly enableHa?: boolean
  /** Custom kinds that are rolled too. */
  readonly custom?: readonly CustomKind[]
  /** `--enable-csi-integration` is used. */
  readonly classes?: boolean
  /** The incumbent's chart grants no `watch` on workloads. */
  readonly watchWorkloads?: boolean
}

/** The documented rules. */
export function documentedPermissions(options: PermissionsOptions): Permissions {
  const { name, namespaceSelector = false, enableHa = false, watchWorkloads = true } = options
  const { custom = [], classes = false } = options
  const rights = controllerRights({
    name,
    configTypes: classes ? CONFIG_TYPES : STORED_TYPES,
    workloadKinds: ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Job', ...custom],
    selectsNamespaces: namespaceSelector,
    elects: enableHa,
  })
  const granted = watchWorkloads ? rights : rights.map(withoutWatchOfWorkloads)
  return {
    clusterRules: rulesOf(granted.filter(({ place }) => place === 'scope')),
    namespaceRules: rulesOf(granted.filter(({ place }) => place === 'own')),
  }
}

function withoutWatchOfWorkloads(right: Right): Right {
  const isWorkload = Object.values(WORKLOAD_RESOURCES).some(
    ({ group, plural }) => group === right.group && plural === right.resource,
  )
  return isWorkload ? { ...right, verbs: right.verbs.filter((verb) => verb !== 'watch') } : right
}
