import { describe, expect, it } from 'vitest'
import { isObjectName } from './object-name.ts'

describe('isObjectName', () => {
  it.each(['a', '0', 'my-config', 'my.app-config', 'a--b', 'kube-root-ca.crt', 'x'.repeat(253)])(
    'takes %j',
    (name) => {
      expect(isObjectName(name)).toBe(true)
    },
  )

  it.each([
    '',
    'My',
    'a_b',
    '-a',
    'a-',
    '.a',
    'a.',
    'a..b',
    'a.-b',
    'a-.b',
    'a b',
    'a/b',
    'é',
    'x'.repeat(254),
  ])('refuses %j', (name) => {
    expect(isObjectName(name)).toBe(false)
  })
})
