import { describe, expect, it } from 'vitest'
import { config as configNamed, uidOf, workload } from '../../test/builders.ts'
import type { ConfigType } from '../types/config.ts'
import type { Follow, ObservedConfig, StampEntry } from '../types/plan.ts'
import { type ConfigRecord, configId, type WorkloadRecord } from '../types/record.ts'
import type { ReloadStrategy, StampChange, StampVariable } from '../types/workload.ts'
import { LAST_RELOADED_FROM } from './annotation-names.ts'
import { DELETE_MARKER_HASH } from './incumbent-hash.ts'
import { formatStamp, joinStamps } from './stamp.ts'
import { MAX_SOURCES, stampChangeOf } from './stamp-change.ts'

const SHA1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'
const DIGEST = `0123abcd-${'A'.repeat(43)}`

function follow(name: string, container = 'app', type: ConfigType = 'ConfigMap'): Follow {
  return {
    config: { kind: type, namespace: 'shop', name },
    reason: 'Auto',
    keys: 'all',
    literal: true,
    container,
  }
}

/** A config that is there. */
function observed(followed: Follow): ObservedConfig {
  const config = configNamed(followed.config.kind, followed.config.name)
  return { follow: followed, observation: { state: 'present', config } }
}

function brings(followed: Follow, resourceVersion = '42'): StampEntry {
  const uid = uidOf(followed.config.name)
  return {
    follow: followed,
    uid,
    change: { state: 'present', resourceVersion, digest: DIGEST, dataTime: '2026-01-01T00:00:05Z' },
  }
}

function deletes(followed: Follow): StampEntry {
  return { follow: followed, uid: uidOf(followed.config.name), change: { state: 'deleted' } }
}

/** The text of the stamp of a config at a version. */
function text(name: string, resourceVersion = '42'): string {
  return formatStamp(brings(follow(name), resourceVersion))
}

function variable(name: string, value: string, container = 'app'): StampVariable {
  return { container, name, value }
}

function recordOf(configs: Readonly<Record<string, ConfigRecord>>): WorkloadRecord {
  const ref = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const
  return { workload: ref, uid: 'web-uid', since: '2026-01-01T00:00:00Z', configs }
}

function recorded(
  name: string,
  resourceVersion: string,
  uid = `${name}-uid`,
): Readonly<Record<string, ConfigRecord>> {
  return {
    [configId('ConfigMap', name)]: { state: 'present', uid, resourceVersion, keys: 'all', digest: DIGEST },
  }
}

interface Case {
  readonly follows: readonly Follow[]
  readonly stamps: readonly StampEntry[]
  readonly strategy?: ReloadStrategy
  readonly variables?: readonly StampVariable[]
  readonly annotation?: string
  /** The record, and what the cluster holds of it. */
  readonly record?: WorkloadRecord
  readonly written?: WorkloadRecord
}

function change({
  follows,
  stamps,
  strategy = 'env-vars',
  variables = [],
  annotation,
  record,
  written,
}: Case): StampChange | undefined {
  const subject = {
    ...workload({ annotations: { 'reloader.stakater.com/auto': 'true' } }),
    stamps: annotation === undefined ? { variables } : { variables, annotation },
  }
  const observation = {
    workload: subject,
    configs: follows.map(observed),
    ...(record === undefined ? {} : { record }),
  }
  return stampChangeOf(observation, { stamps, strategy, written })
}

const NO_CHANGE = { set: [], remove: [], annotations: {}, recordFirst: false }
const A = 'STAKATER_A_CONFIGMAP'
const B = 'STAKATER_B_CONFIGMAP'

describe('the env-vars strategy', () => {
  it('sets one variable for each config in the container that carries its stamp', () => {
    const [a, b] = [follow('a'), follow('b', 'side')]
    expect(change({ follows: [a, b], stamps: [brings(b), brings(a)] })).toEqual({
      ...NO_CHANGE,
      set: [variable(A, text('a')), variable(B, text('b'), 'side')],
    })
  })

  it('leaves alone the stamps of followed configs that this roll does not bring, the incumbent’s too', () => {
    const [a, b, c] = [follow('a'), follow('b'), follow('c')]
    const variables = [variable(B, text('b', '7')), variable('STAKATER_C_CONFIGMAP', SHA1)]
    expect(change({ follows: [a, b, c], stamps: [brings(a)], variables })).toEqual({
      ...NO_CHANGE,
      set: [variable(A, text('a'))],
    })
  })

  it('takes out what is left of configs that are not followed, ours and the incumbent’s, wherever it stands', () => {
    const left = [
      variable(B, text('b', '7'), 'side'),
      variable('STAKATER_C_SECRET', SHA1),
      { ...variable(B, SHA1, 'setup'), init: true as const },
    ]
    expect(
      change({ follows: [follow('a')], stamps: [brings(follow('a'))], variables: left })?.remove,
    ).toEqual(left)
  })

  it('takes out a variable of the same name in another container, init containers included', () => {
    const elsewhere = [
      variable(A, text('a', '7'), 'side'),
      { ...variable(A, SHA1, 'app'), init: true as const },
    ]
    const result = change({
      follows: [follow('a')],
      stamps: [brings(follow('a'))],
      variables: [...elsewhere, variable(A, SHA1)],
    })
    expect(result).toEqual({ ...NO_CHANGE, set: [variable(A, text('a'))], remove: elsewhere })
  })

  it('sets the stamp of the deletion when a config is gone', () => {
    const result = change({
      follows: [follow('a')],
      stamps: [deletes(follow('a'))],
      variables: [variable(A, text('a', '7'))],
    })
    expect(result?.set).toEqual([variable(A, 'a-uid.deleted')])
  })

  it('puts the stamps of names that sanitise alike into one variable, in one place, whichever of them rolls', () => {
    const [dash, dot] = [follow('x-y', 'app'), follow('x.y', 'side')]
    const name = 'STAKATER_X_Y_CONFIGMAP'
    const both = variable(name, joinStamps([text('x-y'), text('x.y')]))
    expect(change({ follows: [dash, dot], stamps: [brings(dash), brings(dot)] })?.set).toEqual([both])
    const variables = [variable(name, text('x-y'))]
    expect(change({ follows: [dash, dot], stamps: [brings(dot)], variables })?.set).toEqual([both])
    const newer = change({ follows: [dash, dot], stamps: [brings(dash, '50')], variables: [both] })
    expect(newer?.set).toEqual([variable(name, joinStamps([text('x-y', '50'), text('x.y')]))])
  })

  it('drops from a shared variable what belongs to nobody any more', () => {
    const variables = [variable(A, joinStamps([text('gone', '5'), text('a', '7')]))]
    expect(change({ follows: [follow('a')], stamps: [brings(follow('a'))], variables })?.set).toEqual([
      variable(A, text('a')),
    ])
  })

  it('takes the annotation out, and carries over what no written record knows yet', () => {
    const annotation = JSON.stringify({ sources: [text('a', '7'), text('b', '8')] })
    const [a, b] = [follow('a'), follow('b', 'side')]
    const written = recordOf({ ...recorded('a', '6'), ...recorded('b', '8') })
    const known = change({ follows: [a, b], stamps: [brings(a)], annotation, written })
    expect(known).toEqual({
      ...NO_CHANGE,
      set: [variable(A, text('a'))],
      annotations: { [LAST_RELOADED_FROM]: null },
    })
    const unknown = change({
      follows: [a, b],
      stamps: [brings(a)],
      annotation,
      written: recordOf(recorded('b', '7')),
    })
    expect(unknown?.set).toEqual([variable(A, text('a')), variable(B, text('b', '8'), 'side')])
  })

  it('has happened when the template carries the stamp already, though something else could be taken out', () => {
    const variables = [variable(A, text('a')), variable(B, text('b', '7'))]
    expect(
      change({ follows: [follow('a')], stamps: [brings(follow('a'))], variables, annotation: '{}' }),
    ).toBeUndefined()
  })

  it('has not happened when the stamp stands in another container', () => {
    const variables = [variable(A, text('a'), 'side')]
    expect(change({ follows: [follow('a')], stamps: [brings(follow('a'))], variables })).toEqual({
      ...NO_CHANGE,
      set: [variable(A, text('a'))],
      remove: variables,
    })
  })
})

describe('the annotations strategy', () => {
  function written(result: StampChange | undefined): unknown {
    return JSON.parse(result?.annotations[LAST_RELOADED_FROM] ?? 'null')
  }

  it('writes the fields of the incumbent, of the config with the highest resourceVersion, and all stamps, sorted', () => {
    const [a, b] = [follow('a', 'side'), follow('b', 'app', 'Secret')]
    const result = change({
      strategy: 'annotations',
      follows: [a, b],
      stamps: [brings(b, '9'), brings(a, '10')],
    })
    expect(result).toMatchObject({ set: [], remove: [], recordFirst: false })
    expect(result?.annotations[LAST_RELOADED_FROM]).toBe(
      `{"type":"CONFIGMAP","name":"a","namespace":"shop","hash":"${DIGEST}","containerRefs":["side"],` +
        `"observedAt":1767225605,"sources":["${text('a', '10')}","${text('b', '9')}"]}`,
    )
  })

  it('marks a deletion as the incumbent does, with no time, because none is known', () => {
    const result = change({ strategy: 'annotations', follows: [follow('a')], stamps: [deletes(follow('a'))] })
    expect(written(result)).toEqual({
      type: 'CONFIGMAP',
      name: 'a',
      namespace: 'shop',
      hash: DELETE_MARKER_HASH,
      containerRefs: ['app'],
      sources: ['a-uid.deleted'],
    })
  })

  it('names what is there rather than what was deleted', () => {
    const [a, b] = [follow('a'), follow('b')]
    expect(
      written(change({ strategy: 'annotations', follows: [a, b], stamps: [deletes(a), brings(b, '2')] })),
    ).toMatchObject({
      name: 'b',
    })
  })

  it('takes every variable out, and carries over what no written record knows yet', () => {
    const [a, b, c, d] = [follow('a'), follow('b'), follow('c'), follow('d')]
    const variables = [
      variable(B, text('b', '8')),
      variable('STAKATER_C_CONFIGMAP', text('c', '5')),
      variable('STAKATER_X_SECRET', SHA1),
    ]
    const annotation = JSON.stringify({ sources: [text('d', '3'), text('a', '4'), text('gone', '9')] })
    const result = change({
      strategy: 'annotations',
      follows: [a, b, c, d],
      stamps: [brings(a)],
      variables,
      annotation,
      written: recordOf({ ...recorded('b', '7'), ...recorded('c', '5'), ...recorded('d', '2') }),
    })
    expect(result?.remove).toEqual(variables)
    expect(written(result)).toMatchObject({ sources: [text('a'), text('b', '8'), text('d', '3')] })
  })

  it('keeps the stamp of a config that was made anew since, under the uid that its record knows', () => {
    const stamp = text('b', '8').replace('b-uid', 'old-uid')
    const annotation = JSON.stringify({ sources: [stamp] })
    const result = change({
      strategy: 'annotations',
      follows: [follow('a'), follow('b')],
      stamps: [brings(follow('a'))],
      annotation,
      record: recordOf(recorded('b', '8', 'old-uid')),
    })
    expect(written(result)).toMatchObject({ sources: [text('a'), stamp] })
  })

  it('has happened when the annotation names the stamps already', () => {
    const annotation = JSON.stringify({ sources: [text('a'), text('b')] })
    const stamps = [brings(follow('a'))]
    expect(
      change({
        strategy: 'annotations',
        follows: [follow('a')],
        stamps,
        annotation,
        variables: [variable(A, SHA1)],
      }),
    ).toBeUndefined()
  })

  it('asks for the record to be written first, when more would have to be carried than a template should', () => {
    const follows = Array.from({ length: MAX_SOURCES + 1 }, (_, index) => follow(`c${index}`))
    const annotation = JSON.stringify({
      sources: follows.slice(1).map((each) => text(each.config.name, '5')),
    })
    const options: Case = { strategy: 'annotations', follows, stamps: [brings(follow('c0'))], annotation }
    expect(change(options)?.recordFirst).toBe(true)
    const configs = follows.map((each) => recorded(each.config.name, '5'))
    const after = change({ ...options, written: recordOf(Object.assign({}, ...configs)) })
    expect(after?.recordFirst).toBe(false)
    expect(written(after)).toMatchObject({ sources: [text('c0')] })
  })

  it('does not ask for it in vain: a roll of many configs is written as it is', () => {
    const follows = Array.from({ length: MAX_SOURCES + 1 }, (_, index) => follow(`c${index}`))
    const result = change({ strategy: 'annotations', follows, stamps: follows.map((each) => brings(each)) })
    expect(result?.recordFirst).toBe(false)
  })
})

describe('stamps that a written record knows', () => {
  const deletion = 'b-uid.deleted'

  it.each<[string, string, ConfigRecord | undefined, boolean]>([
    ['no record', text('b', '8'), undefined, true],
    ['a record not yet read', text('b', '8'), { state: 'unread' }, true],
    [
      'an older record',
      text('b', '8'),
      { state: 'present', uid: 'b-uid', resourceVersion: '7', keys: 'all', digest: DIGEST },
      true,
    ],
    [
      'the same',
      text('b', '8'),
      { state: 'present', uid: 'b-uid', resourceVersion: '8', keys: 'all', digest: DIGEST },
      false,
    ],
    [
      'a newer one, of more digits',
      text('b', '8'),
      { state: 'present', uid: 'b-uid', resourceVersion: '10', keys: 'all', digest: DIGEST },
      false,
    ],
    [
      'another object',
      text('b', '8'),
      { state: 'present', uid: 'old-uid', resourceVersion: '10', keys: 'all', digest: DIGEST },
      true,
    ],
    ['its absence', text('b', '8'), { state: 'absent', uid: 'b-uid' }, false],
    ['the absence of another', text('b', '8'), { state: 'absent', uid: 'old-uid' }, true],
    ['a mark not older', text('b', '8'), { state: 'unfollowed', uid: 'b-uid', resourceVersion: '8' }, false],
    [
      'a deletion, and the record has it present',
      deletion,
      { state: 'present', uid: 'b-uid', resourceVersion: '99', keys: 'all', digest: DIGEST },
      true,
    ],
    [
      'a deletion, and the record has another present',
      deletion,
      { state: 'present', uid: 'old-uid', resourceVersion: '1', keys: 'all', digest: DIGEST },
      false,
    ],
    ['a deletion that is recorded', deletion, { state: 'absent', uid: 'b-uid' }, false],
  ])('%s: %s stays beside %j: %s', (_what, stamp, record, stays) => {
    const result = change({
      strategy: 'annotations',
      follows: [follow('a'), follow('b')],
      stamps: [brings(follow('a'))],
      annotation: JSON.stringify({ sources: [stamp] }),
      ...(record === undefined ? {} : { written: recordOf({ [configId('ConfigMap', 'b')]: record }) }),
    })
    expect(result?.annotations[LAST_RELOADED_FROM]?.includes(stamp)).toBe(stays)
  })
})
