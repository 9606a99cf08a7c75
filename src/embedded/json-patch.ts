// JSON patch, RFC 6902, with the additions of the real server's library: an absent value is null, a missing path fails.
import { isList, isObject, type Json, type JsonObject, jsonEqual } from './json.ts'

/** A patch that cannot be applied, with the reason. */
export class JsonPatchError extends Error {
  override readonly name = 'JsonPatchError'
}

interface Operation {
  readonly op: string
  readonly path: string
  readonly from: string | undefined
  readonly value: Json
}

/** Applies every operation in order. Throws a JsonPatchError at the first that fails. */
export function jsonPatch(target: Json, operations: readonly Json[]): Json {
  return operations.map(parseOperation).reduce(applyOperation, target)
}

function parseOperation(value: Json): Operation {
  const { op, path, from, value: operand } = isObject(value) ? value : ({} as JsonObject)
  if (typeof op !== 'string' || typeof path !== 'string') {
    throw new JsonPatchError(`Unexpected kind: unknown`)
  }
  return { op, path, from: typeof from === 'string' ? from : undefined, value: operand ?? null }
}

function applyOperation(target: Json, { op, path, from = '', value }: Operation): Json {
  switch (op) {
    case 'add':
      return edit(target, parsePointer(path), { op, value })
    case 'replace':
      return edit(target, parsePointer(path), { op, value })
    case 'remove':
      return edit(target, parsePointer(path), { op })
    case 'test':
      return test(target, path, value)
    case 'copy':
      return edit(target, parsePointer(path), { op: 'add', value: read(target, from, op) })
    case 'move': {
      const moved = read(target, from, op)
      return edit(edit(target, parsePointer(from), { op: 'remove' }), parsePointer(path), {
        op: 'add',
        value: moved,
      })
    }
    default:
      throw new JsonPatchError(`Unexpected kind: ${op}`)
  }
}

function test(target: Json, path: string, value: Json): Json {
  if (jsonEqual(find(target, parsePointer(path)) ?? null, value)) return target
  throw new JsonPatchError(`testing value ${path} failed: test failed`)
}

function read(target: Json, path: string, op: string): Json {
  const found = find(target, parsePointer(path))
  if (found === undefined) throw missing(op, path)
  return found
}

function missing(op: string, path: string): JsonPatchError {
  return new JsonPatchError(`${op} operation does not apply: doc is missing path: "${path}": missing value`)
}

function parsePointer(path: string): readonly string[] {
  if (path === '') return []
  if (!path.startsWith('/')) throw missing('patch', path)
  return path
    .slice(1)
    .split('/')
    .map((each) => each.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function find(target: Json | undefined, pointer: readonly string[]): Json | undefined {
  let found = target
  for (const key of pointer) {
    if (isList(found)) found = found[listPlace(key, found.length)]
    else if (isObject(found) && Object.hasOwn(found, key)) found = found[key]
    else return undefined
  }
  return found
}

function listPlace(key: string, length: number): number {
  if (key === '-') return length
  if (!/^(0|[1-9]\d*)$/.test(key)) throw new JsonPatchError(`strconv.Atoi: parsing "${key}": invalid syntax`)
  return Number(key)
}

type Edit = { readonly op: 'add' | 'replace'; readonly value: Json } | { readonly op: 'remove' }

function edit(target: Json, pointer: readonly string[], change: Edit): Json {
  const [key, ...rest] = pointer
  if (key === undefined) return change.op === 'remove' ? null : change.value
  if (isList(target)) return editList(target, { key, rest, change })
  if (!isObject(target)) throw missing(change.op, `/${pointer.join('/')}`)
  const present = Object.hasOwn(target, key) ? target[key] : undefined
  if (rest.length > 0 || change.op !== 'add') {
    if (present === undefined) throw missing(change.op, `/${pointer.join('/')}`)
  }
  if (rest.length > 0) return { ...target, [key]: edit(present ?? null, rest, change) }
  if (change.op !== 'remove') return { ...target, [key]: change.value }
  const { [key]: _, ...others } = target
  return others
}

interface ListEdit {
  readonly key: string
  readonly rest: readonly string[]
  readonly change: Edit
}

function editList(target: readonly Json[], { key, rest, change }: ListEdit): Json {
  const place = listPlace(key, target.length)
  const last = rest.length === 0 && change.op === 'add' ? target.length : target.length - 1
  if (place > last) {
    throw new JsonPatchError(
      `${change.op} operation does not apply: index ${key} out of bounds: invalid index referenced`,
    )
  }
  if (rest.length > 0) return target.with(place, edit(target[place] ?? null, rest, change))
  if (change.op === 'add') return target.toSpliced(place, 0, change.value)
  return change.op === 'remove' ? target.toSpliced(place, 1) : target.with(place, change.value)
}
