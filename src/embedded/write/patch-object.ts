// PATCH: the stored object with a patch laid over it, then the same rules as for a PUT.
import { type ApiObject, storageKey } from '../object/api-object.ts'
import { isList, isObject, type Json, type JsonObject, parseJson } from '../object/json.ts'
import type { Resource } from '../object/resources.ts'
import { badRequest, notFound, StatusError } from '../object/status.ts'
import { asRequested } from '../object/versions.ts'
import { JsonPatchError, jsonPatch } from '../patch/json-patch.ts'
import { mergePatch } from '../patch/merge-patch.ts'
import { goText } from '../patch/patch-list.ts'
import { strategicMergePatch } from '../patch/strategic-merge-patch.ts'
import { defaulted } from '../schema/defaults.ts'
import { structOf } from '../schema/schema.ts'
import { APPLY_TYPE } from './apply-object.ts'
import { duplicatesIn, type Patched, readPatched, unsupportedMediaType } from './read-body.ts'
import { replaceObject } from './update-object.ts'
import { inRequestedPlace, type WriteRequest } from './write-request.ts'

const PATCH_TYPES = {
  'application/json-patch+json': applyJsonPatch,
  'application/merge-patch+json': applyMergePatch,
  'application/strategic-merge-patch+json': applyStrategicMergePatch,
} as const

/** Every Content-Type that a PATCH may have. */
export const SERVED_PATCH_TYPES: readonly string[] = [APPLY_TYPE, ...Object.keys(PATCH_TYPES)]

export type PatchType = keyof typeof PATCH_TYPES

function isPatchType(type: string): type is PatchType {
  return Object.hasOwn(PATCH_TYPES, type)
}

/** The kind of patch that a Content-Type names. Throws 415 for one that is not served. */
export function parsePatchType(contentType: string | null, { custom }: Resource): PatchType {
  const type = (contentType ?? '').split(';')[0]?.trim() ?? ''
  // Nothing says how the lists of a custom resource would be merged.
  if (custom !== undefined && isPatchType(type) && type === 'application/strategic-merge-patch+json')
    throw unsupportedMediaType(CUSTOM_PATCH_TYPES)
  if (isPatchType(type)) return type
  throw new StatusError({
    code: 415,
    reason: 'UnsupportedMediaType',
    message: '415: Unsupported Media Type',
    details: {},
  })
}

const CUSTOM_PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/apply-patch+yaml',
]

/** Applies the text of a patch to the object of the URL. Throws 400, 404, 409 or 422. */
export function patchObject(request: WriteRequest, type: PatchType, text: string): ApiObject {
  const { store, info } = request
  const current = store.get(info.resource, storageKey(info.namespace, info.name))
  if (current === undefined) throw notFound(info.resource, info.name)
  const patched = patchedValue(type, asRequested(current, info.resource), text)
  const prefix = type === 'application/json-patch+json' ? 'json patch ' : ''
  const duplicates = duplicatesIn(request, text).map((each) => prefix + each)
  const strange = { ...patched, strangeMembers: [...patched.strangeMembers, ...duplicates] }
  const next = inRequestedPlace(defaulted(readPatched(request, strange), info.resource), info)
  return replaceObject(request, next, current)
}

/** An object with the text of a patch laid over it. Throws 400 or 422 for one that cannot be. */
export function patchedValue(type: PatchType, current: ApiObject, text: string): Patched {
  return PATCH_TYPES[type](current, text)
}

function applyMergePatch(current: ApiObject, text: string): Patched {
  const patch = parseJson(text)
  if (!isObject(patch)) throw badRequest(`error decoding patch: ${notA(patch, 'map[string]interface {}')}`)
  return { value: asObject(mergePatch(current, patch)), strangeMembers: [] }
}

function applyStrategicMergePatch(current: ApiObject, text: string): Patched {
  const patch = parseJson(text)
  if (!isObject(patch)) throw badRequest(notA(patch, 'map[string]interface {}'))
  return {
    value: strategicMergePatch(current, patch, structOf(current.kind)),
    strangeMembers: [],
    shown: goText(withoutOrdered(patch)),
  }
}

const ORDER = '$setElementOrder/'

/** A refusal shows a strategic patch as far as it was not used up: lists that came with their order are gone from it. */
function withoutOrdered(patch: JsonObject): JsonObject {
  const kept = Object.entries(patch).filter(([key]) => !key.startsWith(ORDER) && !(ORDER + key in patch))
  return Object.fromEntries(kept.map(([key, each]) => [key, isObject(each) ? withoutOrdered(each) : each]))
}

function applyJsonPatch(current: ApiObject, text: string): Patched {
  const patch = parseJson(text)
  if (!isList(patch)) throw badRequest(`error decoding patch: ${notA(patch, '[]handlers.jsonPatchOp')}`)
  try {
    return { value: asObject(jsonPatch(current, patch)), strangeMembers: patch.flatMap(strangeMembers) }
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error
    const message = 'the server rejected our request due to an error in our request'
    throw new StatusError({ code: 422, reason: 'Invalid', message, details: {} })
  }
}

const OPERATION_MEMBERS = ['op', 'path', 'from', 'value']

function strangeMembers(operation: Json, i: number): readonly string[] {
  const strange = isObject(operation)
    ? Object.keys(operation).filter((key) => !OPERATION_MEMBERS.includes(key))
    : []
  return strange.map((key) => `json patch unknown field "[${i}].${key}"`)
}

function asObject(value: Json): JsonObject {
  return isObject(value) ? value : {}
}

/** What Go's decoder says of a body that is no patch. */
function notA(patch: Json | undefined, type: string): string {
  if (patch === undefined) return 'unexpected end of JSON input'
  const found = isList(patch) ? 'array' : isObject(patch) ? 'object' : typeof patch
  return `json: cannot unmarshal ${found} into Go value of type ${type}`
}
