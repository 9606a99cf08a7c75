// Every right that the controller asks for, in one table. The scenarios run under exactly these, the chart's roles and
// docs/permissions.md are held against them, and a dry run asks whether they are there.
import { CONFIG_RESOURCES, type ConfigType, SECRET_PROVIDER_CLASSES } from '../../types/config.ts'
import { digestKeyName, LEASE_NAME } from '../../types/own-objects.ts'
import { WORKLOAD_RESOURCES, type WorkloadKind } from '../../types/workload.ts'
import type { Right, Verb } from './right.ts'

/** What the rights depend on. */
export interface ControllerRightsOptions {
  /** RELOADER_DEPLOYMENT_NAME. */
  readonly name: string
  readonly configTypes: readonly ConfigType[]
  readonly workloadKinds: readonly WorkloadKind[]
  /** `--namespace-selector` is used. */
  readonly selectsNamespaces: boolean
  /** `--enable-ha` is used. */
  readonly elects: boolean
}

const READ: readonly Verb[] = ['get', 'list', 'watch']
const LEASES = { place: 'own', group: 'coordination.k8s.io', resource: 'leases' } as const
const NO_ELECTION = 'with --enable-ha this replica does nothing until it is granted'

/** The rights of a controller that writes; a dry run needs of them what reads. */
export function controllerRights(options: ControllerRightsOptions): readonly Right[] {
  return [
    ...options.configTypes.map((type) => (type === 'SecretProviderClass' ? STATUSES : configRight(type))),
    ...(options.configTypes.includes('SecretProviderClass') ? [CLASSES] : []),
    ...options.workloadKinds.map(workloadRight),
    ...(startsJobsOnly(options.workloadKinds) ? [STARTED_JOBS] : []),
    ...(options.selectsNamespaces ? [NAMESPACES] : []),
    {
      place: 'scope',
      group: '',
      resource: 'events',
      verbs: ['create', 'patch'],
      without: 'nothing but the Events is missing',
    },
    ...ownRights(options),
  ]
}

function workloadRight(kind: WorkloadKind): Right {
  const { group, plural: resource } = WORKLOAD_RESOURCES[kind]
  const verbs = ROLL_VERBS[kind] ?? ['patch']
  const roll = verbs.length === 0 ? '' : ` or cannot be rolled (${verbs.join(', ')})`
  return {
    place: 'scope',
    group,
    resource,
    verbs: [...READ, ...verbs],
    without: `a ${kind} is not seen (list), is noticed late (watch)${roll}`,
  }
}

/** A CronJob is never written: its roll is a Job. A Job is deleted and created again. */
const ROLL_VERBS: { readonly [kind in WorkloadKind]?: readonly Verb[] } = {
  CronJob: [],
  Job: ['create', 'delete'],
}

/** The right to Jobs has these verbs already. */
function startsJobsOnly(kinds: readonly WorkloadKind[]): boolean {
  return kinds.includes('CronJob') && !kinds.includes('Job')
}

const STARTED_JOBS: Right = {
  place: 'scope',
  group: WORKLOAD_RESOURCES.Job.group,
  resource: WORKLOAD_RESOURCES.Job.plural,
  verbs: ['list', 'create'],
  without: 'a CronJob cannot be rolled (create; with concurrencyPolicy Forbid, list)',
}

const NAMESPACES: Right = {
  place: 'scope',
  group: '',
  resource: 'namespaces',
  verbs: READ,
  without: '--namespace-selector selects nothing',
}

const STATUSES: Right = {
  place: 'scope',
  group: CONFIG_RESOURCES.SecretProviderClass.group,
  resource: CONFIG_RESOURCES.SecretProviderClass.plural,
  verbs: READ,
  without: 'a rotation of a SecretProviderClass is not seen, and rolls nothing',
}

const CLASSES: Right = {
  place: 'scope',
  group: SECRET_PROVIDER_CLASSES.group,
  resource: SECRET_PROVIDER_CLASSES.plural,
  verbs: READ,
  without: 'nobody knows which SecretProviderClasses are to be ignored, and none is followed',
}

function configRight(type: ConfigType): Right {
  return {
    place: 'scope',
    group: '',
    resource: CONFIG_RESOURCES[type].plural,
    verbs: READ,
    without: `a change of a ${type} is not seen (list, watch) or not understood (get), and rolls nothing`,
  }
}

function ownRights({ name, elects }: ControllerRightsOptions): readonly Right[] {
  const records: Right = {
    place: 'own',
    group: '',
    resource: 'configmaps',
    verbs: [...READ, 'create', 'update'],
    without: 'records live in memory only: what changes while the controller is down is not noticed',
  }
  const digestKey: Right = {
    place: 'own',
    group: '',
    resource: 'secrets',
    name: digestKeyName(name),
    verbs: ['get', 'update'],
    without: 'the key of the digests stays in the record store',
  }
  const election: readonly Right[] = [
    { ...LEASES, verbs: ['create'], without: NO_ELECTION },
    { ...LEASES, name: LEASE_NAME, verbs: ['get', 'update'], without: NO_ELECTION },
  ]
  return [records, digestKey, ...(elects ? election : [])]
}
