import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { config, workload } from '../../test/builders.ts'
import { follows, lookup } from '../../test/follows.ts'
import { CONFIG_TYPES, type ConfigType } from '../types/config.ts'
import { configId, parseConfigId } from '../types/record.ts'
import type { Workload } from '../types/workload.ts'
import { followsOf, interestsOf } from './match.ts'
import { DEFAULT_ANNOTATION_NAMES } from './settings/annotation-names.ts'

const NAMES = DEFAULT_ANNOTATION_NAMES
const EXCLUDE = 'configmaps.exclude.reloader.stakater.com/reload'

describe('followsOf', () => {
  const SPEC = {
    volumes: [{ name: 'v', configMap: { name: 'conf' } }],
    containers: [
      { name: 'app' },
      {
        name: 'side',
        env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'pass', key: 'k' } } }],
        volumeMounts: [{ name: 'v', subPath: 'a' }],
      },
    ],
  }

  it('says which keys count, where the config is used and who carries the stamp, sorted by id', () => {
    expect(follows({ annotations: { [NAMES.auto]: 'true' }, spec: SPEC }, [])).toEqual([
      {
        config: { kind: 'ConfigMap', namespace: 'shop', name: 'conf' },
        reason: 'Auto',
        keys: ['a'],
        literal: true,
        via: 'volumes[v]',
        container: 'side',
      },
      {
        config: { kind: 'Secret', namespace: 'shop', name: 'pass' },
        reason: 'Auto',
        keys: ['k'],
        literal: true,
        via: 'containers[side].env[A]',
        container: 'side',
      },
    ])
  })

  it('counts all keys of what is listed, though it is read by key', () => {
    const [conf] = follows({ annotations: { [NAMES.configMapReload]: 'conf' }, spec: SPEC }, [])
    expect(conf).toMatchObject({ reason: 'Named', keys: 'all', via: 'volumes[v]', container: 'side' })
  })

  it('counts all keys without key-level, and lets a workload say otherwise', () => {
    const auto = { [NAMES.auto]: 'true' }
    const off = { ...auto, 'reloader.stakater.com/key-level': 'false' }
    const on = { ...auto, 'reloader.stakater.com/key-level': 'true' }
    const keys = (annotations: Readonly<Record<string, string>>, keyLevel: boolean) =>
      follows({ annotations, spec: SPEC }, [], { keyLevel })[0]?.keys
    expect([keys(auto, true), keys(auto, false), keys(off, true), keys(on, false)]).toEqual([
      ['a'],
      'all',
      'all',
      ['a'],
    ])
  })

  it('puts the stamp of what the template does not use in the first container', () => {
    const [listed] = follows({ annotations: { [NAMES.secretReload]: 'other' }, spec: SPEC }, [])
    expect(listed).toMatchObject({ container: 'app', literal: true })
    expect(listed).not.toHaveProperty('via')
  })

  it('lists what an expression matches among what is there, and only in its own namespace', () => {
    const elsewhere = config('ConfigMap', 'web-c', { metadata: { namespace: 'other' } })
    const there = [
      config('ConfigMap', 'web-b'),
      config('ConfigMap', 'web-a'),
      config('Secret', 'web-s'),
      elsewhere,
    ]
    const found = follows({ annotations: { [NAMES.configMapReload]: 'web-.*' } }, there)
    expect(
      found.map(({ config: { kind, namespace, name }, literal }) => [kind, namespace, name, literal]),
    ).toEqual([
      ['ConfigMap', 'shop', 'web-a', false],
      ['ConfigMap', 'shop', 'web-b', false],
    ])
  })

  it('takes a name with dots as a literal and as an expression', () => {
    const found = follows({ annotations: { [NAMES.configMapReload]: 'my.conf' } }, [
      config('ConfigMap', 'my-conf'),
    ])
    expect(found.map((follow) => [follow.config.name, follow.literal])).toEqual([
      ['my-conf', false],
      ['my.conf', true],
    ])
  })

  it('takes what an expression matches and the template uses as a literal', () => {
    const [conf] = follows({ annotations: { [NAMES.configMapReload]: 'con.*' }, spec: SPEC }, [])
    expect(conf).toMatchObject({ config: { name: 'conf' }, reason: 'Named', literal: true })
  })

  it('follows a recorded config that is gone as long as an expression matches it', () => {
    const gone = [
      configId('ConfigMap', 'web-old'),
      configId('ConfigMap', 'other'),
      configId('Secret', 'web-old'),
    ]
    const found = follows({ annotations: { [NAMES.configMapReload]: 'web-.*' } }, [], { recorded: gone })
    expect(found.map((follow) => follow.config)).toEqual([
      { kind: 'ConfigMap', namespace: 'shop', name: 'web-old' },
    ])
  })

  it('follows nothing of a type that is not looked at', () => {
    const annotations = { [NAMES.auto]: 'true' }
    const found = follows({ annotations, spec: SPEC }, [], { types: ['Secret'] })
    expect(found.map((follow) => follow.config.name)).toEqual(['pass'])
  })

  it('never follows what is our own, by name or by label', () => {
    const annotations = { [NAMES.configMapReload]: '.*' }
    const labelled = config('ConfigMap', 'a', {
      metadata: { labels: { 'reloader.stakater.com/records': 'reloader' } },
    })
    const found = follows({ annotations }, [labelled, config('ConfigMap', 'b'), config('ConfigMap', 'c')], {
      isOwn: ({ name }) => name === 'b',
    })
    expect(found.map((follow) => follow.config.name)).toEqual(['c'])
  })

  it('is empty for a workload that asks for nothing', () => {
    expect(follows({ spec: SPEC }, [config('ConfigMap', 'conf')])).toEqual([])
  })
})

describe('interestsOf', () => {
  const name = fc.constantFrom('conf', 'pass', 'web-a', 'web.a', 'my.conf', 'x')
  const pattern = fc.constantFrom('conf', 'web-.*', 'my.conf', 'a|b', '([', '.*', 'x,conf', '')
  const flag = fc.constantFrom('true', 'false', '', 'conf,web-.*')
  const annotations = fc.dictionary(
    fc.constantFrom(NAMES.auto, NAMES.configMapAuto, NAMES.secretAuto, NAMES.search, NAMES.match, EXCLUDE),
    fc.oneof(flag, name),
  )
  const lists = fc.dictionary(fc.constantFrom(NAMES.configMapReload, NAMES.secretReload), pattern)
  const configs = fc.array(
    fc.record({
      type: fc.constantFrom<ConfigType>(...CONFIG_TYPES),
      name,
      annotations: fc.dictionary(
        fc.constantFrom(NAMES.ignore, NAMES.match),
        fc.constantFrom('true', 'false'),
      ),
    }),
    { maxLength: 6 },
  )
  const uses = fc.array(fc.record({ type: fc.constantFrom<ConfigType>(...CONFIG_TYPES), name }), {
    maxLength: 4,
  })

  function workloadThatUses(
    used: readonly { readonly type: ConfigType; readonly name: string }[],
    all: Readonly<Record<string, string>>,
    flagSet: boolean,
  ): Workload {
    const envFrom = used.map((each) =>
      each.type === 'ConfigMap' ? { configMapRef: each } : { secretRef: each },
    )
    return workload(
      { annotations: all, spec: { containers: [{ name: 'app', envFrom }] } },
      { autoReloadAll: flagSet },
    )
  }

  it('covers every config that the workload follows, whatever configs there are and whatever they say', () => {
    fc.assert(
      fc.property(annotations, lists, uses, configs, fc.boolean(), (some, more, used, present, all) => {
        const subject = workloadThatUses(used, { ...some, ...more }, all)
        const { exact, patterns } = interestsOf(subject)
        const there = present.map((each) => config(each.type, each.name, { annotations: each.annotations }))
        for (const follow of followsOf(subject, {
          configs: lookup(...there),
          types: CONFIG_TYPES,
          keyLevel: true,
        })) {
          const { kind, name: followed } = follow.config
          const covered =
            exact.includes(configId(kind, followed)) ||
            patterns.some(({ type, pattern: each }) => type === kind && each.matches(followed))
          expect(covered).toBe(true)
        }
      }),
    )
  })

  it('depends on nothing but the set of configs: their order changes no follow', () => {
    fc.assert(
      fc.property(annotations, lists, uses, configs, (some, more, used, present) => {
        const subject = workloadThatUses(used, { ...some, ...more }, false)
        const unique = [...new Map(present.map((each) => [configId(each.type, each.name), each])).values()]
        const there = unique.map((each) => config(each.type, each.name, { annotations: each.annotations }))
        const options = { types: CONFIG_TYPES, keyLevel: true }
        const one = followsOf(subject, { ...options, configs: lookup(...there) })
        expect(followsOf(subject, { ...options, configs: lookup(...there.reverse()) })).toEqual(one)
        expect(one.map((each) => configId(each.config.kind, each.config.name)).sort()).toEqual(
          one.map((each) => configId(each.config.kind, each.config.name)),
        )
      }),
    )
  })

  it('costs no expression for plain names, and holds nothing that is excluded', () => {
    const { exact, patterns } = interestsOf(
      workload({
        annotations: { [NAMES.configMapReload]: 'a,b,web-.*', [EXCLUDE]: 'b' },
        spec: { containers: [{ name: 'app', envFrom: [{ configMapRef: { name: 'c' } }] }] },
      }),
    )
    expect(exact.map(parseConfigId)).toEqual([{ type: 'ConfigMap', name: 'a' }])
    expect(patterns.map(({ type, pattern: { text } }) => [type, text])).toEqual([['ConfigMap', 'web-.*']])
  })
})
