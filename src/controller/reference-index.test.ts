import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { config, type PodSpec, workload } from '../../test/builders.ts'
import { followsOf } from '../decide/match.ts'
import { CONFIG_TYPES, type Config } from '../types/config.ts'
import { refKey } from '../types/object.ts'
import type { Workload } from '../types/workload.ts'
import { createReferenceIndex } from './reference-index.ts'

const AUTO = { 'reloader.stakater.com/auto': 'true' }
const LIST = 'configmap.reloader.stakater.com/reload'

function uses(...names: readonly string[]): PodSpec {
  return {
    containers: [{ name: 'app', envFrom: names.map((name) => ({ configMapRef: { name } })) }],
  }
}

function named(name: string, annotations: Readonly<Record<string, string>>, ...used: readonly string[]) {
  return workload({ metadata: { name }, annotations, spec: uses(...used) })
}

const conf = (name: string) => ({ kind: 'ConfigMap', namespace: 'shop', name }) as const

describe('a reference index', () => {
  it('finds the workloads that reference or list a config, each once', () => {
    const index = createReferenceIndex()
    index.set(named('web', AUTO, 'conf', 'other'))
    index.set(named('api', { ...AUTO, [LIST]: 'conf' }, 'conf'))
    index.set(named('db', AUTO, 'other'))
    expect([...index.followersOf(conf('conf'))].sort()).toEqual([
      'Deployment/shop/api',
      'Deployment/shop/web',
    ])
    expect([...index.followersOf(conf('unknown'))]).toEqual([])
    expect([...index.followersOf({ ...conf('conf'), namespace: 'elsewhere' })]).toEqual([])
    expect([...index.followersOf({ ...conf('conf'), kind: 'Secret' })]).toEqual([])
  })

  it('finds workloads by their expressions, in their own namespace and type only', () => {
    const index = createReferenceIndex()
    index.set(named('web', { [LIST]: 'conf-.*' }))
    expect(index.hasFollowers(conf('conf-1'))).toBe(true)
    expect(index.hasFollowers(conf('other'))).toBe(false)
    expect(index.hasFollowers({ ...conf('conf-1'), kind: 'Secret' })).toBe(false)
    expect(index.hasFollowers({ ...conf('conf-1'), namespace: 'elsewhere' })).toBe(false)
  })

  it('forgets what a workload followed before, and a workload that opted out or is gone', () => {
    const index = createReferenceIndex()
    index.set(named('web', { ...AUTO, [LIST]: 'old.*' }, 'old'))
    index.set(named('web', AUTO, 'new'))
    expect([index.hasFollowers(conf('old')), index.hasFollowers(conf('old-1'))]).toEqual([false, false])
    expect(index.hasFollowers(conf('new'))).toBe(true)
    index.set(named('web', {}, 'new'))
    expect(index.hasFollowers(conf('new'))).toBe(false)
    index.set(named('web', { [LIST]: 'new.*' }, 'new'))
    index.delete('Deployment/shop/web')
    index.delete('Deployment/shop/web')
    expect(index.hasFollowers(conf('new'))).toBe(false)
  })
})

const NAME = fc.constantFrom('conf', 'conf-1', 'conf-2', 'other')
const LISTED = fc.constantFrom('conf', 'conf-.*', '.*', 'other,conf-1', '', 'conf-[12]', '([')
const WORD = fc.constantFrom('true', 'false', '')

const WORKLOAD: fc.Arbitrary<Workload> = fc
  .record({
    name: fc.constantFrom('web', 'api'),
    used: fc.uniqueArray(NAME, { maxLength: 3 }),
    annotations: fc.dictionary(
      fc.constantFrom(
        'reloader.stakater.com/auto',
        'configmap.reloader.stakater.com/auto',
        'reloader.stakater.com/search',
      ),
      WORD,
      { noNullPrototype: true },
    ),
    lists: fc.dictionary(fc.constantFrom(LIST, 'configmaps.exclude.reloader.stakater.com/reload'), LISTED, {
      noNullPrototype: true,
    }),
    autoReloadAll: fc.boolean(),
  })
  .map(({ name, used, annotations, lists, autoReloadAll }) =>
    workload(
      { metadata: { name }, annotations: { ...annotations, ...lists }, spec: uses(...used) },
      { autoReloadAll },
    ),
  )

const CONFIG: fc.Arbitrary<Config> = fc
  .record({ name: NAME, ignore: fc.boolean(), match: fc.boolean() })
  .map(({ name, ignore, match }) =>
    config('ConfigMap', name, {
      annotations: {
        ...(ignore ? { 'reloader.stakater.com/ignore': 'true' } : {}),
        ...(match ? { 'reloader.stakater.com/match': 'true' } : {}),
      },
    }),
  )

describe('any history of a reference index', () => {
  it('finds every config that a workload follows', () => {
    const configs = fc.uniqueArray(CONFIG, { selector: ({ ref }) => ref.name })
    fc.assert(
      fc.property(fc.array(WORKLOAD, { minLength: 1, maxLength: 6 }), configs, (history, present) => {
        const index = createReferenceIndex()
        for (const each of history) index.set(each)
        const last = new Map(history.map((each) => [refKey(each.ref), each]))
        const lookup = {
          get: ({ kind, name }: Config['ref']) =>
            present.find(({ ref }) => ref.kind === kind && ref.name === name),
          list: (type: string) => present.filter(({ ref }) => ref.kind === type),
        }
        for (const [key, each] of last) {
          for (const follow of followsOf(each, { configs: lookup, types: CONFIG_TYPES, keyLevel: true })) {
            const found = [...index.followersOf(follow.config)]
            expect(found.filter((other) => other === key)).toEqual([key])
          }
        }
      }),
      { numRuns: 100 },
    )
  })
})
