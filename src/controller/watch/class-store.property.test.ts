import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Rotations, type Step } from '../../../test/model/rotations.ts'

const pod = fc.nat({ max: 2 })
const common: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('provide', 'start', 'replace', 'lose', 'list', 'look') }),
  fc.record({ do: fc.constantFrom('rotate', 'stop'), pod }),
)
const restart = fc.constant<Step>({ do: 'restart' })
const label: fc.Arbitrary<Step> = fc.record({ do: fc.constant('label'), pod })
/** A list that is the first cannot tell a later edit from the change itself, so edits and restarts do not come together. */
const steps = fc.oneof(
  fc.array(fc.oneof({ arbitrary: common, weight: 7 }, restart), { minLength: 3, maxLength: 25 }),
  fc.array(fc.oneof({ arbitrary: common, weight: 7 }, label), { minLength: 3, maxLength: 25 }),
)
/** Two pods are there, and known. */
const BEGINNING: readonly Step[] = [{ do: 'start' }, { do: 'start' }, { do: 'look' }]
/** What came of the steps once everything has come to rest. */
function outcomeOf(later: readonly Step[]): Rotations {
  const world = new Rotations()
  for (const each of [...BEGINNING, ...later]) world.take(each)
  world.finish()
  return world
}

it('a rotation makes at most one roll, however pods rotate, start and go, seen or not; all else makes none', () => {
  fc.assert(
    fc.property(steps, (steps) => {
      const { rolls, rotatedTo } = outcomeOf(steps)
      expect(rolls).toBeLessThanOrEqual(rotatedTo.size)
    }),
    { numRuns: 1500 },
  )
})

it('no pod is left with other files than it began with', () => {
  fc.assert(
    fc.property(steps, (steps) => {
      expect(outcomeOf(steps).stale).toEqual([])
    }),
    { numRuns: 1500 },
  )
})
