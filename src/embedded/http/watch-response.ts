// The body of a watch: one line of JSON for each event, sent as soon as it happens.

import { internalError, type StatusError, statusBody } from '../object/status.ts'
import type { Form } from '../request/negotiation.ts'
import type { ResourceRequest } from '../request/request-info.ts'
import { parseSelectors } from '../schema/selectors.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import type { WatchCache, WatchRequest } from '../storage/watch-cache.ts'
import { ConnectionReset, createWatchOutput, encodeEvent, type Fault, type WatchOutput } from './faults.ts'
import { tooLarge } from './list.ts'
import { checkWatchOptions, parseListOptions, versionProblem } from './list-options.ts'

export interface WatchContext {
  readonly store: ObjectStore
  readonly cache: WatchCache
  readonly form: Form
  readonly faults: readonly Fault[]
  readonly watchList: boolean
  /** Each of them ends the watch. */
  readonly signals: readonly AbortSignal[]
}

/** Starts the watch that the request asks for. Throws 400 or 422 for options that cannot be. */
export function openWatch(info: ResourceRequest, context: WatchContext): ReadableStream<Uint8Array> {
  const options = parseListOptions(info.params)
  checkWatchOptions(options, context.watchList)
  const { resourceVersion, sendInitialEvents, timeoutSeconds = 0 } = options
  const problem = versionProblem(resourceVersion)
  if (problem !== undefined) throw internalError(problem)
  const asked = Number(resourceVersion)
  const now = context.store.revision()
  if (sendInitialEvents === true && asked > now) return refusalBody(tooLarge(asked, now))
  const fromVersion = asked > 0 && sendInitialEvents !== true
  return watchBody(context, {
    resource: info.resource,
    namespace: info.namespace,
    matches: parseSelectors(info.params, info.resource),
    form: context.form,
    since: fromVersion ? asked : undefined,
    bookmarks: options.allowWatchBookmarks,
    sendInitialEvents,
    timeoutMs: 1000 * (timeoutSeconds > 0 ? timeoutSeconds : DEFAULT_TIMEOUT_SECONDS * (1 + Math.random())),
  })
}

/** A watch that is refused after its headers were sent: one ERROR event. */
function refusalBody(error: StatusError): ReadableStream<Uint8Array> {
  return new Blob([encodeEvent({ type: 'ERROR', object: statusBody(error) })]).stream()
}

/** `--min-request-timeout`: a watch without a timeout of its own lasts one to two times as long. */
const DEFAULT_TIMEOUT_SECONDS = 1800

function watchBody(
  { cache, faults, signals }: WatchContext,
  request: WatchRequest,
): ReadableStream<Uint8Array> {
  const stop = new AbortController()
  const queue = cache.open(request, AbortSignal.any([...signals, stop.signal]))
  const output = createWatchOutput(faults)
  const encoder = new TextEncoder()
  let after: WatchOutput['after']

  /** The next text to send, or undefined where there is none any more. */
  async function nextText(): Promise<string | undefined> {
    for (;;) {
      const event = await queue.next()
      if (event === undefined) return undefined
      const { text, after: then } = output(event)
      after = then
      if (text !== '' || after !== undefined) return text
    }
  }

  return new ReadableStream({
    async pull(controller) {
      // What was enqueued before is on its way by now.
      if (after === 'cut')
        return controller.error(new ConnectionReset('Connection reset: a fault is scripted'))
      if (after === 'silence') await untilEnded(queue.whenEnded)
      const text = after === undefined ? await nextText() : undefined
      if (text === undefined) {
        stop.abort()
        return controller.close()
      }
      controller.enqueue(encoder.encode(text))
    },
    cancel: () => stop.abort(),
  })
}

function untilEnded(whenEnded: (listener: () => void) => void): Promise<void> {
  return new Promise((resolve) => whenEnded(resolve))
}
