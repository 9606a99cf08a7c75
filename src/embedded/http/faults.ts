// Scripted faults: what a real API server or the network in front of it does on a bad day, on demand.

import { expired, StatusError, statusBody } from '../object/status.ts'
import type { ResourceRequest, Verb } from '../request/request-info.ts'
import type { WatchEvent } from '../storage/watch-cache.ts'

/** A fault of a whole request. */
export type RequestFault =
  /** Answered with this code instead of being carried out. */
  | {
      readonly kind: 'status'
      readonly code: number
      readonly reason?: string
      readonly message?: string
      readonly retryAfterSeconds?: number
    }
  /** Carried out that much later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Never answered. */
  | { readonly kind: 'hang' }
  /** The connection is reset, nothing was carried out. */
  | { readonly kind: 'reset' }
  /** The connection is reset after the request was carried out. */
  | { readonly kind: 'resetAfter' }

/** A fault of the stream of a watch, which begins after so many events. */
export type WatchFault =
  /** The connection is reset in the middle of the next event's line. */
  | { readonly kind: 'cutLine'; readonly afterEvents: number }
  /** The stream ends as after its timeout. */
  | { readonly kind: 'end'; readonly afterEvents: number }
  /** Nothing more is sent, and the connection stays open. */
  | { readonly kind: 'silence'; readonly afterEvents: number }
  /** An ERROR event with code 410, then the end. */
  | { readonly kind: 'expire'; readonly afterEvents: number }
  | { readonly kind: 'dropBookmarks' }
  /** Every event is sent twice. */
  | { readonly kind: 'duplicate' }
  /** Every two neighbouring events change places, where the second comes while the first is waiting. */
  | { readonly kind: 'reorder' }

export type Fault = RequestFault | WatchFault

export interface FaultRule {
  /** Default: every verb (of a watch fault: `watch`). */
  readonly verbs?: readonly Verb[]
  /** Plural names; default: every resource. */
  readonly resources?: readonly string[]
  readonly match?: (request: ResourceRequest) => boolean
  /** How often it strikes; default: until it is removed. */
  readonly times?: number
  readonly fault: Fault
}

export interface FaultHandle {
  /** How often it has struck. */
  readonly hits: () => number
  readonly remove: () => void
}

export interface Faults {
  readonly add: (rule: FaultRule) => FaultHandle
  readonly clear: () => void
  /** False: `sendInitialEvents` is refused as a server of 1.33 does. */
  watchList: boolean
}

/** The server's side of the script. */
export interface FaultScript extends Faults {
  /** The faults that strike this request, each counted as struck. */
  readonly striking: (request: ResourceRequest) => readonly Fault[]
}

/** The connection is to be destroyed instead of being answered. */
export class ConnectionReset extends Error {
  override readonly name = 'ConnectionReset'
}

export function createFaults(): FaultScript {
  const active = new Set<{ readonly rule: FaultRule; hits: number }>()
  return {
    watchList: true,
    add(rule) {
      const entry = { rule, hits: 0 }
      active.add(entry)
      return { hits: () => entry.hits, remove: () => void active.delete(entry) }
    },
    clear: () => active.clear(),
    striking(request) {
      const struck = [...active].filter(
        ({ rule, hits }) => hits < (rule.times ?? Infinity) && applies(rule, request),
      )
      for (const entry of struck) entry.hits += 1
      return struck.map(({ rule }) => rule.fault)
    },
  }
}

function applies({ verbs, resources, match, fault }: FaultRule, request: ResourceRequest): boolean {
  if (!(verbs?.includes(request.verb) ?? true)) return false
  if (!isRequestFault(fault) && request.verb !== 'watch') return false
  if (!(resources?.includes(request.resource.plural) ?? true)) return false
  return match?.(request) ?? true
}

const REQUEST_FAULTS: readonly string[] = ['status', 'delay', 'hang', 'reset', 'resetAfter']

export function isRequestFault(fault: Fault): fault is RequestFault {
  return REQUEST_FAULTS.includes(fault.kind)
}

/** Lets the faults strike before a request is carried out. Throws what the client is to see. */
export async function strikeRequest(faults: readonly Fault[], signal: AbortSignal): Promise<void> {
  for (const fault of faults.filter(isRequestFault)) {
    if (fault.kind === 'status') throw faultStatus(fault)
    if (fault.kind === 'reset') throw new ConnectionReset('Connection reset: a fault is scripted')
    if (fault.kind === 'delay') await pause(fault.ms, signal)
    if (fault.kind === 'hang') await pause(undefined, signal)
  }
}

function faultStatus(fault: Extract<Fault, { kind: 'status' }>): StatusError {
  const { code, reason = '', message = 'a fault is scripted', retryAfterSeconds } = fault
  const details = retryAfterSeconds === undefined ? {} : { retryAfterSeconds }
  return new StatusError({ code, reason, message, details })
}

/** Resolves after so long, or never; rejects when the client goes away. */
function pause(ms: number | undefined, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = () => {
      clearTimeout(timer)
      reject(new ConnectionReset('Connection reset: the client has gone'))
    }
    const done = () => {
      signal.removeEventListener('abort', gone)
      resolve()
    }
    const timer = ms === undefined ? undefined : setTimeout(done, ms)
    if (signal.aborted) gone()
    else signal.addEventListener('abort', gone, { once: true })
  })
}

/** What goes over the wire for one event: lines, an end of the stream, a cut connection or nothing more. */
export interface WatchOutput {
  readonly text: string
  readonly after?: 'end' | 'cut' | 'silence'
}

/** The events of one watch as they go over the wire under its faults. */
export function createWatchOutput(faults: readonly Fault[]): (event: WatchEvent) => WatchOutput {
  let sent = 0
  let held: string | undefined
  const has = (kind: Fault['kind']) => faults.some((each) => each.kind === kind)
  return (event) => {
    if (event.type === 'BOOKMARK' && has('dropBookmarks')) return { text: '' }
    const line = encodeEvent(event)
    const final = faults.find((each) => 'afterEvents' in each && sent >= each.afterEvents)
    if (final !== undefined) return finalOutput(final.kind, line)
    sent += 1
    if (has('duplicate')) return { text: line + line }
    if (!has('reorder')) return { text: line }
    const waiting = held
    held = waiting === undefined ? line : undefined
    return { text: waiting === undefined ? '' : line + waiting }
  }
}

function finalOutput(kind: Fault['kind'], line: string): WatchOutput {
  if (kind === 'cutLine') return { text: line.slice(0, line.length >> 1), after: 'cut' }
  if (kind === 'silence') return { text: '', after: 'silence' }
  if (kind === 'end') return { text: '', after: 'end' }
  const gone = statusBody(expired('too old resource version: a fault is scripted'))
  return { text: encodeEvent({ type: 'ERROR', object: gone }), after: 'end' }
}

/** One line of a watch. */
export function encodeEvent(event: WatchEvent): string {
  return `${JSON.stringify(event)}\n`
}
