import { expect, test } from 'vitest'
import { DEFAULT_ANNOTATION_NAMES as names } from './annotation-names.ts'
import { patternsOf } from './patterns.ts'
import { settingsOf } from './settings.ts'

function fingerprint(list: string): string | undefined {
  const metadata = { [names.configMapReload]: list }
  return patternsOf(settingsOf({ metadata, template: undefined }, { names, autoReloadAll: false }))
}

test('lists of plain names have no fingerprint', () => {
  expect(fingerprint('a,b-c')).toBeUndefined()
})

test.each(['a.*', 'my.conf'])('%s has one, because it matches more names than its own', (list) => {
  expect(fingerprint(list)).toMatch(/^[\w-]{16}$/)
})

test('the order of the entries and plain names beside them change nothing', () => {
  expect(fingerprint('a.*,b.*')).toBe(fingerprint('b.*, plain ,a.*'))
  expect(fingerprint('a.*')).not.toBe(fingerprint('a.*,b.*'))
})
