import { expect, test } from 'vitest'
import { canonicalQuantity } from './quantity.ts'

test.each([
  ['1', '1'],
  ['0', '0'],
  ['0m', '0'],
  ['-0', '0'],
  ['1000m', '1'],
  ['1500m', '1500m'],
  ['0.5', '500m'],
  ['.5', '500m'],
  ['1.', '1'],
  ['1000', '1k'],
  ['1500', '1500'],
  ['1e3', '1e3'],
  ['12E6', '12e6'],
  ['1E', '1E'],
  ['1024', '1024'],
  ['1024Ki', '1Mi'],
  ['1.5Gi', '1536Mi'],
  ['0.5Mi', '512Ki'],
  ['0.5Ki', '512'],
  ['1Gi', '1Gi'],
  ['-1000m', '-1'],
  ['+2', '2'],
  ['0.0000000001', '1n'],
])('%s is %s', (text, canonical) => {
  expect(canonicalQuantity(text)).toBe(canonical)
})

test.each(['', 'x', '1x', '1 Gi', 'Gi', '1ki', '1e'])('"%s" is no quantity', (text) => {
  expect(canonicalQuantity(text)).toBeUndefined()
})
