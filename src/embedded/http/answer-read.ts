// GET, LIST and WATCH as responses.
import { storageKey } from '../object/api-object.ts'
import type { JsonObject } from '../object/json.ts'
import { internalError, notFound } from '../object/status.ts'
import { jsonAnswer, streamAnswer } from '../request/http-answer.ts'
import { type Form, negotiateForm } from '../request/negotiation.ts'
import type { ResourceRequest } from '../request/request-info.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import type { WatchCache } from '../storage/watch-cache.ts'
import { scaleOf } from '../write/scale-object.ts'
import type { Fault } from './faults.ts'
import { listObjects, tooLarge } from './list.ts'
import { versionProblem } from './list-options.ts'
import { openWatch } from './watch-response.ts'

export interface ReadContext {
  readonly store: ObjectStore
  readonly cache: WatchCache
  readonly faults: readonly Fault[]
  readonly watchList: boolean
  readonly now: () => Date
  /** Each of them ends a watch. */
  readonly signals: readonly AbortSignal[]
}

/** Throws 400, 404, 406, 410, 422, 500 or 504. */
export function answerRead(info: ResourceRequest, accept: string | null, context: ReadContext): Response {
  const form = negotiateForm(accept, { ...info, now: context.now })
  if (info.verb === 'get') return jsonAnswer(200, readOne(info, form, context.store))
  if (info.verb === 'list') return jsonAnswer(200, listObjects(context.store, info, form))
  return streamAnswer(openWatch(info, { ...context, form }))
}

function readOne(info: ResourceRequest, form: Form, store: ObjectStore): JsonObject {
  const { resource, namespace, name, subresource, params } = info
  checkVersion(params.get('resourceVersion') ?? '', store.revision())
  const found = store.get(resource, storageKey(namespace, name))
  if (found === undefined) throw notFound(resource, name)
  return subresource === 'scale' ? scaleOf(found, resource) : form.object(found)
}

function checkVersion(asked: string, now: number): void {
  const problem = versionProblem(asked)
  if (problem !== undefined) throw internalError(problem)
  if (Number(asked) > now) throw tooLarge(Number(asked), now)
}
