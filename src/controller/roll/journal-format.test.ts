import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { formatEntry, JOURNAL_FORMAT, parseEntry } from './journal-format.ts'

function fixture(format: number): string {
  const path = new URL(`../../../test/fixtures/journal/format-${format}.json`, import.meta.url)
  return readFileSync(path, 'utf8')
}

describe('an entry of the journal', () => {
  it.each(Array.from({ length: JOURNAL_FORMAT }, (_, i) => i + 1))('is read in format %i', (format) => {
    const entry = parseEntry(fixture(format))
    expect(entry.manifest).toEqual(JSON.parse(fixture(format)).manifest)
    expect(parseEntry(formatEntry(entry))).toEqual(entry)
  })

  it('is still written as the fixture says', () => {
    expect(JSON.parse(formatEntry(parseEntry(fixture(JOURNAL_FORMAT))))).toEqual(
      JSON.parse(fixture(JOURNAL_FORMAT)),
    )
  })

  it.each(['', '{}', 'null', '{"format":2,"uid":"u","resourceVersion":"1","manifest":{}}', '{"secret'])(
    'is not guessed at, nor quoted: %s',
    (text) => {
      expect(() => parseEntry(text)).toThrow(/^it (has another format|is not valid JSON)$/)
    },
  )
})
