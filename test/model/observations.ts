// Arbitrary observations of one workload: whatever versions, records, stamps and histories meet, as the controller could see them.
import fc from 'fast-check'
import { needOf } from '../../src/decide/need.ts'
import { basesOf } from '../../src/decide/plan.ts'
import { patternsOf } from '../../src/decide/settings/patterns.ts'
import { formatStamp } from '../../src/decide/stamps/stamp.ts'
import type { KeySet } from '../../src/types/config.ts'
import type { ConfigObservation, Follow, Observation, ObservedConfig } from '../../src/types/plan.ts'
import type { ConfigRecord } from '../../src/types/record.ts'
import type { TemplateVersion, Workload } from '../../src/types/workload.ts'
import { workload } from '../builders.ts'
import {
  digest,
  follow,
  GONE,
  mark,
  NOT_SHOWN,
  OUT_OF_SCOPE,
  observationOf,
  pendingSince,
  recorded,
  second,
  shown,
  there,
  unreadable,
} from '../decision-case.ts'

const NAMES = ['a', 'b', 'c'] as const
type Name = (typeof NAMES)[number]

const version = fc.integer({ min: 18, max: 24 }).map(String)
const held = fc
  .record({ a: fc.constantFrom('1', '2'), b: fc.constantFrom('1', '2') })
  .map((values) => ({ ...values }))
const keys = fc.constantFrom<KeySet>('all', ['a'], [])
const seconds = fc.integer({ min: 0, max: 9 })
const use = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

/** A version of the object that had the name before, or of the one that has it now, which came later. */
function versionsUpTo(name: Name, last: number): fc.Arbitrary<{ readonly uid: string; readonly at: string }> {
  return fc
    .tuple(fc.boolean(), fc.integer({ min: 8, max: last }))
    .map(([former, at]) =>
      former ? { uid: `${name}-1`, at: `${at}` } : { uid: `${name}-2`, at: `${at + 10}` },
    )
}

function entries(name: Name): fc.Arbitrary<ConfigRecord> {
  const object = versionsUpTo(name, 14)
  const present = fc
    .tuple(object, held, keys)
    .map(([{ uid, at }, what, keys]) => recorded(at, what, { keys, uid }))
  return fc.oneof(
    { weight: 4, arbitrary: present },
    { weight: 1, arbitrary: present.map((entry) => ({ ...entry, digest: '00000000-x' })) },
    { weight: 1, arbitrary: object.map(({ uid }): ConfigRecord => ({ state: 'absent', uid })) },
    { weight: 1, arbitrary: fc.constantFrom<ConfigRecord>({ state: 'absent' }, { state: 'unread' }) },
    { weight: 1, arbitrary: object.map(({ uid, at }) => mark(at, uid)) },
  )
}

/** No stamp is of a later version than these; a record may be, where a cache lags behind. */
const LAST_STAMPED = 11

function sights(name: Name): fc.Arbitrary<ConfigObservation> {
  const at = fc.integer({ min: LAST_STAMPED + 10, max: 24 }).map(String)
  const options = fc
    .record({ created: seconds, written: seconds, firstSeen: version })
    .map((options) => ({ ...options, name, uid: `${name}-2` }))
  return fc.oneof(
    { weight: 6, arbitrary: fc.tuple(at, held, options).map(([at, what, how]) => there(at, what, how)) },
    { weight: 2, arbitrary: fc.constantFrom(GONE, OUT_OF_SCOPE) },
    { weight: 1, arbitrary: fc.tuple(at, options).map(([at, how]) => unreadable(shown(at, '', how))) },
    { weight: 1, arbitrary: fc.constantFrom<ConfigObservation>(unreadable(), { state: 'settling' }) },
  )
}

function stamps(name: Name): fc.Arbitrary<string> {
  return fc
    .tuple(versionsUpTo(name, LAST_STAMPED), held, keys, fc.boolean())
    .map(([{ uid, at: resourceVersion }, what, keys, deleted]) => {
      const present = {
        state: 'present',
        resourceVersion,
        digest: digest(what, keys),
        dataTime: second(0),
      } as const
      const change = deleted ? ({ state: 'deleted' } as const) : present
      return formatStamp({ follow: follow(name, { keys }), uid, change })
    })
}

const templates = fc.array(
  fc
    .record({ hash: fc.constantFrom('x', 'y'), shown: version, exact: fc.boolean(), known: fc.boolean() })
    .map(({ known, ...rest }): TemplateVersion => (known ? { ...rest, since: rest.shown } : rest)),
  { maxLength: 3 },
)

const subjects: fc.Arbitrary<Workload> = fc
  .record({
    asks: fc.constantFrom(
      { 'reloader.stakater.com/auto': 'true' },
      { 'configmap.reloader.stakater.com/reload': '.*' },
      {},
    ),
    created: seconds,
    followedSince: use(version),
    templates,
    texts: fc.tuple(...NAMES.map((name) => fc.array(stamps(name), { maxLength: 2 }))),
  })
  .map(({ asks, created, followedSince, templates, texts }) => {
    const variables = texts.flatMap((own, at) =>
      own.length === 0
        ? []
        : [{ container: 'app', name: `STAKATER_${NAMES[at]?.toUpperCase()}_CONFIGMAP`, value: own.join() }],
    )
    const subject = workload(
      { annotations: asks, metadata: { creationTimestamp: second(created) } },
      { source: 'list' },
    )
    const begun = followedSince === undefined ? {} : { followedSince }
    return { ...subject, templates, stamps: { variables }, ...begun }
  })

const followed = NAMES.map((name) =>
  use(
    fc.record({
      name: fc.constant(name),
      sees: sights(name),
      follow: fc.record({
        keys,
        literal: fc.boolean(),
        reason: fc.constantFrom<Follow['reason']>('Auto', 'Named'),
      }),
      pending: use(
        fc.tuple(version, version).map(([first, last]) => pendingSince(first, { last, notBeforeMs: 500 })),
      ),
    }),
  ),
)

/** Observations that the controller could make: what it did not need to ask, it did not ask. */
export const observations: fc.Arbitrary<Observation> = fc
  .record({
    subject: subjects,
    record: use(
      fc.record(Object.fromEntries(NAMES.map((name) => [name, entries(name)])), { requiredKeys: [] }),
    ),
    since: seconds,
    samePatterns: fc.boolean(),
    followed: fc.tuple(...followed),
    policy: fc.record({ reloadOnCreate: fc.boolean(), reloadOnDelete: fc.boolean() }),
    bornUnseen: fc.boolean(),
  })
  .map(({ subject, record, since, samePatterns, followed, policy, bornUnseen }) => {
    const present = subject.settings.optedIn ? followed.filter((each) => each !== undefined) : []
    const each = <T>(part: (one: (typeof present)[number]) => T | undefined) =>
      Object.fromEntries(present.flatMap((one) => (part(one) === undefined ? [] : [[one.name, part(one)]])))
    const observation = observationOf({
      workload: subject,
      ...(record === undefined ? {} : { record: record as Readonly<Record<string, ConfigRecord>> }),
      since: second(since),
      patterns: samePatterns ? patternsOf(subject.settings) : 'others',
      sees: each(({ sees }) => sees) as Readonly<Record<string, ConfigObservation>>,
      follows: each(({ follow }) => follow) as Readonly<Record<string, Partial<Follow>>>,
      pending: each(({ pending }) => pending) as NonNullable<Parameters<typeof observationOf>[0]['pending']>,
      policy,
      bornUnseen,
      now: second(30),
    })
    return asNeeded(observation)
  })

/** The same cluster, observed as far as needed with what is recorded and stamped now. */
export function asNeeded(observation: Observation): Observation {
  const bases = basesOf(observation)
  const { policy, digestKeyId } = observation
  const configs = observation.configs.map((observed): ObservedConfig => {
    const seen = observed.observation
    const config = 'config' in seen ? seen.config : undefined
    const need = needOf(observed.follow, { config, base: bases(observed), policy, digestKeyId })
    return need === 'nothing' ? { ...observed, observation: unasked(seen) } : observed
  })
  return { ...observation, configs }
}

function unasked(seen: ConfigObservation): ConfigObservation {
  const config = 'config' in seen ? seen.config : undefined
  return config === undefined ? NOT_SHOWN : { state: 'present', config }
}
