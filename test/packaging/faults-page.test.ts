// docs/faults.md claims nothing that no test shows: each row names a file and the title of a test in it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const docs = join(import.meta.dirname, '..', '..', 'docs')
const rows = readFileSync(join(docs, 'faults.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (With the incumbent|-+)/.test(line))

test.each(rows)('a test shows what the row says: %s', (row) => {
  const [, file, title] = /\]\((\.\.\/[^)]+\.test\.ts)\): "([^"]+)" *\|$/.exec(row) ?? []
  expect([file, title]).not.toContain(undefined)
  expect(readFileSync(join(docs, file ?? ''), 'utf8')).toContain(title)
})

test('there are rows', () => {
  expect(rows.length).toBeGreaterThan(40)
})
