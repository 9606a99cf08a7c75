// POST, PUT, PATCH and DELETE as responses, with the warnings that came up on the way.

import type { JsonObject } from '../object/json.ts'
import { jsonAnswer } from '../request/http-answer.ts'
import { type Form, negotiateForm } from '../request/negotiation.ts'
import type { ResourceRequest } from '../request/request-info.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import { applyObject, isApply } from '../write/apply-object.ts'
import { createObject } from '../write/create-object.ts'
import { deleteCollection, deleteObject } from '../write/delete-object.ts'
import { isDryRun, parseDeleteOptions } from '../write/delete-options.ts'
import { parsePatchType, patchObject } from '../write/patch-object.ts'
import { checkMediaType, readText } from '../write/read-body.ts'
import { patchScale, updateScale } from '../write/scale-object.ts'
import { updateObject } from '../write/update-object.ts'
import { parseWriteOptions } from '../write/write-options.ts'
import type { WriteRequest } from '../write/write-request.ts'
import type { Tokens } from './rbac.ts'
import { issueToken } from './token-request.ts'

export interface WriteContext {
  readonly store: ObjectStore
  readonly tokens: Tokens
  readonly now: Date
  /** See `WriteRequest`. */
  readonly creationRefusal: () => Error | undefined
}

/** Carries out the write. Rejects with the refusal where it breaks a rule; nothing is then changed. */
export async function answerWrite(
  info: ResourceRequest,
  request: Request,
  context: WriteContext,
): Promise<Response> {
  const { store, now, tokens, creationRefusal } = context
  const form = negotiateForm(request.headers.get('accept'), { ...info, now: () => now })
  const text = await readText(request)
  const warnings: string[] = []
  const options = parseWriteOptions(info, {
    userAgent: request.headers.get('user-agent') ?? '',
    apply: isApply(request.headers.get('content-type')),
  })
  const writing: WriteRequest = {
    store,
    info,
    now,
    ...options,
    creationRefusal,
    warn: (warning) => warnings.push(warning),
  }
  const response = carryOut(writing, { text, contentType: request.headers.get('content-type'), form, tokens })
  for (const warning of warnings) response.headers.append('warning', `299 - ${JSON.stringify(warning)}`)
  return response
}

interface Body {
  readonly text: string
  readonly contentType: string | null
  readonly form: Form
  readonly tokens: Tokens
}

function carryOut(request: WriteRequest, { text, contentType, form, tokens }: Body): Response {
  const { verb, subresource } = request.info
  if (isApply(contentType) && verb === 'patch') {
    const { object, created } = applyObject(request, text)
    return jsonAnswer(created ? 201 : 200, form.object(object))
  }
  if (verb === 'patch') {
    const type = parsePatchType(contentType, request.info.resource)
    if (subresource === 'scale') return jsonAnswer(200, patchScale(request, type, text))
    return jsonAnswer(200, form.object(patchObject(request, type, text)))
  }
  checkMediaType(contentType)
  if (subresource === 'scale') return jsonAnswer(200, updateScale(request, text))
  if (verb === 'create') {
    const created =
      subresource === 'token' ? issueToken(request, tokens, text) : form.object(createObject(request, text))
    return jsonAnswer(201, created)
  }
  if (verb === 'update') {
    const { object, created } = updateObject(request, text)
    return jsonAnswer(created ? 201 : 200, form.object(object))
  }
  const options = parseDeleteOptions(text, request.info.params)
  const deletion = { ...request, dryRun: isDryRun(options) }
  return jsonAnswer(
    200,
    verb === 'delete' ? deleteObject(deletion, options).body : deleteList(deletion, options, form),
  )
}

/** The list as it was before everything on it was deleted. */
function deleteList(request: WriteRequest, options: JsonObject, form: Form): JsonObject {
  const metadata = { resourceVersion: String(request.store.revision()) }
  return form.list(deleteCollection(request, options), metadata)
}
