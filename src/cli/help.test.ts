import { expect, test } from 'vitest'
import { FLAGS } from './flag-table.ts'
import { HELP_WIDTH, helpText } from './help.ts'
import { VARIABLES } from './variable-table.ts'

const text = helpText({ flags: Object.values(FLAGS), variables: Object.values(VARIABLES) })

test('no line is wider than a terminal', () => {
  expect(text.split('\n').filter((line) => line.length > HELP_WIDTH)).toEqual([])
})

test('every flag is there with its default', () => {
  for (const { name, defaultText, bare } of Object.values(FLAGS)) {
    expect(text).toMatch(new RegExp(`^ {2}--${name}[=\\[]`, 'm'))
    if (bare === undefined) expect(text.replace(/\s+/g, ' ')).toContain(defaultText)
  }
})

test('every variable that does something is there', () => {
  for (const { name, since } of Object.values(VARIABLES)) {
    expect(text.includes(`\n  ${name}\n`)).toBe(since !== 'ignored')
  }
})
