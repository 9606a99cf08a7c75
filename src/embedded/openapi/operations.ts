// The paths of an OpenAPI v3 document, as far as clients look at them: which kind an operation is about, what is to be
// done, and which parameters it takes. kubectl asks the PATCH of a kind whether it knows `fieldValidation`.
import type { JsonObject } from '../object/json.ts'
import { apiVersionOf, type Resource } from '../object/resources.ts'
import { SERVED_PATCH_TYPES } from '../write/patch-object.ts'
import { definitionName } from './definition-name.ts'

const WRITE = ['dryRun', 'fieldManager', 'fieldValidation']
const DELETE = ['dryRun', 'gracePeriodSeconds', 'orphanDependents', 'propagationPolicy']
const LIST = [
  'allowWatchBookmarks',
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'timeoutSeconds',
  'watch',
]

/** The paths of a resource, each with its operations. */
export function pathsOf(resource: Resource): Readonly<Record<string, JsonObject>> {
  const { group, namespaced, plural, subresources } = resource
  const root = `/${group === '' ? 'api' : 'apis'}/${apiVersionOf(resource)}`
  const collection = `${root}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}`
  const one = `${collection}/{name}`
  const everywhere = namespaced ? { [`${root}/${plural}`]: { get: operation(resource, 'list', LIST) } } : {}
  const below = subresources.filter((each) => each === 'status')
  return {
    ...everywhere,
    [collection]: collectionOperations(resource),
    [one]: { ...objectOperations(resource), delete: operation(resource, 'delete', DELETE) },
    ...Object.fromEntries(below.map((each) => [`${one}/${each}`, objectOperations(resource)])),
  }
}

/** Namespaces are deleted one by one. */
function collectionOperations(resource: Resource): JsonObject {
  const removal = [...DELETE, ...LIST.filter((each) => each !== 'allowWatchBookmarks' && each !== 'watch')]
  return {
    get: operation(resource, 'list', LIST),
    post: withBody(operation(resource, 'post', WRITE), resource, ['*/*']),
    ...(resource.kind === 'Namespace' ? {} : { delete: operation(resource, 'deletecollection', removal) }),
  }
}

function objectOperations(resource: Resource): JsonObject {
  return {
    get: operation(resource, 'get', []),
    put: withBody(operation(resource, 'put', WRITE), resource, ['*/*']),
    patch: withBody(operation(resource, 'patch', [...WRITE, 'force']), resource, patchTypesOf(resource)),
  }
}

/** Custom resources have no keys to merge lists by. */
function patchTypesOf({ custom }: Resource): readonly string[] {
  if (custom === undefined) return SERVED_PATCH_TYPES
  return SERVED_PATCH_TYPES.filter((each) => each !== 'application/strategic-merge-patch+json')
}

function operation(
  { group, version, kind }: Resource,
  action: string,
  parameters: readonly string[],
): JsonObject {
  return {
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
    ...(parameters.length === 0 ? {} : { parameters: parameters.toSorted().map(parameter) }),
    responses: { 200: { description: 'OK' } },
  }
}

function parameter(name: string): JsonObject {
  return { name, in: 'query', schema: { type: 'string', uniqueItems: true } }
}

function withBody(operation: JsonObject, resource: Resource, types: readonly string[]): JsonObject {
  const schema = { $ref: `#/components/schemas/${definitionName(resource)}` }
  return {
    ...operation,
    requestBody: { content: Object.fromEntries(types.map((each) => [each, { schema }])), required: true },
  }
}
