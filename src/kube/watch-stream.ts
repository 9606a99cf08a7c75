// The body of a watch: JSON events, one a line, decoded one at a time and let go.
import type { WatchEvent } from './client.ts'
import { isRecord, parseJson, parseObject } from './raw-object.ts'
import { apiError, statusOf } from './status.ts'

const NEWLINE = 0x0a
/** The annotation of the bookmark that ends the initial events of a watch list (KEP-3157). */
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end'

/** How to read a watch. */
export interface WatchStreamOptions {
  /** What is watched, for errors: `watch /api/v1/configmaps`. */
  readonly what: string
  /** Called for each piece that arrives. */
  readonly onBytes?: () => void
}

/**
 * The events of a watch. An ERROR event is thrown as an `ApiError`, a line that is cut off or is no event as a SyntaxError or
 * TypeError. Leaving the loop early destroys `body`.
 */
export async function* watchEvents(
  body: AsyncIterable<Buffer>,
  { what, onBytes }: WatchStreamOptions,
): AsyncGenerator<WatchEvent, void, undefined> {
  for await (const line of lines(body, onBytes)) yield parseEvent(line, what)
}

/** The lines of `body`, found in the bytes: a character that two pieces share is decoded when the line is whole. */
async function* lines(
  body: AsyncIterable<Buffer>,
  onBytes?: () => void,
): AsyncGenerator<string, void, undefined> {
  let begun: Buffer[] = []
  for await (const piece of body) {
    onBytes?.()
    let start = 0
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      const text = joined(begun, piece.subarray(start, end))
      begun = []
      start = end + 1
      if (text !== '') yield text
    }
    if (start < piece.length) begun.push(piece.subarray(start))
  }
  if (begun.length > 0) throw new SyntaxError('the watch broke off in the middle of an event')
}

function joined(begun: readonly Buffer[], rest: Buffer): string {
  return begun.length === 0 ? rest.toString() : Buffer.concat([...begun, rest]).toString()
}

function parseEvent(line: string, what: string): WatchEvent {
  const event = parseJson(line)
  if (!isRecord(event)) throw new TypeError('the watch sent something that is no event')
  switch (event.type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type: event.type, object: parseObject(event.object) }
    case 'BOOKMARK':
      return parseBookmark(event.object)
    case 'ERROR':
      throw apiError(what, statusOf(event.object, 500))
    default:
      throw new TypeError(`the watch sent an event of the unknown type ${String(event.type).slice(0, 40)}`)
  }
}

/** A bookmark's object holds a resourceVersion and perhaps the annotation, but neither name nor uid. */
function parseBookmark(object: unknown): WatchEvent {
  const metadata = isRecord(object) && isRecord(object.metadata) ? object.metadata : {}
  const { resourceVersion, annotations } = metadata
  if (typeof resourceVersion !== 'string')
    throw new TypeError('the watch sent a bookmark without a resourceVersion')
  const initialEventsEnd = isRecord(annotations) && annotations[INITIAL_EVENTS_END] === 'true'
  return { type: 'BOOKMARK', resourceVersion, initialEventsEnd }
}
