// PATCH: the stored object with a patch laid over it, then the same rules as for a PUT.
import { type ApiObject, storageKey } from './api-object.ts'
import { withDefaults } from './defaults.ts'
import { isList, isObject, type Json, type JsonObject } from './json.ts'
import { JsonPatchError, jsonPatch } from './json-patch.ts'
import { mergePatch } from './merge-patch.ts'
import { structOf } from './schema.ts'
import { badRequest, notFound, StatusError } from './status.ts'
import { strategicMergePatch } from './strategic-merge-patch.ts'
import { replaceObject } from './update-object.ts'
import { inRequestedPlace, readPatched, type WriteRequest } from './write-request.ts'

const PATCH_TYPES = {
  'application/json-patch+json': applyJsonPatch,
  'application/merge-patch+json': applyMergePatch,
  'application/strategic-merge-patch+json': applyStrategicMergePatch,
} as const

export type PatchType = keyof typeof PATCH_TYPES

/** The kind of patch that a Content-Type names. Throws 415 for one that is not served. */
export function parsePatchType(contentType: string | null): PatchType {
  const type = (contentType ?? '').split(';')[0]?.trim() ?? ''
  if (Object.hasOwn(PATCH_TYPES, type)) return type as PatchType
  throw new StatusError({
    code: 415,
    reason: 'UnsupportedMediaType',
    message: `the body of the request was in an unknown format - accepted media types include: ${Object.keys(PATCH_TYPES).join(', ')}`,
  })
}

/** Applies a patch to the object of the URL. Throws 400, 404, 409 or 422. */
export function patchObject(request: WriteRequest, type: PatchType, patch: Json): ApiObject {
  const { store, info } = request
  const current = store.get(info.resource, storageKey(info.namespace, info.name))
  if (current === undefined) throw notFound(info.resource, info.name)
  const patched = PATCH_TYPES[type](current, patch)
  const next = inRequestedPlace(withDefaults(readPatched(request, patched)), info)
  return replaceObject(request, next, current)
}

function applyJsonPatch(current: ApiObject, patch: Json): JsonObject {
  if (!isList(patch))
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    )
  try {
    return asObject(jsonPatch(current, patch))
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error
    throw new StatusError({ code: 422, reason: 'Invalid', message: error.message, details: {} })
  }
}

function applyMergePatch(current: ApiObject, patch: Json): JsonObject {
  return asObject(mergePatch(current, asObject(patch)))
}

function applyStrategicMergePatch(current: ApiObject, patch: Json): JsonObject {
  return strategicMergePatch(current, asObject(patch), structOf(current.kind))
}

function asObject(value: Json): JsonObject {
  if (isObject(value)) return value
  throw badRequest(
    'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
  )
}
