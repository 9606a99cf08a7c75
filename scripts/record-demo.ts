// Plays the demo once and writes what was seen: the picture of the README, and the acts on their page.
// `npm run build && node scripts/run-ts.mjs scripts/record-demo.ts`; src/cli/demo/demo.test.ts finds out when it is due.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ACTS } from '../src/cli/demo/acts.ts'
import { actsMarkdown, withActs } from './demo/acts-page.ts'
import { recordDemo } from './demo/recording.ts'
import { demoSvg } from './demo/svg.ts'

const root = join(import.meta.dirname, '..')
const page = join(root, 'docs', 'demo.md')
const lines = await recordDemo(root)
writeFileSync(join(root, 'docs', 'demo.svg'), demoSvg(lines))
writeFileSync(page, withActs(readFileSync(page, 'utf8'), actsMarkdown(ACTS, lines)))
