import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { config, deployment, reduced, uidOf, workload } from '../../test/builders.ts'
import { formatStamp, joinStamps, parseStamps } from '../decide/stamps/stamp.ts'
import { stampChangeOf } from '../decide/stamps/stamp-change.ts'
import type { EnvVar } from '../decide/template/pod-template.ts'
import { isObject, type Json, type JsonObject } from '../embedded/object/json.ts'
import { strategicMergePatch } from '../embedded/patch/strategic-merge-patch.ts'
import { structOf } from '../embedded/schema/schema.ts'
import type { KubeObject } from '../types/object.ts'
import type { Follow, StampEntry } from '../types/plan.ts'
import type { ReloadStrategy } from '../types/settings.ts'
import type { StampChange, Workload } from '../types/workload.ts'
import { rolloutPatch } from './patch.ts'

const NO_CHANGE: StampChange = { set: [], remove: [], annotations: {}, recordFirst: false }

function json(value: unknown): JsonObject {
  const parsed: Json = JSON.parse(JSON.stringify(value))
  if (!isObject(parsed)) throw new Error('Cannot patch: not an object')
  return parsed
}

describe('rolloutPatch', () => {
  it('names the object and the version that it was planned from, and nothing else that is not a stamp', () => {
    const change = { ...NO_CHANGE, set: [{ container: 'app', name: 'STAKATER_A_CONFIGMAP', value: 'v' }] }
    expect(rolloutPatch(workload(), change)).toEqual({
      metadata: { uid: 'web-uid', resourceVersion: '100' },
      spec: {
        template: {
          spec: { containers: [{ name: 'app', env: [{ name: 'STAKATER_A_CONFIGMAP', value: 'v' }] }] },
        },
      },
    })
  })

  it('takes variables out of containers and init containers', () => {
    const remove = [
      { container: 'side', name: 'B', value: '' },
      { container: 'side', name: 'A', value: '' },
      { container: 'side', name: 'A', value: 'twice' },
      { container: 'setup', name: 'A', value: '', init: true as const },
    ]
    expect(rolloutPatch(workload(), { ...NO_CHANGE, remove })).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'side',
                env: [
                  { name: 'A', $patch: 'delete' },
                  { name: 'B', $patch: 'delete' },
                ],
              },
            ],
            initContainers: [{ name: 'setup', env: [{ name: 'A', $patch: 'delete' }] }],
          },
        },
      },
    })
  })

  it('sets and takes out annotations', () => {
    const annotations = { 'reloader.stakater.com/last-reloaded-from': null }
    expect(rolloutPatch(workload(), { ...NO_CHANGE, annotations })).toMatchObject({
      spec: { template: { metadata: { annotations } } },
    })
  })

  it('is the same bytes for the same change, in whatever order its parts come', () => {
    const variables = ['c', 'a', 'b'].map((container) => ({ container, name: 'A', value: 'v' }))
    const one = rolloutPatch(workload(), { ...NO_CHANGE, set: variables })
    expect(JSON.stringify(rolloutPatch(workload(), { ...NO_CHANGE, set: variables.reverse() }))).toBe(
      JSON.stringify(one),
    )
  })
})

describe('a roll on its own result', () => {
  const DIGEST = `0123abcd-${'A'.repeat(43)}`
  const SHA1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'
  const AUTO = { 'reloader.stakater.com/auto': 'true' }
  const NAMES = ['a', 'x-y', 'x.y'] as const

  interface Case {
    readonly strategies: readonly ReloadStrategy[]
    readonly brought: readonly string[]
    readonly leftovers: readonly EnvVar[]
    readonly annotation: boolean
  }

  const leftover = fc.record({
    name: fc.constantFrom('STAKATER_A_CONFIGMAP', 'STAKATER_X_Y_CONFIGMAP', 'STAKATER_GONE_SECRET', 'MINE'),
    value: fc.constantFrom(
      SHA1,
      `a-uid.3.a.${DIGEST}`,
      `${uidOf('x.y')}.4.k.${DIGEST}`,
      `gone-uid.5.a.${DIGEST}`,
      'mine',
    ),
  })
  const cases: fc.Arbitrary<Case> = fc.record({
    strategies: fc.array(fc.constantFrom<ReloadStrategy>('env-vars', 'annotations'), {
      minLength: 1,
      maxLength: 3,
    }),
    brought: fc.subarray([...NAMES], { minLength: 1 }),
    leftovers: fc.uniqueArray(leftover, { selector: ({ name }) => name, maxLength: 4 }),
    annotation: fc.boolean(),
  })

  function objectWith({ leftovers, annotation }: Case): KubeObject {
    const envFrom = NAMES.map((name) => ({ configMapRef: { name } }))
    return deployment({
      annotations: AUTO,
      templateAnnotations: annotation ? { 'reloader.stakater.com/last-reloaded-from': '{"hash":"x"}' } : {},
      spec: {
        containers: [
          { name: 'app', envFrom },
          { name: 'side', env: leftovers },
        ],
        initContainers: [{ name: 'setup', env: leftovers }],
      },
    })
  }

  function followOf(name: string): Follow {
    const ref = { kind: 'ConfigMap', namespace: 'shop', name } as const
    return { config: ref, reason: 'Auto', keys: 'all', literal: true, container: 'app' }
  }

  function entriesOf(brought: readonly string[], version: number): readonly StampEntry[] {
    const change = {
      state: 'present',
      resourceVersion: String(version),
      digest: DIGEST,
      dataTime: '2026-01-01T00:00:00Z',
    } as const
    return brought.map((name) => ({ follow: followOf(name), uid: uidOf(name), change }))
  }

  function changeOf(
    subject: Workload,
    stamps: readonly StampEntry[],
    strategy: ReloadStrategy,
  ): StampChange | undefined {
    const configs = NAMES.map((name) => ({
      follow: followOf(name),
      observation: { state: 'present', config: config('ConfigMap', name) } as const,
    }))
    return stampChangeOf({ workload: subject, configs }, { stamps, strategy, written: undefined })
  }

  /** What an API server makes of the patch. */
  function patched(object: KubeObject, patch: object): KubeObject {
    const { resourceVersion } = object.metadata
    const merged: unknown = strategicMergePatch(json(object), json(patch), structOf('Deployment'))
    const result = merged as KubeObject
    return {
      ...result,
      metadata: {
        ...result.metadata,
        resourceVersion: String(Number(resourceVersion) + 1),
        generation: Number(resourceVersion),
      },
    }
  }

  it('has happened; its stamps read back, and nothing else of the template was touched', () => {
    fc.assert(
      fc.property(cases, (each) => {
        let object = objectWith(each)
        let subject = reduced(object)
        const { hash } = subject.templates.at(-1) ?? {}
        for (const [index, strategy] of each.strategies.entries()) {
          const stamps = entriesOf(each.brought, 10 + index)
          const change = changeOf(subject, stamps, strategy)
          if (change === undefined) throw new Error('Cannot roll: nothing to change')
          object = patched(object, rolloutPatch(subject, change))
          subject = reduced(object, { previous: subject })
          const texts = parseStamps(subject.stamps).map((stamp) =>
            stamp.deleted ? '' : `${stamp.uid}.${stamp.resourceVersion}`,
          )
          for (const name of each.brought) expect(texts).toContain(`${uidOf(name)}.${10 + index}`)
          expect(changeOf(subject, stamps, strategy)).toBeUndefined()
          expect(subject.templates.map((version) => version.hash)).toEqual([hash])
          expect(subject.stamps.annotation === undefined).toBe(strategy === 'env-vars')
        }
        const [last] = each.strategies.slice(-1)
        if (last === 'annotations') expect(subject.stamps.variables).toEqual([])
      }),
    )
  })

  it('leaves one variable for each config, in the container that uses it, and none of configs not followed', () => {
    fc.assert(
      fc.property(cases, (each) => {
        const subject = reduced(objectWith(each))
        const stamps = entriesOf([...NAMES], 10)
        const change = changeOf(subject, stamps, 'env-vars')
        const object = patched(objectWith(each), rolloutPatch(subject, change ?? NO_CHANGE))
        const { variables } = reduced(object).stamps
        expect(variables.map(({ container, name }) => [container, name])).toEqual([
          ['app', 'STAKATER_A_CONFIGMAP'],
          ['app', 'STAKATER_X_Y_CONFIGMAP'],
        ])
        expect(variables[1]?.value).toBe(joinStamps(stamps.slice(1).map(formatStamp)))
      }),
    )
  })
})
