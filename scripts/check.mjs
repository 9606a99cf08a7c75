// `npm run check`: format, lint, types, import direction and docs tables, in that order; the first failure is the exit code.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const steps = [
  ['format and lint', 'node_modules/.bin/biome', ['check', '--error-on-warnings', '.']],
  ['types', 'node_modules/.bin/tsc', ['-p', '.']],
  ['import direction', 'node', ['scripts/check-imports.mjs']],
  ['docs tables', 'node', ['scripts/run-ts.mjs', 'scripts/check-docs.ts']],
]

for (const [name, command, args] of steps) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) {
    console.error(`check failed: ${name}`)
    process.exit(1)
  }
}
console.log('check passed: format, lint, types, import direction, docs tables')
