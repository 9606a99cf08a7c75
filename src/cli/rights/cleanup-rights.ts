// Every right that `reloader cleanup` asks for, in one table: its scenario runs under exactly these, and docs/permissions.md
// is made from it.
import { digestKeyName, LEASE_NAME } from '../../types/own-objects.ts'
import { WORKLOAD_RESOURCES, type WorkloadKind } from '../../types/workload.ts'
import { STAMPED_KINDS } from '../cleanup/find-workloads.ts'
import type { Right } from './right.ts'

/** What the rights depend on. */
export interface CleanupRightsOptions {
  /** RELOADER_DEPLOYMENT_NAME. */
  readonly name: string
  /** `--stamps` is used. */
  readonly stamps: boolean
  /** `--namespace-selector` is used. */
  readonly selectsNamespaces: boolean
}

/** The rights of somebody who cleans up. */
export function cleanupRights({ name, stamps, selectsNamespaces }: CleanupRightsOptions): readonly Right[] {
  const kinds = stamps ? STAMPED_KINDS : STAMPED_KINDS.slice(0, 1)
  return [...ownRights(name), ...kinds.map(workloadRight), ...(selectsNamespaces ? [NAMESPACES] : [])]
}

function ownRights(installation: string): readonly Right[] {
  const own = { place: 'own', group: '' } as const
  return [
    {
      ...own,
      resource: 'configmaps',
      verbs: ['get', 'list', 'delete'],
      without: 'records, journal and meta-info stay',
    },
    {
      ...own,
      resource: 'secrets',
      name: digestKeyName(installation),
      verbs: ['get', 'delete'],
      without: 'the key stays',
    },
    {
      ...own,
      group: 'coordination.k8s.io',
      resource: 'leases',
      name: LEASE_NAME,
      verbs: ['get', 'delete'],
      without: 'the Lease stays; without get, nobody can tell whether a controller is alive',
    },
    {
      ...own,
      group: 'apps',
      resource: 'deployments',
      name: installation,
      verbs: ['get'],
      without: 'nobody can tell whether a controller is alive',
    },
  ]
}

function workloadRight(kind: WorkloadKind): Right {
  const { group, plural: resource } = WORKLOAD_RESOURCES[kind]
  const stays = `no ${kind} loses its stamps`
  return {
    place: 'scope',
    group,
    resource,
    verbs: ['get', 'list', 'patch'],
    without: kind === 'Deployment' ? 'no Deployment is resumed, and none loses its stamps' : stays,
  }
}

const NAMESPACES: Right = {
  place: 'scope',
  group: '',
  resource: 'namespaces',
  verbs: ['list'],
  without: 'no workload is looked at',
}
