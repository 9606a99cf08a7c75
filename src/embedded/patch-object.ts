// PATCH: the stored object with a patch laid over it, then the same rules as for a PUT.
import { type ApiObject, storageKey } from './api-object.ts'
import { withDefaults } from './defaults.ts'
import { isList, isObject, type Json, type JsonObject } from './json.ts'
import { JsonPatchError, jsonPatch } from './json-patch.ts'
import { mergePatch } from './merge-patch.ts'
import { parseJson, readPatched, unsupportedMediaType } from './read-body.ts'
import { structOf } from './schema.ts'
import { badRequest, notFound, StatusError } from './status.ts'
import { strategicMergePatch } from './strategic-merge-patch.ts'
import { replaceObject } from './update-object.ts'
import { inRequestedPlace, type WriteRequest } from './write-request.ts'

const PATCH_TYPES = {
  'application/json-patch+json': applyJsonPatch,
  'application/merge-patch+json': (current: ApiObject, text: string) =>
    mergePatch(current, parseObject(text)),
  'application/strategic-merge-patch+json': (current: ApiObject, text: string) =>
    strategicMergePatch(current, parseObject(text), structOf(current.kind)),
} as const

export type PatchType = keyof typeof PATCH_TYPES

function isPatchType(type: string): type is PatchType {
  return Object.hasOwn(PATCH_TYPES, type)
}

/** The kind of patch that a Content-Type names. Throws 415 for one that is not served. */
export function parsePatchType(contentType: string | null): PatchType {
  const type = (contentType ?? '').split(';')[0]?.trim() ?? ''
  if (isPatchType(type)) return type
  throw unsupportedMediaType(Object.keys(PATCH_TYPES))
}

/** Applies the text of a patch to the object of the URL. Throws 400, 404, 409 or 422. */
export function patchObject(request: WriteRequest, type: PatchType, text: string): ApiObject {
  const { store, info } = request
  const current = store.get(info.resource, storageKey(info.namespace, info.name))
  if (current === undefined) throw notFound(info.resource, info.name)
  const patched = PATCH_TYPES[type](current, text)
  const next = inRequestedPlace(withDefaults(readPatched(request, isObject(patched) ? patched : {})), info)
  return replaceObject(request, next, current)
}

function parseObject(text: string): JsonObject {
  const patch = parseJson(text)
  if (isObject(patch)) return patch
  throw badPatch(patch, 'map[string]interface {}')
}

function applyJsonPatch(current: ApiObject, text: string): Json {
  const patch = parseJson(text)
  if (!isList(patch)) throw badPatch(patch, '[]handlers.jsonPatchOp')
  try {
    return jsonPatch(current, patch)
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error
    throw new StatusError({ code: 422, reason: 'Invalid', message: error.message, details: {} })
  }
}

function badPatch(patch: Json | undefined, type: string): StatusError {
  const found = isList(patch) ? 'array' : isObject(patch) ? 'object' : typeof patch
  const why =
    patch === undefined
      ? `unexpected end of JSON input`
      : `json: cannot unmarshal ${found} into Go value of type ${type}`
  return badRequest(`error decoding patch: ${why}`)
}
