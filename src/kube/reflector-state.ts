// The states of a reflector and the one function that leads from one to the next. No clock, no network, no randomness.
import { isNewer } from '../types/object.ts'

/** What every state carries. */
interface Patience {
  /** How often in a row something went wrong. Only a watch that lived, or a poll, sets it back. */
  readonly failures: number
  /** How long to rest before the state's work begins; its runner adds jitter. */
  readonly waitMs: number
}

/**
 * - `listing`: everything is read, `by` a stream that then goes on as a watch (`sendInitialEvents`) or page by page; after the
 *   pages comes polling if `watchForbidden`.
 * - `watching`: changes after `resourceVersion` are followed. `silent`: the last watch from there said nothing at all. `denials`:
 *   how often in a row RBAC has refused it since.
 * - `polling`: RBAC forbids watching, so everything is listed again and again; after `pollsLeft` more, watching is tried.
 * - `forbidden`: RBAC forbids listing.
 * - `missing`: the server does not know the resource.
 */
export type ReflectorState = Patience &
  (
    | { readonly phase: 'listing'; readonly by: 'stream' | 'pages'; readonly watchForbidden: boolean }
    | {
        readonly phase: 'watching'
        readonly resourceVersion: string
        readonly silent: boolean
        readonly denials: number
      }
    | { readonly phase: 'polling'; readonly pollsLeft: number }
    | { readonly phase: 'forbidden' | 'missing' }
  )

/** Why a list or a watch failed, as far as it matters for what comes next. */
export type FailureKind =
  /** 410: our place in history is gone. */
  | 'expired'
  /** 403. */
  | 'forbidden'
  /** 404. */
  | 'missing'
  /** 400 or 422: the server does not understand the request. */
  | 'unsupported'
  /** Nothing came for too long. */
  | 'silent'
  /** Anything else: refused, reset, cut off, 429, 5xx. */
  | 'other'

/** What happened to the list or watch under way. */
export type ReflectorEvent =
  /** A complete list was taken in. `pauseMs`: how long to leave the server alone if it was a poll. */
  | { readonly type: 'listed'; readonly resourceVersion: string; readonly pauseMs: number }
  /** A running watch has come to this version. */
  | { readonly type: 'progressed'; readonly resourceVersion: string }
  /** The server ended a watch, as it does every few minutes. */
  | { readonly type: 'ended'; readonly lifetimeMs: number }
  | {
      readonly type: 'failed'
      readonly kind: FailureKind
      readonly lifetimeMs: number
      /** What the server asked for. */
      readonly retryAfterMs?: number | undefined
    }
  /** The rest of `forbidden` or `missing` is over. */
  | { readonly type: 'rested' }

type Failed = Extract<ReflectorEvent, { type: 'failed' }>

const FIRST_BACKOFF_MS = 200
const MAX_BACKOFF_MS = 30_000
/** A server that asks for more is not believed. */
const MAX_RETRY_AFTER_MS = 300_000
/** A watch that lived as long shows that all is well. */
const GOOD_LIFETIME_MS = 5_000
/** While RBAC denies: rights may be granted at any time, and a starting API server denies what it will soon allow. */
const MIN_DENIED_MS = 1_000
/** So often a watch that worked may be denied before that is believed. */
const DOUBTED_DENIALS = 3
/** Until a CRD that is installed later is noticed, with jitter at most 9 s: whoever installs it waits for that, and asking is cheap. */
const MISSING_MS = 6_000
/** About once a minute. */
const POLLS_PER_WATCH_TRY = 6

/** A reflector that has done nothing yet. */
export const INITIAL_STATE: ReflectorState = list({ failures: 0, waitMs: 0 })

function list(patience: Patience): ReflectorState {
  return { ...patience, phase: 'listing', by: 'stream', watchForbidden: false }
}

function listPages(patience: Patience, watchForbidden: boolean): ReflectorState {
  return { ...patience, phase: 'listing', by: 'pages', watchForbidden }
}

/** The state after `event`. Events that make no sense in a state leave it as it is. */
export function afterEvent(state: ReflectorState, event: ReflectorEvent): ReflectorState {
  switch (event.type) {
    case 'listed':
      return afterList(state, event)
    case 'progressed':
      return afterProgress(state, event.resourceVersion)
    case 'ended':
      return afterEnd(state, event.lifetimeMs)
    case 'failed':
      return afterFailure(state, event)
    case 'rested':
      return list({ failures: state.failures, waitMs: 0 })
  }
}

function afterList(
  state: ReflectorState,
  event: Extract<ReflectorEvent, { type: 'listed' }>,
): ReflectorState {
  const { resourceVersion, pauseMs } = event
  const { failures } = state
  if (state.phase === 'polling') {
    const pollsLeft = state.pollsLeft - 1
    if (pollsLeft === 0) return list({ failures: 0, waitMs: pauseMs })
    return { phase: 'polling', pollsLeft, failures: 0, waitMs: pauseMs }
  }
  if (state.phase !== 'listing') return state
  if (state.watchForbidden)
    return { phase: 'polling', pollsLeft: POLLS_PER_WATCH_TRY, failures: 0, waitMs: pauseMs }
  return { phase: 'watching', resourceVersion, silent: false, denials: 0, failures, waitMs: 0 }
}

function afterProgress(state: ReflectorState, resourceVersion: string): ReflectorState {
  if (state.phase !== 'watching') return state
  const newest = isNewer(resourceVersion, state.resourceVersion) ? resourceVersion : state.resourceVersion
  return { ...state, resourceVersion: newest, silent: false, denials: 0 }
}

function afterEnd(state: ReflectorState, lifetimeMs: number): ReflectorState {
  if (state.phase === 'watching' && lifetimeMs >= GOOD_LIFETIME_MS)
    return { ...state, failures: 0, waitMs: 0 }
  return afterFailure(state, { type: 'failed', kind: 'other', lifetimeMs })
}

function afterFailure(state: ReflectorState, event: Failed): ReflectorState {
  const patience = patienceAfter(state, event)
  const atOnce = { failures: state.failures, waitMs: 0 }
  switch (event.kind) {
    case 'missing':
      return { phase: 'missing', failures: patience.failures, waitMs: MISSING_MS }
    case 'forbidden':
      if (state.phase === 'watching' && state.denials < DOUBTED_DENIALS) return afterDoubtedDenial(state)
      if (triesToWatch(state)) return listPages(atOnce, true)
      return {
        phase: 'forbidden',
        failures: patience.failures,
        waitMs: Math.max(patience.waitMs, MIN_DENIED_MS),
      }
    case 'unsupported':
      if (state.phase === 'watching') return list(patience)
      return triesToWatch(state) ? listPages(atOnce, false) : { ...state, ...patience }
    case 'silent':
      // A server that was set back to a backup is silent until it has counted up to our version: look at what it holds.
      if (state.phase === 'watching')
        return state.silent ? list(patience) : { ...state, ...patience, silent: true }
      return triesToWatch(state) ? listPages(atOnce, false) : { ...state, ...patience }
    case 'expired':
      return state.phase === 'watching' ? list(patience) : { ...state, ...patience }
    case 'other':
      return { ...state, ...patience }
  }
}

/** What worked until now is asked for again 1 s, 2 s and 4 s apart, however long the server was away before. */
function afterDoubtedDenial(state: Extract<ReflectorState, { phase: 'watching' }>): ReflectorState {
  return { ...state, denials: state.denials + 1, waitMs: MIN_DENIED_MS * 2 ** state.denials }
}

function triesToWatch(state: ReflectorState): boolean {
  return state.phase === 'watching' || (state.phase === 'listing' && state.by === 'stream')
}

function patienceAfter(state: ReflectorState, { lifetimeMs, retryAfterMs = 0 }: Failed): Patience {
  const before = state.phase === 'watching' && lifetimeMs >= GOOD_LIFETIME_MS ? 0 : state.failures
  const backoffMs = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(before, 16))
  return { failures: before + 1, waitMs: Math.max(backoffMs, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS)) }
}
