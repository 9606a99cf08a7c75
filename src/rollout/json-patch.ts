// The one PATCH of a roll, as a JSON patch: custom resources know no strategic merge, and a merge patch would replace the whole
// list of containers.
import type { StampChange, StampVariable } from '../types/workload.ts'

/** One operation of RFC 6902. */
export type JsonPatchOperation =
  | { readonly op: 'test' | 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }

/** The version of an object that a patch is planned from. */
export interface PlannedFrom {
  readonly uid: string
  readonly resourceVersion: string
}

/** The fields of an object as JSON. */
type Fields = Readonly<Record<string, unknown>>

/** A pod template that is not of the shape that the plan was made from. */
export class TemplateMismatch extends Error {
  override readonly name = 'TemplateMismatch'
}

/** The operations without which no other counts: the object is still that one, in that version. The first fails with 422, the second with 409. */
export function preconditions({ uid, resourceVersion }: PlannedFrom): readonly JsonPatchOperation[] {
  return [
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
  ]
}

/**
 * The operations that carry `change` out on the pod template at `path` of `object`: one for each stamp that changes. Throws
 * TemplateMismatch where a container is missing.
 */
export function templateOperations(
  object: unknown,
  change: StampChange,
  path: readonly string[],
): readonly JsonPatchOperation[] {
  const [set, remove] = [change.set, change.remove]
  const ofInit = ({ init }: StampVariable) => init === true
  return [
    ...annotationOperations(object, change.annotations, [...path, 'metadata']),
    ...containerOperations(object, { set, remove: remove.filter((each) => !ofInit(each)) }, [
      ...path,
      'spec',
      'containers',
    ]),
    ...containerOperations(object, { set: [], remove: remove.filter(ofInit) }, [
      ...path,
      'spec',
      'initContainers',
    ]),
  ]
}

/** The operations that set annotations, or with null take them out, in the metadata at `path` of `object`. */
export function annotationOperations(
  object: unknown,
  annotations: StampChange['annotations'],
  path: readonly string[],
): readonly JsonPatchOperation[] {
  const at = [...path, 'annotations']
  const present = fieldsAt(object, at)
  const names = Object.keys(annotations).sort()
  const operations = names.flatMap((name): readonly JsonPatchOperation[] => {
    const value = annotations[name] ?? null
    const pointer = pointerOf([...at, name])
    const isThere = present !== undefined && Object.hasOwn(present, name)
    if (value === null) return isThere ? [{ op: 'remove', path: pointer }] : []
    return [{ op: isThere ? 'replace' : 'add', path: pointer, value }]
  })
  if (present !== undefined || operations.length === 0) return operations
  const parent = fieldsAt(object, path)
  const [missing, value] = parent === undefined ? [path, { annotations: {} }] : [at, {}]
  return [{ op: 'add', path: pointerOf(missing), value }, ...operations]
}

type EnvChange = Pick<StampChange, 'set' | 'remove'>

function containerOperations(
  object: unknown,
  change: EnvChange,
  path: readonly string[],
): readonly JsonPatchOperation[] {
  const names = [...new Set([...change.set, ...change.remove].map(({ container }) => container))].sort()
  const containers = listAt(object, path)
  return names.flatMap((name) => {
    const index = containers.findIndex((container) => container.name === name)
    if (index < 0) throw new TemplateMismatch(`Cannot write into container ${name}: there is none`)
    const of = (variables: readonly StampVariable[]) =>
      variables.filter(({ container }) => container === name)
    const env = { set: of(change.set), remove: of(change.remove) }
    return envOperations(object, env, [...path, String(index), 'env'])
  })
}

/** Replaced first, while every index is as it was read; taken out from the end; added last. */
function envOperations(
  object: unknown,
  { set, remove }: EnvChange,
  path: readonly string[],
): readonly JsonPatchOperation[] {
  const env = listAt(object, path)
  const indexOf = (name: string) => env.findIndex((variable) => variable.name === name)
  const gone = new Set(remove.map(({ name }) => name))
  const kept = set.filter(({ name }) => indexOf(name) >= 0)
  const keptAt = new Set(kept.map(({ name }) => indexOf(name)))
  const written = new Set(set.map(({ name }) => name))
  const removals = [...env.keys()].reverse().filter((index) => {
    const name = String(env[index]?.name)
    return written.has(name) ? !keptAt.has(index) : gone.has(name)
  })
  const added = set.filter(({ name }) => indexOf(name) < 0)
  const isList = Array.isArray(valueAt(object, path))
  return [
    ...kept.map(({ name, value }) => replace([...path, String(indexOf(name))], { name, value })),
    ...removals.map((index) => ({ op: 'remove', path: pointerOf([...path, String(index)]) }) as const),
    ...(isList || added.length === 0 ? [] : [add(path, [])]),
    ...added.map(({ name, value }) => add([...path, '-'], { name, value })),
  ]
}

function replace(path: readonly string[], value: unknown): JsonPatchOperation {
  return { op: 'replace', path: pointerOf(path), value }
}

function add(path: readonly string[], value: unknown): JsonPatchOperation {
  return { op: 'add', path: pointerOf(path), value }
}

/** A JSON pointer (RFC 6901). */
export function pointerOf(path: readonly string[]): string {
  return path.map((each) => `/${each.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function valueAt(object: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, field) => {
    if (Array.isArray(value)) return value[Number(field)]
    return isFields(value) ? value[field] : undefined
  }, object)
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fieldsAt(object: unknown, path: readonly string[]): Fields | undefined {
  const value = valueAt(object, path)
  return isFields(value) ? value : undefined
}

function listAt(object: unknown, path: readonly string[]): readonly Fields[] {
  const value = valueAt(object, path)
  return Array.isArray(value) ? value.map((each) => (isFields(each) ? each : {})) : []
}
