// The way of one request through the server: who asks, what for, which faults strike, may they, and the verb that answers.

import type { PodFacts } from '../controllers/pods/pod-facts.ts'
import { methodNotAllowed, noSuchPath, StatusError } from '../object/status.ts'
import { createOpenApi } from '../openapi/openapi-v3.ts'
import { jsonAnswer, textAnswer } from '../request/http-answer.ts'
import { checkPlain } from '../request/negotiation.ts'
import { parseResourceRequest, type ResourceRequest, type Verb } from '../request/request-info.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import type { WatchCache } from '../storage/watch-cache.ts'
import { answerReview, mayReview, parseReview } from './access-review.ts'
import { answerAggregated } from './aggregated-discovery.ts'
import { answerPod, POD_SUBRESOURCES } from './answer-pod.ts'
import { answerRead } from './answer-read.ts'
import { answerWrite } from './answer-write.ts'
import { discover, isWithinApi } from './discovery.ts'
import { ConnectionReset, type Fault, type FaultScript, strikeRequest } from './faults.ts'
import { authorize, mayReadPath, type Tokens, type User } from './rbac.ts'

/** One request, as an audit log would have it. */
export interface RequestRecord {
  readonly user: User
  readonly info: ResourceRequest
  readonly allowed: boolean
}

/** What ends with the process of a real server. */
export interface ServerLife {
  readonly cache: WatchCache
  readonly stop: AbortController
}

export interface AnswerParts {
  readonly store: ObjectStore
  readonly tokens: Tokens
  readonly faults: FaultScript
  readonly now: () => Date
  readonly onRequest: ((request: RequestRecord) => void) | undefined
  readonly life: () => ServerLife
  /** What can be asked of the pods; undefined where none run. */
  readonly podFacts: () => PodFacts | undefined
}

/** Answers requests; rejects with the StatusError of a refusal, or with a ConnectionReset. */
export function createAnswer(parts: AnswerParts): (request: Request) => Promise<Response> {
  const openApi = createOpenApi(parts.store.resources.all)
  return async (request) => {
    const url = new URL(request.url)
    const user = parts.tokens.authenticate(request.headers.get('authorization'))
    const { method } = request
    const info = parseReview(method, url) ?? parseResourceRequest({ method, url }, parts.store.resources)
    if (info === 'method') throw methodNotAllowed()
    if (info !== undefined) return answerResource(parts, request, { info, user })
    checkPath(user, url.pathname)
    return (
      openApi({ url, ifNoneMatch: request.headers.get('if-none-match') }) ?? answerPath(request, parts.store)
    )
  }
}

type Asked = Pick<RequestRecord, 'info' | 'user'>

async function answerResource(
  parts: AnswerParts,
  request: Request,
  { info, user }: Asked,
): Promise<Response> {
  const struck = parts.faults.striking(info)
  await strikeRequest(struck, request.signal)
  const refusal = mayReview(user, info) ? undefined : authorize(parts.store, user, info)
  parts.onRequest?.({ info, user, allowed: refusal === undefined })
  if (refusal !== undefined) throw refusal
  const { store } = parts
  const response = await (answerReview(info, request, { store, user }) ??
    perform(parts, request, { info, user, struck }))
  if (!struck.some((each) => each.kind === 'resetAfter')) return response
  throw new ConnectionReset('Connection reset: a fault is scripted')
}

const READS: readonly Verb[] = ['get', 'list', 'watch']

interface Admitted extends Asked {
  readonly struck: readonly Fault[]
}

function perform(
  { store, tokens, faults, now, life, podFacts }: AnswerParts,
  request: Request,
  { info, user, struck }: Admitted,
): Response | Promise<Response> {
  if (info.resource.kind === 'Pod' && POD_SUBRESOURCES.includes(info.subresource))
    return answerPod(info, { store, facts: podFacts() })
  if (!READS.includes(info.verb)) {
    const creationRefusal = () => authorize(store, user, { ...info, verb: 'create' })
    return answerWrite(info, request, { store, tokens, now: now(), creationRefusal })
  }
  const { cache, stop } = life()
  const { custom } = info.resource
  const signals = [stop.signal, request.signal, ...(custom === undefined ? [] : [custom.withdrawn])]
  const context = { store, cache, faults: struck, watchList: faults.watchList, signals, now }
  return answerRead(info, request.headers.get('accept'), context)
}

function checkPath(user: User, path: string): void {
  if (!mayReadPath(user, path)) throw forbiddenPath(path, user)
}

function answerPath(request: Request, { resources }: ObjectStore): Response {
  const aggregated = answerAggregated(request, resources)
  if (aggregated !== undefined) return aggregated
  const { pathname: path } = new URL(request.url)
  const found = discover(path, resources)
  if (typeof found === 'object') checkPlain(request.headers.get('accept'))
  if (found === undefined && isWithinApi(path)) throw noSuchPath()
  if (found === undefined) return textAnswer(404, '404 page not found\n')
  return typeof found === 'string' ? textAnswer(200, found) : jsonAnswer(200, found)
}

function forbiddenPath(path: string, { name }: User): StatusError {
  const message = `forbidden: User "${name}" cannot get path "${path}"`
  return new StatusError({ code: 403, reason: 'Forbidden', message, details: {} })
}
