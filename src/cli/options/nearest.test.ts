import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editDistance, nearest } from './nearest.ts'

test('a small slip finds the word, a large one finds none', () => {
  const words = ['settle', 'settle-max', 'namespaces', 'is-Argo-Rollouts']
  expect(nearest('setle', words)).toBe('settle')
  expect(nearest('namespace', words)).toBe('namespaces')
  expect(nearest('is-argo-rollouts', words)).toBe('is-Argo-Rollouts')
  expect(nearest('frobnicate', words)).toBeUndefined()
  expect(nearest('x', [])).toBeUndefined()
})

test('the distance is symmetric, and zero only for equal words', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a))
      expect(editDistance(a, b) === 0).toBe(a === b)
    }),
  )
})
