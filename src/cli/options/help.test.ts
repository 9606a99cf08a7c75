import { expect, test } from 'vitest'
import { CLEANUP_FLAGS } from '../cleanup/cleanup-flags.ts'
import { cleanupHelpText } from '../cleanup/cleanup-help.ts'
import { TERMINAL_WIDTH } from '../wrap.ts'
import { COMMANDS } from './command-line.ts'
import { FLAGS } from './flag-table.ts'
import { helpText } from './help.ts'
import { VARIABLES } from './variable-table.ts'

const text = helpText({
  flags: Object.values(FLAGS),
  variables: Object.values(VARIABLES),
  commands: COMMANDS,
})

test('no line is wider than a terminal', () => {
  const lines = `${text}${cleanupHelpText()}`.split('\n')
  expect(lines.filter((line) => line.length > TERMINAL_WIDTH)).toEqual([])
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

test('every command is there, and its help has its own flags', () => {
  for (const name of Object.keys(COMMANDS)) expect(text).toContain(`\n  ${name}\n`)
  const cleanup = cleanupHelpText()
  for (const { name } of Object.values(CLEANUP_FLAGS))
    expect(cleanup).toContain(`\n  --${name}[=true|false]\n`)
  expect(cleanup).toContain('Usage: reloader cleanup [flags]')
})
