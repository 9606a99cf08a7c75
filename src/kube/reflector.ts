// Keeps a store equal to what the API server holds: list, then watch, for ever. reflector-state.ts says what comes after what.
import { Alarm } from '../net/alarm.ts'
import { createDeadline, type Deadline } from '../net/deadline.ts'
import { ApiError } from './api-error.ts'
import type { WatchEvent } from './client.ts'
import { Coverage } from './coverage.ts'
import { failureKind, SilenceError } from './failure-kind.ts'
import { ObjectIntake } from './object-intake.ts'
import { PollRequests } from './poll-requests.ts'
import type { ReflectorOptions, ReflectorProblem } from './reflector-options.ts'
import { afterEvent, INITIAL_STATE, type ReflectorEvent, type ReflectorState } from './reflector-state.ts'
import type { Stored } from './store.ts'
import { StoreLister } from './store-lister.ts'

/** Where a reflector stands; reflector-state.ts says what each word means. */
export type ReflectorPhase = ReflectorState['phase']

/** A reflector at rest; `run` makes it work. */
export interface Reflector {
  /** Runs until `signal` aborts; never rejects. To be called once. */
  run(signal: AbortSignal): Promise<void>
  /** What was found out last stands while it is being looked into again: `polling` does not flicker. */
  phase(): ReflectorPhase
  /** Resolves when the first list was taken in, or it turned out not to be had: forbidden, missing, or optional and failed. */
  readonly settled: Promise<void>
  /**
   * Where watching is forbidden: lists `namespace` (default: all that is reflected) now, and resolves to true once a list begun
   * after this call was taken in, to false if it failed. Calls made while a list is under way share the next one. Otherwise
   * resolves to true at once.
   */
  pollNow(namespace?: string): Promise<boolean>
  /**
   * Until when the store shows all there was, on the monotonic clock: now while a watch works, else when the last list was begun
   * or the watch last told anything. Where there is nothing to list (forbidden, missing) it is now.
   */
  shownUntil(): number
}

/** The server ends a watch after a random time between five and ten minutes, so that not all watches end together. */
const watchSeconds = () => 300 + Math.floor(Math.random() * 301)
/** A watch says something about once a minute, if only a bookmark. */
const SILENCE_MS = 150_000
/** Within a list that comes as a stream; a server that does not know of `sendInitialEvents` goes silent without ending it. */
const LIST_SILENCE_MS = 10_000
const POLL_MS = 10_000
/** Rest over work: listing takes at most 1 % of the CPU time. What changes in a config is not waited for: it asks for its list. */
const REST_PER_WORK = 99
/** Asked for more namespaces at once than this, everything is listed instead. */
const MAX_NAMESPACE_LISTS = 5

/** A reflector that has not begun. */
export function createReflector<T extends Stored>(options: ReflectorOptions<T>): Reflector {
  return new ListWatch(options)
}

class ListWatch<T extends Stored> implements Reflector {
  readonly settled: Promise<void>
  readonly #options: ReflectorOptions<T>
  readonly #intake: ObjectIntake<T>
  readonly #namespace: string
  readonly #selection: { readonly labelSelector?: string; readonly metadataOnly?: boolean }
  readonly #lister: StoreLister<T>
  readonly #requests = new PollRequests()
  readonly #coverage = new Coverage()
  readonly #reported = new Set<ReflectorProblem['verb']>()
  #state = INITIAL_STATE
  /** When the work of the present state is to begin, on the monotonic clock. */
  #dueAt = 0
  /** What to call a list that is made to see whether RBAC or the server have changed. */
  #standing: ReflectorPhase = 'listing'
  /** What forbade watching when it was last tried. */
  #watchForbidden: Error | undefined
  #settle: () => void = () => {}
  readonly #alarm = new Alarm()

  constructor(options: ReflectorOptions<T>) {
    this.#options = options
    this.#namespace = options.namespace ?? ''
    this.#intake = new ObjectIntake(options)
    const { labelSelector, metadataOnly } = options
    this.#selection = { ...(labelSelector && { labelSelector }), ...(metadataOnly && { metadataOnly }) }
    this.#lister = new StoreLister({ ...options, selection: this.#selection, intake: this.#intake })
    this.settled = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  phase(): ReflectorPhase {
    return this.#state.phase === 'listing' ? this.#standing : this.#state.phase
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#requests.isEmpty) await this.#alarm.until(this.#dueAt, signal)
      if (signal.aborted) break
      if (this.#asksForNamespaces()) await this.#listNamespaces(signal)
      else await this.#work(signal)
    }
    this.#watchForbidden = undefined
    this.#requests.answerAll(false)
  }

  async pollNow(namespace = ''): Promise<boolean> {
    const elsewhere = this.#namespace !== '' && namespace !== '' && namespace !== this.#namespace
    if (this.#watchForbidden === undefined || elsewhere) return true
    const answer = this.#requests.ask(this.#namespace === '' ? namespace : '')
    this.#alarm.wake()
    return answer
  }

  shownUntil(): number {
    const nothingToShow = ['forbidden', 'missing'].includes(this.phase())
    return nothingToShow ? performance.now() : this.#coverage.until()
  }

  async #work(signal: AbortSignal): Promise<void> {
    const state = this.#state
    switch (state.phase) {
      case 'listing':
        if (this.#options.optional && !(await this.#isServed(signal))) return
        if (state.by === 'stream') return this.#follow(signal)
        return this.#list(signal, state.watchForbidden ? 'poll' : 'list')
      case 'watching':
        return this.#follow(signal, state.resourceVersion)
      case 'polling':
        return this.#list(signal, 'poll')
      case 'forbidden':
      case 'missing':
        return this.#step({ type: 'rested' })
    }
  }

  async #isServed(signal: AbortSignal): Promise<boolean> {
    const { client, resource } = this.#options
    try {
      const served = await client.serves(resource, { signal })
      if (!served) this.#step({ type: 'failed', kind: 'missing', lifetimeMs: 0 })
      return served
    } catch (error) {
      if (!signal.aborted) this.#fail(error, { verb: 'list', lifetimeMs: 0 })
      return false
    }
  }

  /** Watches from `since`; without it, lists as a stream and then goes on watching. */
  async #follow(signal: AbortSignal, since?: string): Promise<void> {
    const beganAt = performance.now()
    const onTimeout = (ms: number) =>
      new SilenceError(`Cannot go on watching: nothing came for ${ms / 1000} s`)
    const ms = since === undefined ? LIST_SILENCE_MS : SILENCE_MS
    const deadline = createDeadline({ signal, ms, onTimeout })
    try {
      await this.#takeEvents(deadline, since)
      this.#step({ type: 'ended', lifetimeMs: performance.now() - beganAt })
    } catch (error) {
      if (signal.aborted) return
      this.#fail(error, { verb: 'watch', lifetimeMs: performance.now() - beganAt })
    } finally {
      deadline.end()
    }
    if (this.#state.phase === 'watching') this.#options.onWatchRestart?.()
  }

  async #takeEvents(deadline: Deadline, since?: string): Promise<void> {
    const { client, resource, writer } = this.#options
    let listing = since === undefined ? writer.startReplace(this.#namespace) : undefined
    const events = client.watch(resource, {
      ...this.#selection,
      namespace: this.#namespace,
      resourceVersion: since ?? '',
      sendInitialEvents: since === undefined,
      timeoutSeconds: watchSeconds(),
      inactivityMs: SILENCE_MS,
      signal: deadline.signal,
    })
    for await (const event of events) {
      if (listing === undefined) this.#takeEvent(event)
      else if (event.type !== 'BOOKMARK') this.#intake.streamed(event, listing)
      else if (event.initialEventsEnd) {
        listing.commit('list')
        this.#intake.forgetDeleted()
        this.#step({ type: 'listed', resourceVersion: event.resourceVersion, pauseMs: 0 })
        listing = undefined
      }
      this.#coverage.heard()
      deadline.extend(listing === undefined ? SILENCE_MS : LIST_SILENCE_MS)
    }
  }

  #takeEvent(event: WatchEvent): void {
    if (event.type !== 'BOOKMARK') this.#intake.watched(event)
    const resourceVersion =
      event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion
    this.#state = afterEvent(this.#state, { type: 'progressed', resourceVersion })
  }

  /** Lists everything page by page. */
  async #list(signal: AbortSignal, source: 'list' | 'poll'): Promise<void> {
    const requests = this.#requests.take()
    const beganAt = performance.now()
    let fresh = false
    try {
      const { resourceVersion, cpuMs } = await this.#lister.list({
        namespace: this.#namespace,
        source,
        signal,
      })
      fresh = true
      this.#coverage.listed(beganAt)
      this.#step({ type: 'listed', resourceVersion, pauseMs: Math.max(POLL_MS, cpuMs * REST_PER_WORK) })
    } catch (error) {
      if (!signal.aborted) this.#fail(error, { verb: 'list', lifetimeMs: performance.now() - beganAt })
    } finally {
      for (const request of requests) request.answer(fresh)
    }
  }

  /** While resting between polls: only what was asked for. What fails here the next poll will meet too. */
  async #listNamespaces(signal: AbortSignal): Promise<void> {
    const requests = this.#requests.take()
    for (const namespace of new Set(requests.map((request) => request.namespace))) {
      const fresh = await this.#lister.list({ namespace, source: 'poll', signal }).then(
        () => true,
        () => false,
      )
      for (const request of requests) if (request.namespace === namespace) request.answer(fresh)
    }
  }

  #asksForNamespaces(): boolean {
    if (this.#state.phase !== 'polling' || performance.now() >= this.#dueAt) return false
    const namespaces = this.#requests.namespaces()
    return namespaces.size > 0 && namespaces.size <= MAX_NAMESPACE_LISTS && !namespaces.has('')
  }

  /** Goes on to the next state. */
  #step(event: ReflectorEvent): void {
    this.#state = afterEvent(this.#state, event)
    this.#dueAt = performance.now() + this.#state.waitMs * (1 + Math.random() / 2)
    const { phase } = this.#state
    if (phase !== 'listing') this.#standing = phase === 'watching' ? 'listing' : phase
    if (event.type === 'listed') {
      this.#reported.delete('list')
      this.#options.onList?.()
    }
    if (phase === 'watching' && event.type === 'listed') {
      this.#watchForbidden = undefined
      this.#reported.delete('watch')
      this.#requests.answerAll(true)
    }
    if (phase === 'polling' && this.#watchForbidden !== undefined) this.#report('watch', this.#watchForbidden)
    if (event.type === 'listed' || phase === 'forbidden' || phase === 'missing') this.#settle()
  }

  #fail(thrown: unknown, { verb, lifetimeMs }: { verb: ReflectorProblem['verb']; lifetimeMs: number }): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    const kind = failureKind(error)
    this.#coverage.failed()
    if (kind === 'forbidden' && verb === 'watch') this.#watchForbidden = error
    const retryAfterMs = error instanceof ApiError ? error.retryAfterMs : undefined
    this.#step({ type: 'failed', kind, lifetimeMs, retryAfterMs })
    const { phase, failures, waitMs } = this.#state
    if (phase === 'forbidden') this.#report('list', error)
    else if (waitMs > 0 && phase !== 'missing') this.#options.onRetry?.({ error, failures, delayMs: waitMs })
    if (waitMs > 0) this.#requests.answerAll(false)
    // Another server's API may be down for long, and nothing else is to wait for it.
    if (waitMs > 0 && this.#options.optional) this.#settle()
  }

  #report(verb: ReflectorProblem['verb'], error: Error): void {
    if (this.#reported.has(verb)) return
    this.#reported.add(verb)
    this.#options.onProblem?.({ verb, resource: this.#options.resource, namespace: this.#namespace, error })
  }
}
