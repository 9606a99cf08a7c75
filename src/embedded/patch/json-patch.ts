// JSON patch as the real server applies it: RFC 6902 with the leniences of its library (evanphx/json-patch v4): a
// negative place counts from the end, replacing a missing member of an object adds it, a missing member equals null.
import { isList, isObject, type Json, type JsonObject, jsonEqual } from '../object/json.ts'

/** A patch that cannot be applied. Clients of a real server are not told why, so the message is for us. */
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
    case 'remove':
      return edit(target, keysOf(operation, 'path'), op === 'add' ? { op, value } : { op })
    case 'replace':
      return operation.path === '' ? value : edit(target, keysOf(operation, 'path'), { op, value })
    case 'test':
      return test(target, operation)
    case 'copy':
      return edit(target, keysOf(operation, 'path'), {
        op: 'add',
        value: read(target, operation, 'from') ?? null,
      })
    case 'move': {
      const moved = read(target, operation, 'from') ?? null
      const removed = edit(target, keysOf(operation, 'from'), { op: 'remove' })
      return edit(removed, keysOf(operation, 'path'), { op: 'add', value: moved })
    }
    default:
      throw new JsonPatchError(`Cannot apply the operation ${JSON.stringify(operation)}: its kind is unknown`)
  }
}

function test(target: Json, operation: JsonObject): Json {
  const found = operation.path === '' ? target : read(target, operation, 'path')
  if (jsonEqual(found ?? null, operation.value ?? null)) return target
  throw new JsonPatchError(`Cannot apply the patch: the test of ${String(operation.path)} failed`)
}

function missing(keys: readonly string[]): JsonPatchError {
  return new JsonPatchError(`Cannot apply the patch: there is nothing at ${keys.join('/')}`)
}

/** The keys of a pointer; what stands before the first slash does not count. Throws where there is none. */
function keysOf(operation: JsonObject, member: 'path' | 'from'): readonly string[] {
  const path = operation[member]
  const keys = typeof path === 'string' ? path.split('/').slice(1) : []
  if (keys.length === 0) throw new JsonPatchError(`Cannot apply the patch: an operation has no ${member}`)
  return keys.map((each) => each.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** The value at a pointer whose parent exists; undefined for a missing member of an object. */
function read(target: Json, operation: JsonObject, member: 'path' | 'from'): Json | undefined {
  const keys = keysOf(operation, member)
  let found: Json | undefined = target
  for (const key of keys) {
    if (isList(found)) found = found[listPlace(key, found.length)]
    else if (isObject(found)) found = Object.hasOwn(found, key) ? found[key] : undefined
    else throw missing(keys)
  }
  return found
}

/** The place that a key of a list means, less than `length`. */
function listPlace(key: string, length: number): number {
  const place = /^[-+]?\d+$/.test(key) ? Number(key) : Number.NaN
  if (!(place < length && place >= -length)) throw missing([key])
  return place < 0 ? place + length : place
}

type Change = { readonly op: 'add' | 'replace'; readonly value: Json } | { readonly op: 'remove' }

/** A copy of the target with one change at the path. */
function edit(target: Json | undefined, keys: readonly string[], change: Change): Json {
  const [key = '', ...rest] = keys
  if (isList(target)) {
    if (rest.length === 0) return editList(target, key, change)
    const place = listPlace(key, target.length)
    return target.with(place, edit(target[place], rest, change))
  }
  if (!isObject(target)) throw missing(keys)
  const present = Object.hasOwn(target, key) ? target[key] : undefined
  if (rest.length > 0) return { ...target, [key]: edit(present, rest, change) }
  if (change.op !== 'remove') return { ...target, [key]: change.value }
  if (present === undefined) throw missing(keys)
  const { [key]: _, ...others } = target
  return others
}

function editList(target: readonly Json[], key: string, change: Change): Json {
  if (change.op === 'remove') return target.toSpliced(listPlace(key, target.length), 1)
  if (change.op === 'replace') return target.with(listPlace(key, target.length), change.value)
  return key === '-'
    ? [...target, change.value]
    : target.toSpliced(listPlace(key, target.length + 1), 0, change.value)
}
