// What the server says about itself: versions, groups and the resources of each group.
import type { JsonObject } from '../object/json.ts'
import { apiVersionOf, RESOURCES, type Resource } from '../object/resources.ts'

const VERSION: JsonObject = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.4',
  gitTreeState: 'clean',
  platform: 'linux/amd64',
}

const GROUPS = [...new Set(RESOURCES.map((each) => each.group))].filter((each) => each !== '')
const HEALTH_PATHS = ['/healthz', '/livez', '/readyz']

/** The answer to a path that names no resource: a body, or text; undefined where the path is not served. */
export function discover(path: string): JsonObject | string | undefined {
  if (HEALTH_PATHS.includes(path)) return 'ok'
  if (path === '/version') return VERSION
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: GROUPS.map(groupBody) }
  const [, root, name = '', version] = /^\/(apis?)\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? []
  if (root === 'api') return version === undefined ? resourceList('', name) : undefined
  if (root === undefined || !GROUPS.includes(name)) return undefined
  return version === undefined
    ? { kind: 'APIGroup', apiVersion: 'v1', ...groupBody(name) }
    : resourceList(name, version)
}

/** Whether a path that is not served lies within an API, which answers for it; elsewhere there is a page of text. */
export function isWithinApi(path: string): boolean {
  const [, root = '', group = ''] = path.split('/')
  return root === 'api' ? group !== '' : root === 'apis' && GROUPS.includes(group)
}

function groupBody(name: string): JsonObject {
  const version = { groupVersion: `${name}/v1`, version: 'v1' }
  return { name, versions: [version], preferredVersion: version }
}

function resourceList(group: string, version: string): JsonObject | undefined {
  const resources = RESOURCES.filter((each) => each.group === group && each.version === version)
  if (resources.length === 0) return undefined
  const groupVersion = apiVersionOf({ group, version })
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion,
    resources: resources.flatMap(resourceBodies),
  }
}

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

function resourceBodies({
  plural,
  singular,
  namespaced,
  kind,
  shortNames,
  subresources,
}: Resource): readonly JsonObject[] {
  const names = shortNames.length === 0 ? {} : { shortNames: [...shortNames] }
  return [
    { name: plural, singularName: singular, namespaced, kind, verbs: VERBS, ...names },
    ...subresources.map((each) => ({
      name: `${plural}/${each}`,
      singularName: '',
      namespaced,
      kind,
      verbs: ['get', 'patch', 'update'],
    })),
  ]
}
