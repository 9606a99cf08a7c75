import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toApiObject } from '../../object/api-object.ts'
import {
  limitsOf,
  newestSize,
  oldSizes,
  proportionalSizes,
  type SizedReplicaSet,
} from './rolling-arithmetic.ts'

function limits(replicas: number, maxSurge: string | number, maxUnavailable: string | number) {
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } }
  const spec = { replicas, strategy }
  const { maxSurge: surge, maxUnavailable: unavailable } = limitsOf(
    toApiObject({ kind: 'Deployment', apiVersion: 'apps/v1', spec }),
  )
  return [surge, unavailable]
}

test.each([
  [3, '25%', '25%', [1, 0]],
  [4, '25%', '25%', [1, 1]],
  [10, '25%', '25%', [3, 2]],
  [1, '25%', '25%', [1, 0]],
  [0, '25%', '25%', [0, 0]],
  [3, 0, 0, [0, 1]],
  [3, 0, '10%', [0, 1]],
  [3, 2, 5, [2, 3]],
  [10, '100%', '0%', [10, 0]],
] as const)('%i replicas, surge %s, unavailable %s: %j', (replicas, surge, unavailable, expected) => {
  expect(limits(replicas, surge, unavailable)).toEqual(expected)
})

test('a Deployment that is recreated has neither', () => {
  const spec = { replicas: 3, strategy: { type: 'Recreate' } }
  expect(limitsOf(toApiObject({ kind: 'Deployment', apiVersion: 'apps/v1', spec }))).toEqual({
    desired: 3,
    maxSurge: 0,
    maxUnavailable: 0,
  })
})

function sized(name: string, replicas: number, available = replicas): SizedReplicaSet {
  return { name, replicas, available }
}

test.each([
  [10, 0, 0, 0, 10],
  [10, 2, 8, 0, 4],
  [10, 2, 12, 0, 0],
  [10, 2, 10, 2, 2],
  [10, 2, 0, 12, 10],
])(
  'of %i, with a surge of %i and %i old ones, %i new ones become %i',
  (desired, maxSurge, old, newest, expected) => {
    const rollout = { desired, maxSurge, maxUnavailable: 0 }
    expect(newestSize(newest, [sized('old', old)], rollout)).toBe(expected)
  },
)

// Pairs are replicas and how many of them are available.
test.each([
  [10, 0, [0, 0], [10, 10], 10],
  [10, 2, [0, 0], [10, 10], 8],
  [10, 2, [0, 0], [10, 8], 8],
  [10, 2, [2, 0], [8, 8], 8],
  [10, 2, [2, 2], [8, 8], 6],
  [10, 0, [5, 5], [6, 6], 5],
  [10, 2, [0, 0], [12, 10], 8],
] as const)(
  'of %i, %i may be missing: new %j, old %j become %i',
  (desired, maxUnavailable, newest, old, expected) => {
    const [result] = oldSizes(sized('new', newest[0], newest[1]), [sized('old', old[0], old[1])], {
      desired,
      maxSurge: 0,
      maxUnavailable,
    })
    expect(result?.replicas).toBe(expected)
  },
)

test('what is not available goes first, then the oldest', () => {
  const old = [sized('a', 3), sized('b', 3, 1)]
  const result = oldSizes(sized('new', 4), old, { desired: 8, maxSurge: 2, maxUnavailable: 2 })
  expect(result.map(({ name, replicas }) => `${name}${replicas}`)).toEqual(['a1', 'b1'])
})

// Sizes oldest first, the surge, the desired number before and after, the sizes expected.
test.each([
  [[5, 5], 0, 10, 12, [6, 6]],
  [[5, 5], 0, 10, 6, [3, 3]],
  [[5, 5], 2, 10, 20, [9, 13]],
  [[50, 50], 0, 100, 0, [0, 0]],
  [[1, 9], 0, 10, 5, [1, 4]],
] as const)(
  'sizes %j with a surge of %i, scaled from %i to %i, become %j',
  (sizes, maxSurge, before, desired, expected) => {
    const active = sizes.map((replicas, index) => sized(`rs${index}`, replicas))
    const result = proportionalSizes(active, {
      limits: { desired, maxSurge, maxUnavailable: 0 },
      maxBefore: () => before + maxSurge,
    })
    const byName = result.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ replicas }) => replicas)
    expect(byName).toEqual(expected)
  },
)

const counts = fc.integer({ min: 0, max: 30 })

test('proportional sizes add up to what is allowed, and none is negative', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 5 })
  fc.assert(
    fc.property(sizes, counts, counts, (present, desired, maxSurge) => {
      const active = present.map((replicas, index) => sized(`rs${index}`, replicas))
      const total = present.reduce((sum, each) => sum + each, 0)
      const result = proportionalSizes(active, {
        limits: { desired, maxSurge, maxUnavailable: 0 },
        maxBefore: () => total,
      })
      const sum = result.reduce((so, { replicas }) => so + replicas, 0)
      expect(sum).toBe(desired === 0 ? 0 : desired + maxSurge)
      for (const { replicas } of result) expect(replicas).toBeGreaterThanOrEqual(0)
    }),
  )
})

test('every rollout ends, and on its way is never above the surge nor below what must be available', () => {
  const strategies = fc.record({
    desired: fc.integer({ min: 1, max: 20 }),
    maxSurge: counts,
    maxUnavailable: counts,
  })
  const luck = fc.infiniteStream(fc.boolean())
  fc.assert(
    fc.property(strategies, luck, (given, becomesAvailable) => {
      const maxUnavailable = Math.min(
        given.desired,
        given.maxSurge === 0 ? Math.max(1, given.maxUnavailable) : given.maxUnavailable,
      )
      const rollout = { ...given, maxUnavailable }
      let [old, newest] = [sized('old', given.desired), sized('new', 0)]
      for (let turn = 0; newest.available < given.desired || old.replicas > 0; turn += 1) {
        expect(turn).toBeLessThan(2000)
        const grown = newestSize(newest.replicas, [old], rollout)
        const [shrunk = old] = grown > newest.replicas ? [old] : oldSizes(newest, [old], rollout)
        old = { ...shrunk, available: Math.min(shrunk.replicas, old.available) }
        newest = { ...newest, replicas: grown }
        expect(old.replicas + newest.replicas).toBeLessThanOrEqual(given.desired + given.maxSurge)
        expect(old.available + newest.available).toBeGreaterThanOrEqual(given.desired - maxUnavailable)
        const { value } = becomesAvailable.next()
        if (value === true && newest.available < newest.replicas)
          newest = { ...newest, available: newest.available + 1 }
      }
    }),
    { numRuns: 200 },
  )
})
