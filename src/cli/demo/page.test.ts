import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPage, createPaint, WIDTH, wantsColour, widthOf, wrap } from './page.ts'

test('no line is longer than 80 columns, and no word is lost', () => {
  const word = fc
    .string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
    .map((text) => text.replace(/\s/g, '-'))
  fc.assert(
    fc.property(fc.array(word), (words) => {
      const lines = wrap(words.join(' '), { first: '  first ', next: '      ' })
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(WIDTH)
      const text = lines.join(' ').replace('  first ', '').replace(/\s+/g, ' ').trim()
      expect(text).toBe(words.join(' ').trim())
    }),
  )
})

test('a word that fits no line is cut', () => {
  expect(wrap('a'.repeat(100))).toEqual([`${'a'.repeat(79)}…`])
})

test('colours take no room', () => {
  const paint = createPaint(true)
  expect(paint('good', 'yes')).toBe('\x1b[32myes\x1b[39m')
  expect(widthOf(paint('bad', 'no'))).toBe(2)
  expect(createPaint(false)('bad', 'no')).toBe('no')
})

test('there are colours on a terminal only, and not where NO_COLOR asks for none', () => {
  expect(wantsColour(true, {})).toBe(true)
  expect(wantsColour(true, { NO_COLOR: '' })).toBe(true)
  expect(wantsColour(true, { NO_COLOR: '1' })).toBe(false)
  expect(wantsColour(true, { TERM: 'dumb' })).toBe(false)
  expect(wantsColour(false, {})).toBe(false)
})

test('what happens is timed from the heading before it', () => {
  const lines: string[] = []
  let now = 5_000
  const page = createPage({ coloured: false, write: (line) => lines.push(line), now: () => now })
  page.heading('An act')
  now += 1_240
  page.happened('something')
  page.gap()
  page.gap()
  page.verdict(true, 'good')
  expect(lines).toEqual([`── An act ${'─'.repeat(70)}`, '   1.2s  something', '', '      ✓  good'])
})
