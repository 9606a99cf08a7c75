import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConfigType } from '../../types/config.ts'
import type { Annotations, Settings } from '../../types/settings.ts'
import { DEFAULT_ANNOTATION_NAMES, ROLLOUT_STRATEGY_ANNOTATION } from './annotation-names.ts'
import { NOT_OPTED_IN, settingsOf } from './settings.ts'

const NAMES = DEFAULT_ANNOTATION_NAMES
const AUTO = NAMES.auto
const CM_AUTO = NAMES.configMapAuto
const SECRET_AUTO = NAMES.secretAuto
const CM_RELOAD = NAMES.configMapReload
const SECRET_RELOAD = NAMES.secretReload
const SEARCH = NAMES.search
const MATCH = NAMES.match

function settings(metadata: Annotations, template: Annotations = {}, autoReloadAll = false): Settings {
  return settingsOf({ metadata, template }, { names: NAMES, autoReloadAll })
}

function named(type: ConfigType, { types }: Settings): readonly string[] {
  return types[type].named.map(({ text }) => text)
}

function auto({ types }: Settings): readonly [configMap: boolean, secret: boolean] {
  return [types.ConfigMap.auto, types.Secret.auto]
}

describe('the words of spec 2.1', () => {
  it.each(['1', 't', 'T', 'TRUE', 'true', 'True'])('auto: %j is true', (value) => {
    expect(auto(settings({ [AUTO]: value }))).toEqual([true, true])
    expect(auto(settings({ [CM_AUTO]: value }))).toEqual([true, false])
    expect(auto(settings({ [SECRET_AUTO]: value }))).toEqual([false, true])
  })

  it.each(['0', 'f', 'F', 'FALSE', 'false', 'False'])('auto: %j is false, and means it', (value) => {
    for (const name of [AUTO, CM_AUTO]) {
      const read = settings({ [name]: value }, {}, true)
      expect(read.types.ConfigMap.auto || read.types.ConfigMap.autoReloadAll).toBe(false)
      expect(read.invalid).toEqual([])
    }
  })

  it.each(['yes', 'no', 'Yes', 'on', 'off', 'y', 'n', 'enabled', 'disabled', 'tRUE', ' true', 'none'])(
    'auto: %j is neither a boolean nor a list: false, and reported',
    (value) => {
      const read = settings({ [AUTO]: value }, {}, true)
      expect(auto(read)).toEqual([false, false])
      expect(read.optedIn).toBe(false)
      expect(read.invalid).toEqual([
        { annotation: AUTO, entry: value.trim(), problem: 'neither true nor false, write "true" or "false"' },
      ])
    },
  )

  it.each(['yes', 'my-config', ' '])('the auto of one type, %j, is no list: false, and reported', (value) => {
    const read = settings({ [CM_AUTO]: value }, {}, true)
    expect(read.types.ConfigMap).toMatchObject({ auto: false, autoReloadAll: false, named: [] })
    expect(read.invalid).toMatchObject([{ annotation: CM_AUTO, entry: value }])
  })

  it.each([
    ['true', true, 0],
    ['false', false, 0],
    ['', false, 0],
    ['True', false, 1],
    ['1', false, 1],
  ])('search: %j counts only as exactly true', (value, search, complaints) => {
    const read = settings({ [SEARCH]: value })
    expect([read.types.ConfigMap.search, read.types.Secret.search]).toEqual([search, search])
    expect(read.invalid).toHaveLength(complaints)
  })
})

describe('named lists (spec 2.2)', () => {
  it('are split on every comma, trimmed, and empty entries skipped', () => {
    expect(named('ConfigMap', settings({ [CM_RELOAD]: ' a , b-.* ,,\tc,' }))).toEqual(['a', 'b-.*', 'c'])
  })

  it('split on a comma inside a repetition too', () => {
    expect(named('ConfigMap', settings({ [CM_RELOAD]: 'a{1,2}' }))).toEqual(['a{1', '2}'])
  })

  it('belong to one type', () => {
    const read = settings({ [SECRET_RELOAD]: 'a' })
    expect([named('ConfigMap', read), named('Secret', read)]).toEqual([[], ['a']])
  })

  it('go on working when one entry is bad, and the bad one is reported once', () => {
    const read = settings({ [CM_RELOAD]: '([,good,([,My_Config' })
    expect(named('ConfigMap', read)).toEqual(['good'])
    expect(read.invalid.map(({ annotation, entry }) => [annotation, entry])).toEqual([
      [CM_RELOAD, '(['],
      [CM_RELOAD, 'My_Config'],
    ])
  })

  it('of nothing but bad entries opt nobody in, and still complain', () => {
    const read = settings({ [CM_RELOAD]: '([' })
    expect(read.optedIn).toBe(false)
    expect(read.invalid).toHaveLength(1)
  })

  it('that are empty opt nobody in', () => {
    expect(settings({ [CM_RELOAD]: '' })).toBe(NOT_OPTED_IN)
    expect(settings({ [CM_RELOAD]: ' , ' }).optedIn).toBe(false)
  })
})

describe('which annotations are used (spec 2.3)', () => {
  const IN_TEMPLATE = { [AUTO]: 'true', [CM_RELOAD]: 'from-template' }

  it('those of the pod template, when the workload has none of the four keys', () => {
    const read = settings({ other: 'x' }, IN_TEMPLATE)
    expect(auto(read)).toEqual([true, true])
    expect(named('ConfigMap', read)).toEqual(['from-template'])
  })

  it.each([
    [AUTO, [false, false]],
    [SEARCH, [false, false]],
    [CM_RELOAD, [false, true]],
    [CM_AUTO, [false, true]],
    [SECRET_RELOAD, [true, false]],
    [SECRET_AUTO, [true, false]],
  ])(
    'only those of the workload for the types that %s decides for, even when it is empty',
    (key, expected) => {
      const read = settings({ [key]: '' }, IN_TEMPLATE)
      expect(auto(read)).toEqual(expected)
      expect(named('ConfigMap', read)).toEqual(expected[0] ? ['from-template'] : [])
    },
  )

  it('excludes only from the workload, also when the rest comes from the pod template', () => {
    const excludes = 'configmaps.exclude.reloader.stakater.com/reload'
    const read = settings({ [excludes]: 'a, b ,,c' }, { [AUTO]: 'true', [excludes]: 'd' })
    expect(read.types.ConfigMap).toMatchObject({ auto: true, excluded: ['a', 'b', 'c'] })
    expect(read.types.Secret.excluded).toEqual([])
  })

  it('an exclude is an exact name: an expression there is reported', () => {
    const read = settings({ [AUTO]: 'true', 'secrets.exclude.reloader.stakater.com/reload': 'a-.*,b' })
    expect(read.types.Secret.excluded).toEqual(['b'])
    expect(read.invalid).toMatchObject([
      { entry: 'a-.*', problem: expect.stringContaining('not expressions') },
    ])
  })
})

describe('auto and --auto-reload-all (spec 2.4, rules 6 and 7)', () => {
  it.each([
    [{}, false, [false, false]],
    [{}, true, [true, true]],
    [{ [AUTO]: '' }, true, [true, true]],
    [{ [AUTO]: 'false' }, true, [false, false]],
    [{ [AUTO]: 'yes' }, true, [false, false]],
    [{ [CM_AUTO]: 'false' }, true, [false, true]],
    [{ [AUTO]: 'false', [CM_AUTO]: 'true' }, true, [false, false]],
    [{ [CM_RELOAD]: 'a' }, true, [true, true]],
    [{ [SEARCH]: 'true' }, true, [true, true]],
    [{ [AUTO]: 'some-config' }, true, [false, false]],
  ])('%j with the flag %s: the flag speaks for %j', (metadata, flag, expected) => {
    const { types } = settings(metadata, {}, flag)
    expect([types.ConfigMap.autoReloadAll, types.Secret.autoReloadAll]).toEqual(expected)
  })

  it('auto false and the auto of a type true reloads for that type', () => {
    expect(auto(settings({ [AUTO]: 'false', [CM_AUTO]: 'true' }))).toEqual([true, false])
  })
})

describe('the two further forms', () => {
  it('match "true" on a workload is the auto of ConfigMaps', () => {
    expect(auto(settings({ [MATCH]: 'true' }))).toEqual([true, false])
  })

  it('match on a workload has the place of the auto of ConfigMaps in 2.3', () => {
    const read = settings({ [MATCH]: 'true' }, { [CM_RELOAD]: 'a', [SECRET_RELOAD]: 'b' })
    expect([named('ConfigMap', read), named('Secret', read)]).toEqual([[], ['b']])
  })

  it('match in a pod template counts when the four keys come from there', () => {
    expect(auto(settings({}, { [MATCH]: 'true' }))).toEqual([true, false])
    expect(auto(settings({ [AUTO]: 'false' }, { [MATCH]: 'true' }))).toEqual([false, false])
  })

  it('match makes --auto-reload-all be silent for ConfigMaps, as their auto would', () => {
    const { types } = settings({ [MATCH]: 'true' }, {}, true)
    expect([types.ConfigMap.autoReloadAll, types.Secret.autoReloadAll]).toEqual([false, true])
  })

  it.each(['false', 'yes', ''])('match %j on a workload says nothing', (value) => {
    expect(settings({ [MATCH]: value })).toBe(NOT_OPTED_IN)
  })

  it('what the auto of ConfigMaps says itself beats match', () => {
    expect(auto(settings({ [MATCH]: 'true', [CM_AUTO]: 'false' }))).toEqual([false, false])
  })

  it('auto with names is a named list of both types', () => {
    const read = settings({ [AUTO]: 'a, b-.*', [SECRET_RELOAD]: 'c' })
    expect([named('ConfigMap', read), named('Secret', read)]).toEqual([
      ['a', 'b-.*'],
      ['c', 'a', 'b-.*'],
    ])
    expect(auto(read)).toEqual([false, false])
  })

  it('auto with names and a boolean-like word: the word is reported, the names count', () => {
    const read = settings({ [AUTO]: 'a,true,On' })
    expect(named('Secret', read)).toEqual(['a'])
    expect(read.invalid.map(({ entry }) => entry)).toEqual(['true', 'On'])
  })

  it.each([' ', ',', ' ,, '])('auto %j is nothing at all: false, and reported', (value) => {
    const read = settings({ [AUTO]: value }, {}, true)
    expect(read.optedIn).toBe(false)
    expect(read.invalid).toMatchObject([{ annotation: AUTO, entry: value }])
  })
})

describe('SecretProviderClasses', () => {
  const classes = ({ types }: Settings) => types.SecretProviderClass
  const RELOAD = 'secretproviderclass.reloader.stakater.com/reload'
  const TYPED = 'secretproviderclass.reloader.stakater.com/auto'

  it('have a list, an auto and excludes of their own', () => {
    const excludes = 'secretproviderclasses.exclude.reloader.stakater.com/reload'
    const read = settings({ [RELOAD]: 'vault,aws-.*', [TYPED]: 'true', [excludes]: 'old' })
    expect(classes(read)).toMatchObject({ auto: true, search: false, excluded: ['old'] })
    expect(named('SecretProviderClass', read)).toEqual(['vault', 'aws-.*'])
    expect([...auto(read), named('Secret', read)]).toEqual([false, false, []])
  })

  it('are followed by auto, search and --auto-reload-all like the others', () => {
    expect(classes(settings({ [AUTO]: 'true' })).auto).toBe(true)
    expect(classes(settings({ [SEARCH]: 'true' })).search).toBe(true)
    expect(classes(settings({}, {}, true)).autoReloadAll).toBe(true)
    expect(classes(settings({ [TYPED]: 'false' }, {}, true)).autoReloadAll).toBe(false)
  })

  it('are read from the pod template, unless the workload itself says something about them', () => {
    expect(classes(settings({ [CM_AUTO]: 'true' }, { [TYPED]: 'true' })).auto).toBe(true)
    expect(classes(settings({ [RELOAD]: 'vault' }, { [TYPED]: 'true' })).auto).toBe(false)
  })

  it('are not what a list as the value of auto names', () => {
    expect(classes(settings({ [AUTO]: 'vault' }, {}, true))).toMatchObject({
      named: [],
      auto: false,
      autoReloadAll: false,
    })
  })
})

describe('settings of our own', () => {
  const OPTED_IN = { [AUTO]: 'true' }

  it('are read from the workload, else from its pod template', () => {
    const key = 'reloader.stakater.com/settle'
    expect(settings({ ...OPTED_IN, [key]: '2s' }, { [key]: '3s' }).settleMs).toBe(2_000)
    expect(settings(OPTED_IN, { [key]: '3s' }).settleMs).toBe(3_000)
    expect(settings(OPTED_IN).settleMs).toBeUndefined()
  })

  it.each([
    ['reloader.stakater.com/key-level', 'false', { keyLevel: false }],
    ['reloader.stakater.com/key-level', 'T', { keyLevel: true }],
    ['reloader.stakater.com/settle', '0', { settleMs: 0 }],
    ['reloader.stakater.com/settle', '1m30s', { settleMs: 90_000 }],
    ['reloader.stakater.com/reload-strategy', 'annotations', { reloadStrategy: 'annotations' }],
    ['reloader.stakater.com/reload-strategy', 'env-vars', { reloadStrategy: 'env-vars' }],
  ])('%s: %j is understood', (key, value, expected) => {
    expect(settings({ ...OPTED_IN, [key]: value })).toMatchObject({ ...expected, invalid: [] })
  })

  it.each([
    ['reloader.stakater.com/key-level', 'yes', 'write "true" or "false"'],
    ['reloader.stakater.com/settle', '5', 'a unit is missing'],
    ['reloader.stakater.com/settle', '-1s', 'out of range'],
    ['reloader.stakater.com/settle', '2h', 'out of range'],
    ['reloader.stakater.com/reload-strategy', 'default', 'write env-vars or annotations'],
    ['deployment.reloader.stakater.com/pause-period', '5', 'a unit is missing'],
    ['deployment.reloader.stakater.com/pause-period', '-5m', 'cannot be negative'],
  ])('%s: %j is reported, and everything else works', (key, value, problem) => {
    const read = settings({ ...OPTED_IN, [key]: value })
    expect(read.invalid).toMatchObject([
      { annotation: key, entry: value, problem: expect.stringContaining(problem) },
    ])
    expect(auto(read)).toEqual([true, true])
    expect([read.keyLevel, read.settleMs, read.reloadStrategy]).toEqual([undefined, undefined, undefined])
  })
})

describe('settingsOf', () => {
  it('keeps no more of a bad entry than is shown to people', () => {
    const [invalid] = settings({ [CM_RELOAD]: `(${'a'.repeat(100_000)}` }).invalid
    expect(invalid?.entry).toHaveLength(131)
  })

  it('follows flags that rename annotations', () => {
    const names = { ...NAMES, auto: 'example.com/auto' }
    const read = settingsOf(
      { metadata: { 'example.com/auto': 'true', [AUTO]: 'false' }, template: undefined },
      { names, autoReloadAll: false },
    )
    expect(auto(read)).toEqual([true, true])
  })

  it('reports a pause-period where nothing can be paused', () => {
    const annotations = { [AUTO]: 'true', [NAMES.pausePeriod]: '5m' }
    const read = settingsOf(
      { metadata: annotations, template: undefined },
      { names: NAMES, autoReloadAll: false, pausable: false },
    )
    expect([read.pausePeriodMs, read.invalid.map(({ problem }) => problem)]).toEqual([
      undefined,
      ['only Deployments can be paused'],
    ])
  })

  it.each([
    ['restart', true, []],
    ['rollout', true, []],
    ['', true, []],
    ['Restart', true, ['no such strategy, write restart or rollout; until then it is rollout']],
    ['Restart', false, []],
  ])('the rollout-strategy %j, where one counts: %j, is reported as %j', (value, restartable, problems) => {
    const annotations = { [AUTO]: 'true', [ROLLOUT_STRATEGY_ANNOTATION]: value }
    const read = settingsOf(
      { metadata: annotations, template: undefined },
      { names: NAMES, autoReloadAll: false, restartable },
    )
    expect(read.invalid.map(({ problem }) => problem)).toEqual(problems)
  })

  it('is one shared object for all workloads that ask for nothing', () => {
    expect(settings({})).toBe(settings({ 'app.kubernetes.io/name': 'x' }))
    expect(Object.isFrozen(settings({}))).toBe(true)
  })

  it('takes any text, and says the same about it each time, in whatever order the annotations come', () => {
    const keys = [...Object.values(NAMES), 'reloader.stakater.com/settle', 'reloader.stakater.com/key-level']
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom('true', 'false', 'yes', 'a,b', 'a-.*', '([', ',', '1h', 'x{2000}', '(a{900}){900}'),
    )
    const annotations = fc
      .array(fc.tuple(fc.constantFrom(...keys), value), { maxLength: 8 })
      .map((pairs): Annotations => Object.fromEntries<string>(pairs))
    fc.assert(
      fc.property(annotations, annotations, fc.boolean(), (metadata, template, flag) => {
        const read = settings(metadata, template, flag)
        const turned = settings(Object.fromEntries(Object.entries(metadata).reverse()), template, flag)
        expect(JSON.stringify(turned.types)).toBe(JSON.stringify(read.types))
        expect([...turned.invalid]).toEqual([...read.invalid])
        for (const { problem } of read.invalid) expect(problem).toMatch(/[^.]$/)
      }),
    )
  })
})
