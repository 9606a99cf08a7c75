// JSON patch as the real server applies it: RFC 6902 with the leniences of its library (evanphx/json-patch v4): a
// negative place counts from the end, replacing a missing member of an object adds it, a missing member equals null.
import { isList, isObject, type Json, type JsonObject, jsonEqual } from './json.ts'

/** A patch that cannot be applied, with the reason. */
export class JsonPatchError extends Error {
  override readonly name = 'JsonPatchError'
}

/** Applies every operation in order. Throws a JsonPatchError at the first that fails. */
export function jsonPatch(target: JsonObject, operations: readonly Json[]): Json {
  return operations.reduce<Json>((state, each) => applyOperation(state, isObject(each) ? each : {}), target)
}

function applyOperation(target: Json, operation: JsonObject): Json {
  const { op, value = null } = operation
  switch (op) {
    case 'add':
      return atPath(target, pathOf(operation, op), { op, value })
    case 'remove':
      return atPath(target, pathOf(operation, op), { op })
    case 'replace':
      return pathOf(operation, op) === ''
        ? wholeDocument(value)
        : atPath(target, pathOf(operation, op), { op, value })
    case 'test':
      return test(target, pathOf(operation, op), value)
    case 'copy':
      return atPath(target, pathOf(operation, op), { op: 'add', value: read(target, operation, op) ?? null })
    case 'move': {
      const value = read(target, operation, op)
      const removed = atPath(target, pathOf(operation, op, 'from'), { op: 'remove' }, op)
      return atPath(removed, pathOf(operation, op), { op: 'add', value: value ?? null })
    }
    default:
      throw new JsonPatchError(`Unexpected kind: ${typeof op === 'string' ? op : 'unknown'}`)
  }
}

function pathOf(operation: JsonObject, op: string, member: 'path' | 'from' = 'path'): string {
  const path = operation[member]
  if (typeof path === 'string') return path
  throw new JsonPatchError(`${op} operation failed to decode ${member}: missing value`)
}

function wholeDocument(value: Json): Json {
  if (isObject(value) || isList(value)) return value
  throw new JsonPatchError('replace operation value must be object or array: %!w(<nil>)')
}

function test(target: Json, path: string, value: Json): Json {
  const found =
    path === ''
      ? target
      : get(
          container(target, path, `test operation does not apply: is missing path: ${path}`),
          lastKey(path),
          `error in test for path: '${path}'`,
        )
  if (jsonEqual(found ?? null, value)) return target
  throw new JsonPatchError(`testing value ${path} failed: test failed`)
}

function read(target: Json, operation: JsonObject, op: 'copy' | 'move'): Json | undefined {
  const from = pathOf(operation, op, 'from')
  const parent = container(target, from, `${op} operation does not apply: doc is missing from path: ${from}`)
  return get(parent, lastKey(from), `error in ${op} for path: '${lastKey(from)}'`)
}

/** The part before the first slash does not count. */
function keysOf(path: string): readonly string[] {
  return path
    .split('/')
    .slice(1)
    .map((each) => each.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function lastKey(path: string): string {
  return keysOf(path).at(-1) ?? ''
}

function container(target: Json, path: string, problem: string): Json {
  const keys = keysOf(path)
  let found: Json | undefined = keys.length === 0 ? undefined : target
  for (const key of keys.slice(0, -1))
    found = isList(found) ? found[Number(key)] : isObject(found) ? found[key] : undefined
  if (isList(found) || isObject(found)) return found
  throw new JsonPatchError(`${problem}: missing value`)
}

function get(parent: Json, key: string, problem: string): Json | undefined {
  if (isList(parent)) return parent[listPlace(key, parent.length, problem)]
  return isObject(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined
}

/** The place that a key of a list means, less than `length`. */
function listPlace(key: string, length: number, problem: string): number {
  if (!/^[-+]?\d+$/.test(key)) {
    throw new JsonPatchError(`${problem}: strconv.Atoi: parsing "${key}": invalid syntax`)
  }
  const place = Number(key)
  if (place >= length || place < -length) {
    throw new JsonPatchError(`${problem}: Unable to access invalid index: ${place}: invalid index referenced`)
  }
  return place < 0 ? place + length : place
}

type Change = { readonly op: 'add' | 'replace'; readonly value: Json } | { readonly op: 'remove' }

/** A copy of the target with one change at the path; `named` is the operation that messages speak of. */
function atPath(target: Json, path: string, change: Change, named: string = change.op): Json {
  const quoted = change.op === 'replace' ? path : `"${path}"`
  container(target, path, `${named} operation does not apply: doc is missing path: ${quoted}`)
  return edit(target, keysOf(path), { change, path, named })
}

interface Place {
  readonly change: Change
  readonly path: string
  readonly named: string
}

function edit(target: Json, [key = '', ...rest]: readonly string[], place: Place): Json {
  if (isList(target)) {
    if (rest.length === 0) return editList(target, key, place)
    const at = listPlace(key, target.length, '')
    return target.with(at, edit(target[at] ?? null, rest, place))
  }
  const object = isObject(target) ? target : {}
  if (rest.length > 0) return { ...object, [key]: edit(object[key] ?? null, rest, place) }
  return editObject(object, key, place)
}

function editObject(target: JsonObject, key: string, { change, path, named }: Place): Json {
  if (change.op !== 'remove') return { ...target, [key]: change.value }
  if (!Object.hasOwn(target, key)) {
    throw new JsonPatchError(
      `error in ${named} for path: '${named === 'move' ? key : path}': Unable to remove nonexistent key: ${key}: missing value`,
    )
  }
  const { [key]: _, ...others } = target
  return others
}

function editList(target: readonly Json[], key: string, { change, path, named }: Place): Json {
  const problem = `error in ${named} for path: '${path}'`
  if (change.op === 'add') {
    if (key === '-') return [...target, change.value]
    return target.toSpliced(listPlace(key, target.length + 1, problem), 0, change.value)
  }
  if (change.op === 'remove') return target.toSpliced(listPlace(key, target.length, problem), 1)
  const missing = `replace operation does not apply: doc is missing key: ${path}`
  return target.with(listPlace(key, target.length, missing), change.value)
}
