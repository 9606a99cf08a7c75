// What is wrong with a configuration that is applied, in the words of sigs.k8s.io/structured-merge-diff: it is checked as
// it was sent, and a field that the type does not have is refused.
import { elementOf } from '../fields/field-compare.ts'
import { pathSet, pathTexts } from '../fields/field-set.ts'
import { isList, isObject, type Json } from '../object/json.ts'
import { goText } from '../patch/patch-list.ts'
import { type ListSchema, OPEN, type Scalar, type Schema } from './schema.ts'

/** One text for each problem: its path and what was expected there. */
export function appliedProblems(value: Json, schema: Schema, path = ''): readonly string[] {
  if (value === null) return []
  switch (schema.kind) {
    case 'scalar':
      return scalarProblem(value, schema.scalar).map((why) => at(path, why))
    case 'list':
      return isList(value)
        ? listProblems(value, schema, path)
        : [at(path, `expected list, got ${goValue(value)}`)]
    case 'struct':
    case 'map':
      if (schema === OPEN) return []
      return isObject(value)
        ? Object.entries(value).flatMap(([key, member]) =>
            memberProblems(key, member ?? null, { schema, path }),
          )
        : [at(path, `expected map, got ${goValue(value)}`)]
  }
}

function at(path: string, why: string): string {
  return path === '' ? why : `${path}: ${why}`
}

interface Owner {
  readonly schema: Schema
  readonly path: string
}

function memberProblems(key: string, member: Json, { schema, path }: Owner): readonly string[] {
  const inner = `${path}.${key}`
  const type =
    schema.kind === 'struct'
      ? (schema.fields.get(key)?.schema ?? schema.rest)
      : schema.kind === 'map'
        ? schema.values
        : undefined
  return type === undefined
    ? [at(inner, 'field not declared in schema')]
    : appliedProblems(member, type, inner)
}

/** How Go prints a value that it knows as JSON. */
function goValue(value: Json): string {
  return `&{${goText(value)}}`
}

const STRINGS: readonly Scalar[] = ['string', 'bytes', 'time', 'microTime']

function scalarProblem(value: Json, scalar: Scalar): readonly string[] {
  if (scalar === 'any') return []
  if (STRINGS.includes(scalar)) {
    return typeof value === 'string'
      ? []
      : [`expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`]
  }
  if (scalar === 'integer' || scalar === 'number') {
    return typeof value === 'number' ? [] : [`expected numeric (int or float), got ${goType(value)}`]
  }
  if (scalar === 'boolean')
    return typeof value === 'boolean' ? [] : [`expected boolean, got ${goValue(value)}`]
  return isObject(value) || isList(value) ? [`expected any scalar, got ${goValue(value)}`] : []
}

/** Go's `%#v`. */
function goSyntax(value: Json): string {
  if (isList(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (!isObject(value)) return JSON.stringify(value)
  const members = Object.keys(value).toSorted()
  return `map[string]interface {}{${members.map((key) => `${JSON.stringify(key)}:${goSyntax(value[key] ?? null)}`).join(', ')}}`
}

function goType(value: Json): string {
  if (isList(value)) return '[]interface {}'
  if (isObject(value)) return 'map[string]interface {}'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

function listProblems(list: readonly Json[], schema: ListSchema, path: string): readonly string[] {
  if (schema.ownership === 'atomic') {
    return list.flatMap((item, i) => appliedProblems(item, schema.items, `${path}[${i}]`))
  }
  const seen = new Set<string>()
  return list.flatMap((item, i) => {
    const problem = keyProblem(item, schema)
    if (problem !== undefined) return [at(path, `element ${i}: ${problem}`)]
    const element = elementOf(item, schema)
    const [text = ''] = pathTexts(pathSet([element]))
    const twice = seen.has(element) ? [at(path, `duplicate entries for key ${text}`)] : []
    seen.add(element)
    return [...twice, ...appliedProblems(item, schema.items, `${path}${text}`)]
  })
}

/** What keeps an item of a map or set from being told from the others. */
function keyProblem(item: Json, schema: ListSchema): string | undefined {
  const { ownership, keys } = schema
  if (ownership === 'set') {
    if (item === null) return "associative list without keys has an element that's an explicit null"
    if (isList(item)) return 'not supported: associative list with lists as elements'
    return isObject(item) ? "associative list without keys has an element that's a map type" : undefined
  }
  if (item === null) return 'associative list with keys may not have a null element'
  if (!isObject(item)) return 'associative list with keys may not have non-map elements'
  if (elementOf(item, schema) !== 'k:{}') return undefined
  const quoted = keys.map((key) => JSON.stringify(key)).join(' ')
  return `associative list with keys has an element that omits all key fields [${quoted}] (and doesn't have default values for any key fields)`
}
