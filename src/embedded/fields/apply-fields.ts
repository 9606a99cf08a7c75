// Server-side apply: the stored object with a manager's whole configuration laid over it, without what that manager
// applied before and nobody claims now (sigs.k8s.io/structured-merge-diff/merge and
// k8s.io/apimachinery/pkg/util/managedfields).
import { type ApiObject, type ManagedFieldsJson, toApiObject, withMetadata } from '../object/api-object.ts'
import { isObject, type Json, type JsonObject, jsonEqual } from '../object/json.ts'
import { type Schema, schemaOf } from '../schema/schema.ts'
import { type ApplyConflict, conflictError } from './apply-conflict.ts'
import { compareFields } from './field-compare.ts'
import { fieldsOf, withNamedFields, withoutFields } from './field-members.ts'
import {
  differenceOf,
  EMPTY,
  type FieldSet,
  fromFieldsV1,
  intersectionOf,
  isEmptySet,
  outsideOf,
  unionOf,
} from './field-set.ts'
import { fieldsOfLastApplied } from './last-applied.ts'
import {
  arranged,
  type Entries,
  emptyOf,
  entryOf,
  identityOf,
  type ManagersUpdate,
  STRIPPED,
  withFields,
  withoutManagers,
  withUpdatedManagers,
} from './managed-fields.ts'
import { mergeFields } from './merge-fields.ts'
import { resetFieldsOf } from './reset-fields.ts'

/** One configuration to apply. */
export interface FieldsApply {
  readonly request: ManagersUpdate['request']
  /** As the client sent it: it has no managedFields and mentions no field that the type does not have. */
  readonly applied: JsonObject
  /** The stored object, or an empty one where there is none. */
  readonly live: ApiObject
  /** Takes fields away from other managers where they have other values. */
  readonly force: boolean
}

export interface Applied {
  /** The merged object: without defaults, and not yet in canonical form. */
  readonly object: ApiObject
  /** Whether anything but managedFields differs from the stored object. */
  readonly changed: boolean
}

/** Applies the configuration. Throws 409 where other managers hold other values and it is not forced. */
export function applyFields(apply: FieldsApply): Applied {
  const { request, live } = apply
  const schema = schemaOf(request.info.resource)
  const before = entriesBefore(apply)
  const empty = entryOf(request, 'Apply', EMPTY)
  const previous = before.find((each) => identityOf(each) === identityOf(empty))
  const others = before.filter((each) => each !== previous)
  const reset = resetFieldsOf(request.info.resource, request.info.subresource)
  const own = outsideOf(fieldsOf(apply.applied, schema), reset)
  const bare = withoutManagers(live)
  const merged = mergeFields(bare, apply.applied, schema) ?? {}
  const managed = others.map(setOfEntry).reduce(unionOf, own)
  const object = pruned({
    merged,
    last: previous === undefined ? EMPTY : setOfEntry(previous),
    managed,
    schema,
  })
  const compared = compareFields(bare, object, schema)
  const written = outsideOf(unionOf(compared.added, compared.modified), reset)
  checkConflicts(apply, conflictsOf(others, written))
  const changed = !jsonEqual(bare, object)
  const taken = unionOf(written, outsideOf(compared.removed, reset))
  const mine = timed(withFields(empty, differenceOf(own, STRIPPED)), changed ? empty : previous)
  const managedFields = arranged([...others.map((each) => without(each, taken)), mine])
  return { object: withManagedFields(changed ? object : live, managedFields), changed }
}

/** Where nobody owned anything, somebody is made up who owned everything before. */
function entriesBefore({ request, live }: FieldsApply): Entries {
  const stored = live.metadata.managedFields ?? []
  if (stored.length > 0) return stored
  const first = { ...request, manager: 'before-first-apply' }
  const object = withoutManagers(live)
  const owned = withUpdatedManagers(
    { request: first, object, live: emptyOf(request.info.resource) },
    { always: true },
  )
  return owned.metadata.managedFields ?? []
}

function setOfEntry({ fieldsV1 }: ManagedFieldsJson): FieldSet {
  return fromFieldsV1(fieldsV1)
}

function without(entry: ManagedFieldsJson, taken: FieldSet): ManagedFieldsJson {
  return withFields(entry, differenceOf(setOfEntry(entry), taken))
}

/** The entry with the time of another; an apply that changes nothing moves no time, and the first one then has none. */
function timed(
  { time: _, ...entry }: ManagedFieldsJson,
  from: ManagedFieldsJson | undefined,
): ManagedFieldsJson {
  return from?.time === undefined ? entry : { ...entry, time: from.time }
}

function withManagedFields(object: Json, managedFields: Entries): ApiObject {
  return withMetadata(toApiObject(isObject(object) ? object : {}), {
    managedFields: managedFields.length === 0 ? undefined : managedFields,
  })
}

interface Pruning {
  readonly merged: Json
  /** What the manager applied the last time. */
  readonly last: FieldSet
  /** What anybody owns, and what the manager applies now. */
  readonly managed: FieldSet
  readonly schema: Schema
}

/** Removes what the manager applied before and nobody owns now, and nothing that it did not apply. */
function pruned({ merged, last, managed, schema }: Pruning): Json {
  if (isEmptySet(last)) return merged
  const named = (set: FieldSet) => withNamedFields(set, schema)
  const all = named(fieldsOf(merged, schema))
  const bare = withoutFields(merged, named(last), schema)
  const claimed = unionOf(named(fieldsOf(bare, schema)), named(managed))
  const owned = withoutFields(merged, differenceOf(all, claimed), schema)
  const gone = differenceOf(all, named(fieldsOf(owned, schema)))
  return withoutFields(merged, intersectionOf(gone, named(last)), schema)
}

function conflictsOf(others: Entries, written: FieldSet): readonly ApplyConflict[] {
  return others
    .map((entry) => ({ entry, fields: intersectionOf(setOfEntry(entry), written) }))
    .filter(({ fields }) => !isEmptySet(fields))
}

/** kubectl may take over what it applied on the client's side, as the annotation of that time shows. */
function checkConflicts({ request, live, force }: FieldsApply, conflicts: readonly ApplyConflict[]): void {
  if (force || conflicts.length === 0) return
  const allowed = request.manager === 'kubectl' ? fieldsOfLastApplied(live, request.info.resource) : EMPTY
  const left = conflicts
    .map(({ entry, fields }) => ({ entry, fields: differenceOf(fields, allowed) }))
    .filter(({ fields }) => !isEmptySet(fields))
  if (left.length > 0) throw conflictError(left)
}
