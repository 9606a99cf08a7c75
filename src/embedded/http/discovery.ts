// What the server says about itself: versions, groups and the resources of each group.
import type { JsonObject } from '../object/json.ts'
import type { ResourceTable } from '../object/resource-table.ts'
import { subresourceOf, verbsOf } from '../object/resource-verbs.ts'
import { apiVersionOf, RESOURCES, type Resource } from '../object/resources.ts'

const VERSION: JsonObject = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.4',
  gitTreeState: 'clean',
  platform: 'linux/amd64',
}

const HEALTH_PATHS = ['/healthz', '/livez', '/readyz']

/** The answer to a path that names no resource: a body, or text; undefined where the path is not served. */
export function discover(path: string, table: ResourceTable): JsonObject | string | undefined {
  if (HEALTH_PATHS.includes(path)) return 'ok'
  if (path === '/version') return VERSION
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }
  if (path === '/apis') return groupList(table)
  const [, root, name = '', version] = /^\/(apis?)\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? []
  if (root === 'api')
    return version === undefined ? resourceList(table, { group: '', version: name }) : undefined
  if (root === undefined) return undefined
  if (version !== undefined) return resourceList(table, { group: name, version })
  const versions = versionsOf(table).get(name)
  return versions === undefined
    ? undefined
    : { kind: 'APIGroup', apiVersion: 'v1', ...groupBody(name, versions) }
}

/** Whether a path that is not served lies within a built-in API, which answers for it; elsewhere there is a page of text. */
export function isWithinApi(path: string): boolean {
  const [, root = '', group = ''] = path.split('/')
  if (root === 'api') return group !== ''
  return root === 'apis' && RESOURCES.some((each) => each.group === group)
}

/** The versions of each group but the core one, the preferred one first. */
export function versionsOf(table: ResourceTable): ReadonlyMap<string, readonly string[]> {
  const versions = new Map<string, string[]>()
  for (const { group, version } of table.all().filter((each) => each.group !== '')) {
    const known = versions.get(group) ?? []
    if (!known.includes(version)) versions.set(group, [...known, version].toSorted(byPreference))
  }
  return versions
}

const STAGES = ['alpha', 'beta', '']

/** Stable before beta before alpha, and of one stage the higher number first (k8s.io/apimachinery/pkg/version). */
function byPreference(a: string, b: string): number {
  const [first, second] = [rankOf(a), rankOf(b)]
  const at = first.findIndex((each, i) => each !== second[i])
  return at < 0 ? (a < b ? -1 : 1) : (second[at] ?? 0) - (first[at] ?? 0)
}

function rankOf(version: string): readonly number[] {
  const [, major, stage = '', minor = 0] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? []
  return major === undefined ? [-1, 0, 0] : [STAGES.indexOf(stage), Number(major), Number(minor)]
}

function groupList(table: ResourceTable): JsonObject {
  const groups = [...versionsOf(table)].map(([name, versions]) => groupBody(name, versions))
  return { kind: 'APIGroupList', apiVersion: 'v1', groups }
}

function groupBody(name: string, versions: readonly string[]): JsonObject {
  const bodies = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions: bodies, preferredVersion: bodies[0] }
}

function resourceList(
  table: ResourceTable,
  { group, version }: Pick<Resource, 'group' | 'version'>,
): JsonObject | undefined {
  const resources = table.all().filter((each) => each.group === group && each.version === version)
  if (resources.length === 0) return undefined
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: apiVersionOf({ group, version }),
    resources: resources.flatMap(resourceBodies),
  }
}

function resourceBodies(resource: Resource): readonly JsonObject[] {
  const { plural, singular, namespaced, kind, shortNames, categories, subresources } = resource
  return [
    {
      name: plural,
      singularName: singular,
      namespaced,
      kind,
      verbs: [...verbsOf(resource)],
      ...(shortNames.length === 0 ? {} : { shortNames: [...shortNames] }),
      ...(categories.length === 0 ? {} : { categories: [...categories] }),
    },
    ...subresources.map((each) => {
      const { verbs, ...of } = subresourceOf(each)
      return { name: `${plural}/${each}`, singularName: '', namespaced, kind, verbs: [...verbs], ...of }
    }),
  ]
}
