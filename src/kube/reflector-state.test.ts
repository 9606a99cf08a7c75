import { expect, test } from 'vitest'
import {
  afterEvent,
  type FailureKind,
  INITIAL_STATE,
  type ReflectorEvent,
  type ReflectorState,
} from './reflector-state.ts'

const calm = { failures: 0, waitMs: 0 }
const stream: ReflectorState = INITIAL_STATE
const pages: ReflectorState = { phase: 'listing', by: 'pages', watchForbidden: false, ...calm }
const pagesForPolling: ReflectorState = { ...pages, watchForbidden: true }
const watching: ReflectorState = {
  phase: 'watching',
  resourceVersion: '10',
  silent: false,
  denials: 0,
  ...calm,
}
const silent: ReflectorState = { ...watching, silent: true }
const polling: ReflectorState = { phase: 'polling', pollsLeft: 2, ...calm }
const forbidden: ReflectorState = { phase: 'forbidden', failures: 1, waitMs: 1_000 }
const missing: ReflectorState = { phase: 'missing', failures: 1, waitMs: 6_000 }

const listed: ReflectorEvent = { type: 'listed', resourceVersion: '10', pauseMs: 10_000 }
const failed = (kind: FailureKind, rest = {}): ReflectorEvent => ({
  type: 'failed',
  kind,
  lifetimeMs: 0,
  ...rest,
})
const ended = (lifetimeMs: number): ReflectorEvent => ({ type: 'ended', lifetimeMs })
const progressed = (resourceVersion: string): ReflectorEvent => ({ type: 'progressed', resourceVersion })
const once = { failures: 1, waitMs: 200 }

test.each<[string, ReflectorState, ReflectorEvent, ReflectorState]>([
  ['a streamed list goes on as a watch', stream, listed, watching],
  ['a paged list goes on as a watch', pages, listed, watching],
  [
    'a paged list where watching is forbidden goes on as polling',
    pagesForPolling,
    listed,
    { phase: 'polling', pollsLeft: 6, failures: 0, waitMs: 10_000 },
  ],
  [
    'a poll is followed by a rest',
    polling,
    listed,
    { phase: 'polling', pollsLeft: 1, failures: 0, waitMs: 10_000 },
  ],
  [
    'after the last poll watching is tried',
    { ...polling, pollsLeft: 1 },
    listed,
    { ...stream, waitMs: 10_000 },
  ],
  ['an event moves the watch on', watching, progressed('11'), { ...watching, resourceVersion: '11' }],
  ['an event never moves it back', watching, progressed('9'), watching],
  ['an event ends the silence', silent, progressed('10'), watching],
  ['the server knows no streamed lists: pages', stream, failed('unsupported'), pages],
  ['no end of the initial events: pages', stream, failed('silent'), pages],
  ['watching is forbidden: pages, then polling', stream, failed('forbidden'), pagesForPolling],
  [
    'a watch that worked is denied: not believed at once',
    watching,
    failed('forbidden'),
    { ...watching, denials: 1, waitMs: 1_000 },
  ],
  [
    'and denied again: asked for ever more slowly, and not as slowly as a server that is away',
    { ...watching, denials: 2, failures: 9 },
    failed('forbidden'),
    { ...watching, denials: 3, failures: 9, waitMs: 4_000 },
  ],
  [
    'an event ends the doubt',
    { ...watching, denials: 2 },
    progressed('11'),
    { ...watching, resourceVersion: '11' },
  ],
  ['the right to watch is taken away', { ...watching, denials: 3 }, failed('forbidden'), pagesForPolling],
  [
    'listing is forbidden',
    pagesForPolling,
    failed('forbidden'),
    { phase: 'forbidden', failures: 1, waitMs: 1_000 },
  ],
  ['polling is forbidden', polling, failed('forbidden'), { phase: 'forbidden', failures: 1, waitMs: 1_000 }],
  ['forbidden, rested: from the beginning', forbidden, { type: 'rested' }, { ...stream, failures: 1 }],
  ['missing, rested: from the beginning', missing, { type: 'rested' }, { ...stream, failures: 1 }],
  ['the API group is missing', stream, failed('missing'), { phase: 'missing', failures: 1, waitMs: 6_000 }],
  ['the API group goes', watching, failed('missing'), { phase: 'missing', failures: 1, waitMs: 6_000 }],
  ['410: everything anew', watching, failed('expired'), { ...stream, ...once }],
  [
    'a watch request that is refused as such: everything anew',
    watching,
    failed('unsupported'),
    { ...stream, ...once },
  ],
  ['silence: resume', watching, failed('silent'), { ...silent, ...once }],
  ['silence again: everything anew', silent, failed('silent'), { ...stream, ...once }],
  ['a reset: resume', watching, failed('other'), { ...watching, ...once }],
  ['a list that fails is made again in the same way', pages, failed('other'), { ...pages, ...once }],
  ['a poll that fails is made again', polling, failed('other'), { ...polling, ...once }],
  [
    'a watch that ends after a while is begun again at once',
    { ...watching, failures: 3 },
    ended(5_000),
    watching,
  ],
  ['a watch that ends at once is not', watching, ended(10), { ...watching, ...once }],
  ['a stream that ends before its list did', stream, ended(60_000), { ...stream, ...once }],
  [
    'failures add up',
    { ...watching, failures: 3 },
    failed('other'),
    { ...watching, failures: 4, waitMs: 1_600 },
  ],
  [
    'a watch that lived forgives what was before it',
    { ...watching, failures: 9 },
    failed('other', { lifetimeMs: 5_000 }),
    { ...watching, ...once },
  ],
  [
    'the rest has a limit',
    { ...watching, failures: 99 },
    failed('other'),
    { ...watching, failures: 100, waitMs: 30_000 },
  ],
  [
    'Retry-After is kept',
    watching,
    failed('other', { retryAfterMs: 7_000 }),
    { ...watching, failures: 1, waitMs: 7_000 },
  ],
  [
    'but not beyond five minutes',
    watching,
    failed('other', { retryAfterMs: 1e9 }),
    { ...watching, failures: 1, waitMs: 300_000 },
  ],
  ['an event without a watch means nothing', pages, progressed('99'), pages],
])('%s', (_name, state, event, next) => {
  expect(afterEvent(state, event)).toEqual(next)
})
