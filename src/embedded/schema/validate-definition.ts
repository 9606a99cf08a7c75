// Rules of CustomResourceDefinitions (apiextensions-apiserver/pkg/apis/apiextensions/validation). CEL rules and the
// finer points of structural schemas are not looked at.
import type { ApiObject } from '../object/api-object.ts'
import { type FieldProblem, invalidField, requiredField, unsupportedField } from '../object/field-problem.ts'
import {
  isObject,
  type Json,
  type JsonObject,
  jsonEqual,
  listAt,
  objectAt,
  textAt,
  valueAt,
} from '../object/json.ts'
import { dnsSubdomainProblems } from '../object/names.ts'

/** What is wrong with a new definition. */
export function validateDefinition(definition: ApiObject): readonly FieldProblem[] {
  const spec = objectAt(definition, 'spec')
  const { name } = definition.metadata
  const wanted = `${textAt(spec, 'names', 'plural')}.${textAt(spec, 'group')}`
  const misnamed = name === wanted ? [] : [invalidField('metadata.name', name, NAME_RULE)]
  return [...misnamed, ...validateSpec(spec), ...validateStoredVersions(definition)]
}

const NAME_RULE = 'must be spec.names.plural+"."+spec.group'

/** What is wrong with a change of a definition: what its objects are stored under may not move. */
export function validateDefinitionUpdate(next: ApiObject, current: ApiObject): readonly FieldProblem[] {
  const established = listAt(current, 'status', 'conditions').some(
    (each) => textAt(each, 'type') === 'Established' && textAt(each, 'status') === 'True',
  )
  const paths = [...(established ? ['scope', 'names.kind'] : []), 'group', 'names.plural']
  const moved = paths.filter((path) => !jsonEqual(at(next, path), at(current, path)))
  return [
    ...validateSpec(objectAt(next, 'spec')),
    ...moved.map((path) => invalidField(`spec.${path}`, at(next, path), 'field is immutable')),
    ...validateStoredVersions(next),
  ]
}

function at(definition: ApiObject, path: string): Json | undefined {
  return valueAt(definition, 'spec', ...path.split('.'))
}

function validateStoredVersions(definition: ApiObject): readonly FieldProblem[] {
  if (listAt(definition, 'status', 'storedVersions').length === 0)
    return [invalidField('status.storedVersions', null, 'must have at least one stored version')]
  const names = listAt(definition, 'spec', 'versions').map((each) => textAt(each, 'name'))
  return listAt(definition, 'status', 'storedVersions').flatMap((stored, i) => {
    const version = String(stored)
    if (names.includes(version)) return []
    const why = `missing from spec.versions; ${version} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${version} and removes ${version} from status.storedVersions`
    return [invalidField(`status.storedVersions[${i}]`, version, why)]
  })
}

function validateSpec(spec: JsonObject): readonly FieldProblem[] {
  return [
    ...validateGroup(textAt(spec, 'group')),
    ...validateScope(textAt(spec, 'scope')),
    ...validateVersions(listAt(spec, 'versions')),
    ...['plural', 'singular', 'kind', 'listKind'].flatMap((each) =>
      textAt(spec, 'names', each) === '' ? [requiredField(`spec.names.${each}`)] : [],
    ),
  ]
}

function validateGroup(group: string): readonly FieldProblem[] {
  if (group === '') return [requiredField('spec.group')]
  const problems = dnsSubdomainProblems(group)
  if (problems.length > 0) return [invalidField('spec.group', group, problems.join(','))]
  return group.includes('.')
    ? []
    : [invalidField('spec.group', group, 'should be a domain with at least one dot')]
}

const SCOPES = ['Cluster', 'Namespaced']

function validateScope(scope: string): readonly FieldProblem[] {
  if (scope === '') return [requiredField('spec.scope')]
  return SCOPES.includes(scope) ? [] : [unsupportedField('spec.scope', scope, SCOPES)]
}

function validateVersions(versions: readonly Json[]): readonly FieldProblem[] {
  const names = versions.map((each) => textAt(each, 'name'))
  const stored = versions.filter((each) => valueAt(each, 'storage') === true)
  const wrong = (why: string) => [invalidField('spec.versions', versions, why)]
  return [
    ...versions.flatMap((each, i) => validateSchema(each, schemaPath(versions, i))),
    ...(new Set(names).size === names.length ? [] : wrong('must contain unique version names')),
    ...(stored.length === 1 ? [] : wrong('must have exactly one version marked as storage version')),
  ]
}

/** The schema of a single version is taken for that of all. */
function schemaPath(versions: readonly Json[], i: number): string {
  const single = versions.length === 1 && isObject(valueAt(versions[0], 'schema', 'openAPIV3Schema'))
  return single ? 'spec.validation.openAPIV3Schema' : `spec.versions[${i}].schema.openAPIV3Schema`
}

function validateSchema(version: Json, path: string): readonly FieldProblem[] {
  const schema = valueAt(version, 'schema', 'openAPIV3Schema')
  if (!isObject(schema)) return [requiredField(path)]
  return validateNode(schema, { path, where: 'at the root' })
}

interface NodePlace {
  readonly path: string
  readonly where: string
}

/** Every value has a type, unless the node says that it may be anything. */
function validateNode(node: JsonObject, { path, where }: NodePlace): readonly FieldProblem[] {
  const free =
    where !== 'at the root' &&
    (node['x-kubernetes-int-or-string'] === true || node['x-kubernetes-preserve-unknown-fields'] === true)
  const untyped = !free && textAt(node, 'type') === ''
  const inside = [
    ...Object.entries(objectAt(node, 'properties')).map(
      ([key, each]) =>
        [each, { path: `${path}.properties[${key}]`, where: 'for specified object fields' }] as const,
    ),
    [node.items, { path: `${path}.items`, where: 'for specified array items' }] as const,
    [
      node.additionalProperties,
      { path: `${path}.additionalProperties`, where: 'for specified object fields' },
    ] as const,
  ]
  return [
    ...inside.flatMap(([each, place]) => (isObject(each) ? validateNode(each, place) : [])),
    ...(untyped ? [requiredField(`${path}.type`, `must not be empty ${where}`)] : []),
  ]
}
