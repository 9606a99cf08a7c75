// Every right that `reloader cleanup` asks for, in one table: its scenario runs under exactly these, and docs/permissions.md
// is made from it.
import { digestKeyName, LEASE_NAME } from '../../types/own-objects.ts'
import { WORKLOAD_RESOURCES } from '../../types/workload.ts'
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
  const own = { place: 'own', group: '' } as const
  const kinds = stamps ? STAMPED_KINDS : STAMPED_KINDS.slice(0, 1)
  const selector: Right = {
    place: 'scope',
    group: '',
    resource: 'namespaces',
    verbs: ['list'],
    without: 'no workload is looked at',
  }
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
      name: digestKeyName(name),
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
      name,
      verbs: ['get'],
      without: 'nobody can tell whether a controller is alive',
    },
    ...kinds.map(
      (kind): Right => ({
        place: 'scope',
        group: WORKLOAD_RESOURCES[kind].group,
        resource: WORKLOAD_RESOURCES[kind].plural,
        verbs: ['get', 'list', 'patch'],
        without:
          kind === 'Deployment'
            ? 'no Deployment is resumed, and none loses its stamps'
            : `no ${kind} loses its stamps`,
      }),
    ),
    ...(selectsNamespaces ? [selector] : []),
  ]
}
