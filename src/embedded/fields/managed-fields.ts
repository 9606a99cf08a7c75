// managedFields: who wrote which field last, and when. The time of an entry moves when its manager adds or changes a
// field of its own or another's, not when it removes one and not when it writes what is there already
// (k8s.io/apimachinery/pkg/util/managedfields).
import { type ApiObject, type ManagedFieldsJson, toApiObject, withMetadata } from '../object/api-object.ts'
import { apiVersionOf, type Resource } from '../object/resources.ts'
import { toTime } from '../schema/scalar.ts'
import { schemaOf } from '../schema/schema.ts'
import { readObject } from '../schema/typed-body.ts'
import type { WriteRequest } from '../write/write-request.ts'
import { compareFields } from './field-compare.ts'
import {
  differenceOf,
  type FieldSet,
  fromFieldsV1,
  isEmptySet,
  outsideOf,
  pathSet,
  toFieldsV1,
  unionOf,
} from './field-set.ts'
import { resetFieldsOf } from './reset-fields.ts'

export interface ManagersUpdate {
  readonly request: Pick<WriteRequest, 'info' | 'manager' | 'now'>
  /** The proposed object; its managedFields are those that the client sent. */
  readonly object: ApiObject
  /** Undefined: the object is created. */
  readonly live: ApiObject | undefined
}

/**
 * The proposed object with its entries as they are after this write. An object that nobody owns anything of stays so,
 * unless `always`.
 */
export function withUpdatedManagers(
  { request, object, live }: ManagersUpdate,
  { always = false }: { readonly always?: boolean } = {},
): ApiObject {
  const before = entriesBefore(request, object, live)
  if (before.length === 0 && live !== undefined && !always)
    return withMetadata(object, { managedFields: undefined })
  const after = updatedEntries({ request, object, live: live ?? emptyOf(request.info.resource) }, before)
  return withMetadata(object, { managedFields: after.length === 0 ? undefined : after })
}

/** An object of the resource in which nothing is given. */
export function emptyOf(resource: Resource): ApiObject {
  const { kind } = resource
  return resource.custom === undefined ? readObject({ kind }, resource).object : toApiObject({ kind })
}

/** An update of which the state before is known. */
interface KnownUpdate extends ManagersUpdate {
  readonly live: ApiObject
}

/** Entries of managedFields. */
export type Entries = readonly ManagedFieldsJson[]

/** What the client sent, unless it sent none or writes a subresource; an empty list is a reset. */
function entriesBefore(
  { info }: ManagersUpdate['request'],
  object: ApiObject,
  live: ApiObject | undefined,
): Entries {
  const sent = object.metadata.managedFields
  const stored = live?.metadata.managedFields ?? []
  if (info.subresource !== '' || sent === undefined) return stored
  const [first] = sent
  if (first === undefined || (sent.length === 1 && Object.keys(first).length === 0)) return []
  return sent.every(isLegal) ? sent : stored
}

function isLegal({ operation, apiVersion, fieldsType }: ManagedFieldsJson): boolean {
  return (
    (operation === 'Update' || operation === 'Apply') && apiVersion !== undefined && fieldsType === 'FieldsV1'
  )
}

function updatedEntries(update: KnownUpdate, before: Entries): Entries {
  const { written, removed } = changedFields(update)
  const taken = unionOf(written, removed)
  const kept = before.map((entry) =>
    withFields(entry, differenceOf(fromFieldsV1(entry.fieldsV1 ?? {}), taken)),
  )
  const own = differenceOf(written, STRIPPED)
  return arranged(isEmptySet(own) ? kept : withOwn(kept, entryOf(update.request, 'Update', own)))
}

/** Entries as they are stored: without empty ones, not too many, in their order. */
export function arranged(entries: Entries): Entries {
  return capped(entries.filter(({ fieldsV1 }) => Object.keys(fieldsV1).length > 0)).toSorted(byTime)
}

/** The fields that this write touches, without those that the place it writes to does not own. */
function changedFields({ request, object, live }: KnownUpdate): {
  readonly written: FieldSet
  readonly removed: FieldSet
} {
  const compared = compareFields(
    withoutManagers(live),
    withoutManagers(object),
    schemaOf(request.info.resource),
  )
  const reset = resetFieldsOf(request.info.resource, request.info.subresource)
  return {
    written: outsideOf(unionOf(compared.added, compared.modified), reset),
    removed: outsideOf(compared.removed, reset),
  }
}

/** The object without its managedFields. */
export function withoutManagers(object: ApiObject): ApiObject {
  return withMetadata(object, { managedFields: undefined })
}

/** Fields that nobody owns. */
export const STRIPPED = pathSet(
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((each) => ['f:metadata', `f:${each}`]),
)

/** The entry of this request's manager for the fields that it owns. */
export function entryOf(
  { info, manager, now }: ManagersUpdate['request'],
  operation: ManagedFieldsJson['operation'],
  own: FieldSet,
): ManagedFieldsJson {
  return {
    manager: manager === '' ? 'unknown' : manager,
    operation,
    apiVersion: apiVersionOf(info.resource),
    time: toTime(now),
    fieldsType: 'FieldsV1',
    fieldsV1: toFieldsV1(own),
    ...(info.subresource === '' ? {} : { subresource: info.subresource }),
  }
}

function withOwn(entries: Entries, own: ManagedFieldsJson): Entries {
  const previous = entries.find((each) => identityOf(each) === identityOf(own))
  if (previous === undefined) return [...entries, own]
  const fields = unionOf(fromFieldsV1(previous.fieldsV1), fromFieldsV1(own.fieldsV1))
  return entries.map((each) => (each === previous ? withFields(own, fields) : each))
}

/** The entry with other fields. */
export function withFields(entry: ManagedFieldsJson, fields: FieldSet): ManagedFieldsJson {
  return { ...entry, fieldsV1: toFieldsV1(fields) }
}

/** An applier is the same whatever version it applies. */
export function identityOf({ manager, operation, apiVersion, subresource = '' }: ManagedFieldsJson): string {
  return [manager, operation, operation === 'Apply' ? '' : apiVersion, subresource].join('\n')
}

const MAX_UPDATERS = 10
const BUCKET = 'ancient-changes'

/** Beyond ten updaters the oldest are merged into one. */
function capped(entries: Entries): Entries {
  const updaters = entries.filter(({ operation }) => operation === 'Update').toSorted(byTime)
  const surplus = updaters.slice(0, updaters.length > MAX_UPDATERS ? updaters.length - MAX_UPDATERS + 1 : 0)
  const [first] = surplus
  if (first === undefined) return entries
  const fields = surplus.map(({ fieldsV1 }) => fromFieldsV1(fieldsV1)).reduce(unionOf)
  const { subresource: _, ...rest } = { ...first, ...surplus.at(-1) }
  const bucket: ManagedFieldsJson = { ...rest, manager: BUCKET, fieldsV1: toFieldsV1(fields) }
  return [...entries.filter((each) => !surplus.includes(each)), bucket]
}

function byTime(a: ManagedFieldsJson, b: ManagedFieldsJson): number {
  return sortKey(a) < sortKey(b) ? -1 : 1
}

function sortKey({ operation, time = '', manager, apiVersion, subresource = '' }: ManagedFieldsJson): string {
  return [operation, time, manager, apiVersion, subresource].join('\n')
}
