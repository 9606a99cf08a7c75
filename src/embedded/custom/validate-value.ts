// What is wrong with a value by its structural schema, in the words of kube-openapi's validator. What an update leaves as
// it was is let be, even where the schema would not have it any more (CRDValidationRatcheting).
// Formats, CEL rules and the combinations `oneOf`, `anyOf` and `not` are not looked at.
import { type FieldProblem, requiredField, tooLongField, unsupportedField } from '../object/field-problem.ts'
import { isList, isObject, type Json, type JsonObject, jsonEqual, listAt, ownMember } from '../object/json.ts'
import { itemSchema, memberSchema, typeNameOf, typesOf } from './schema-node.ts'

/** What is wrong with an object, compared with the present one where there is one. */
export function validateValue(
  value: JsonObject,
  node: JsonObject,
  before?: JsonObject,
): readonly FieldProblem[] {
  return validate(value, { node, before, path: '' })
}

/** What is wrong with the status of an object; messages tell its fields as if the status were all there is. */
export function validateStatus(
  value: JsonObject,
  node: JsonObject,
  before?: JsonObject,
): readonly FieldProblem[] {
  const schema = memberSchema(node, 'status')
  if (schema === undefined || value.status === undefined) return []
  const problems = validate(value.status, { node: schema, before: before?.status, path: '' })
  return problems.map((each) => ({ ...each, field: inside('status', each.field) }))
}

interface Look {
  readonly node: JsonObject
  /** The value at the same place before; undefined: none. */
  readonly before: Json | undefined
  readonly path: string
}

function validate(value: Json, look: Look): readonly FieldProblem[] {
  const { node, before } = look
  if (before !== undefined && jsonEqual(value, before)) return []
  if (value === null && node.nullable === true) return []
  const types = typesOf(node)
  if (types.length > 0 && !types.some((each) => isOfType(value, each))) return [wrongType(value, types, look)]
  if (isObject(value)) return [...checkRequired(value, look), ...validateMembers(value, look)]
  const own = [...checkEnum(value, look), ...checkBounds(value, look)]
  return isList(value) ? [...own, ...validateItems(value, look)] : own
}

function isOfType(value: Json, type: string): boolean {
  const found = typeNameOf(value)
  return found === type || (type === 'number' && found === 'integer')
}

/** How the validator names the place in its own messages. */
function placeName(path: string): string {
  return path === '' ? '' : `${path} in body`
}

function wrongType(value: Json, types: readonly string[], { path }: Look): FieldProblem {
  const found = JSON.stringify(typeNameOf(value))
  const wanted = types.join(',')
  const message = `Invalid value: ${found}: ${placeName(path)} must be of type ${wanted}: ${found}`
  return { field: path, reason: 'FieldValueTypeInvalid', message }
}

function invalidBound(value: Json, { path }: Look, why: string): FieldProblem {
  const message = `Invalid value: ${JSON.stringify(value)}: ${placeName(path)} ${why}`
  return { field: path, reason: 'FieldValueInvalid', message }
}

function checkRequired(value: JsonObject, { node, path }: Look): readonly FieldProblem[] {
  const missing = listAt(node, 'required')
    .map(String)
    .filter((key) => !Object.hasOwn(value, key))
  return missing.map((key) => requiredField(inside(path, key)))
}

function inside(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

function validateMembers(value: JsonObject, { node, before, path }: Look): readonly FieldProblem[] {
  const previous = isObject(before) ? before : {}
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, member]) => {
      const schema = memberSchema(node, key)
      if (schema === undefined || member === undefined) return []
      return validate(member, { node: schema, before: ownMember(previous, key), path: inside(path, key) })
    })
}

/** Only the items of a list with keys have a past of their own. */
function validateItems(value: readonly Json[], { node, before, path }: Look): readonly FieldProblem[] {
  const keys = node['x-kubernetes-list-type'] === 'map' ? listAt(node, 'x-kubernetes-list-map-keys') : []
  const same = (a: Json, b: Json) =>
    keys.every((key) => isObject(a) && isObject(b) && jsonEqual(a[String(key)], b[String(key)]))
  return value.flatMap((each, i) => {
    const found = keys.length > 0 && isList(before) ? before.find((other) => same(each, other)) : undefined
    return validate(each, { node: itemSchema(node), before: found, path: `${path}[${i}]` })
  })
}

function checkEnum(value: Json, { node, path }: Look): readonly FieldProblem[] {
  const values = listAt(node, 'enum')
  if (values.length === 0 || values.some((each) => jsonEqual(each, value))) return []
  const shown = values.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)))
  return [unsupportedField(path, value, shown)]
}

function checkBounds(value: Json, look: Look): readonly FieldProblem[] {
  if (typeof value === 'number') return checkNumber(value, look)
  if (typeof value === 'string') return checkText(value, look)
  return isList(value) ? checkLength(value, look) : []
}

function checkNumber(value: number, look: Look): readonly FieldProblem[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = look.node
  const problems: FieldProblem[] = []
  if (typeof maximum === 'number' && (exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    const than = exclusiveMaximum === true ? 'less than' : 'less than or equal to'
    problems.push(invalidBound(value, look, `should be ${than} ${maximum}`))
  }
  if (typeof minimum === 'number' && (exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    const than = exclusiveMinimum === true ? 'greater than' : 'greater than or equal to'
    problems.push(invalidBound(value, look, `should be ${than} ${minimum}`))
  }
  return problems
}

function checkText(value: string, look: Look): readonly FieldProblem[] {
  const { minLength, maxLength, pattern } = look.node
  const length = [...value].length
  if (typeof maxLength === 'number' && length > maxLength) return [tooLongField(look.path, maxLength)]
  if (typeof minLength === 'number' && length < minLength)
    return [invalidBound(value, look, `should be at least ${minLength} chars long`)]
  if (typeof pattern === 'string' && !new RegExp(pattern, 'u').test(value))
    return [invalidBound(value, look, `should match '${pattern}'`)]
  return []
}

function checkLength(value: readonly Json[], look: Look): readonly FieldProblem[] {
  const { minItems, maxItems } = look.node
  const problems: FieldProblem[] = []
  if (typeof maxItems === 'number' && value.length > maxItems) {
    const message = `Too many: ${value.length}: must have at most ${maxItems} items`
    problems.push({ field: look.path, reason: 'FieldValueTooMany', message })
  }
  if (typeof minItems === 'number' && value.length < minItems)
    problems.push(invalidBound(value.length, look, `should have at least ${minItems} items`))
  return problems
}
