// Which names a definition gets, and the conditions that say so (apiextensions-apiserver/pkg/controller/status).
import type { ApiObject } from '../object/api-object.ts'
import { type Json, type JsonObject, jsonEqual, listAt, objectAt, textAt } from '../object/json.ts'

const CONFLICTS = {
  plural: 'PluralConflict',
  singular: 'SingularConflict',
  kind: 'KindConflict',
  listKind: 'ListKindConflict',
} as const

/** The status of a definition beside the others of its group; undefined where it is right already. */
export function namedStatus(
  definition: ApiObject,
  { others, time }: { readonly others: readonly ApiObject[]; readonly time: string },
): JsonObject | undefined {
  const wanted = objectAt(definition, 'spec', 'names')
  const status = objectAt(definition, 'status')
  if (jsonEqual(wanted, objectAt(status, 'acceptedNames'))) return undefined
  const { names, conflict } = acceptNames(definition, others)
  const accepted: Condition =
    conflict === undefined
      ? { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }
      : { type: 'NamesAccepted', status: 'False', ...conflict }
  const before = listAt(status, 'conditions')
  const conditions = [accepted, establishedOf(accepted)].reduce(
    (list, each) => withCondition(list, { ...each, lastTransitionTime: time }),
    before,
  )
  const next = { ...status, acceptedNames: names, conditions }
  return jsonEqual(next, status) ? undefined : next
}

/** Whether the definition's resource is served. */
export function isEstablished(definition: ApiObject): boolean {
  return hasCondition(listAt(definition, 'status', 'conditions'), 'Established')
}

function hasCondition(conditions: readonly Json[], type: string): boolean {
  return conditions.some((each) => textAt(each, 'type') === type && textAt(each, 'status') === 'True')
}

interface Condition extends JsonObject {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
}

function establishedOf(accepted: Condition): Condition {
  return accepted.status === 'True'
    ? {
        type: 'Established',
        status: 'True',
        reason: 'InitialNamesAccepted',
        message: 'the initial names have been accepted',
      }
    : {
        type: 'Established',
        status: 'False',
        reason: 'NotAccepted',
        message: 'not all names are accepted',
      }
}

/** A resource that was established once stays so; a condition keeps its time while its status is the same. */
function withCondition(conditions: readonly Json[], next: Condition): readonly Json[] {
  const present = conditions.find((each) => textAt(each, 'type') === next.type)
  if (present === undefined) return [...conditions, next]
  if (next.type === 'Established' && textAt(present, 'status') === 'True') return conditions
  const same = textAt(present, 'status') === next.status
  const kept = same ? { ...next, lastTransitionTime: textAt(present, 'lastTransitionTime') } : next
  return conditions.map((each) => (each === present ? kept : each))
}

interface Accepted {
  readonly names: JsonObject
  readonly conflict: { readonly reason: string; readonly message: string } | undefined
}

/** Every name that is free is taken, whatever becomes of the others; the last conflict is told. */
function acceptNames(definition: ApiObject, others: readonly ApiObject[]): Accepted {
  const wanted = objectAt(definition, 'spec', 'names')
  const present = objectAt(definition, 'status', 'acceptedNames')
  const used = usedNames(others)
  const taken = (name: string, own: string, kind: boolean) =>
    name !== own && (kind ? used.kinds : used.resources).has(name)
  let names: JsonObject = { ...present, categories: wanted.categories, shortNames: wanted.shortNames }
  let conflict: Accepted['conflict']
  for (const [key, reason] of Object.entries(CONFLICTS)) {
    const name = textAt(wanted, key)
    if (taken(name, textAt(present, key), key === 'kind' || key === 'listKind'))
      conflict = { reason, message: `"${name}" is already in use` }
    else names = { ...names, [key]: name }
  }
  const short = listAt(wanted, 'shortNames').map(String)
  const own = listAt(present, 'shortNames').map(String)
  const clashes = short.filter((each) => !own.includes(each) && used.resources.has(each))
  if (clashes.length === 0) return { names, conflict }
  const message = clashes.map((each) => `"${each}" is already in use`).join(', ')
  return {
    names: { ...names, shortNames: present.shortNames },
    conflict: { reason: 'ShortNamesConflict', message },
  }
}

function usedNames(others: readonly ApiObject[]) {
  const names = others.map((each) => objectAt(each, 'status', 'acceptedNames'))
  const all = (...keys: readonly string[]) => names.flatMap((each) => keys.map((key) => textAt(each, key)))
  const short = names.flatMap((each) => listAt(each, 'shortNames').map(String))
  return {
    resources: new Set([...all('plural', 'singular'), ...short]),
    kinds: new Set(all('kind', 'listKind')),
  }
}
