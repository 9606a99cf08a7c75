// Holds the imports of src/ against the table of docs/architecture.md: which room may import which, no cycle (of types
// neither: two files that need each other's words are one, or lack a third), no barrel.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const src = join(root, 'src')

const MAY_IMPORT = {
  cli: ['controller', 'kube', 'decide', 'rollout', 'report', 'telemetry', 'embedded', 'net', 'types'],
  controller: ['kube', 'decide', 'rollout', 'report', 'telemetry', 'net', 'types'],
  rollout: ['types'],
  report: ['net', 'types'],
  kube: ['net', 'types'],
  decide: ['types'],
  telemetry: ['types'],
  embedded: ['types'],
  net: [],
  types: [],
}
/** Rooms that may use only these modules from outside the project. */
const ONLY_OUTSIDE = { decide: ['node:crypto', 're2js'], types: [] }
const BANNED_NAMES =
  /^(index|utils?|helpers?|common|managers?|services?|handlers?|processors?|engine|core|base|data|info|misc)\.ts$/

const problems = []
const imports = new Map()
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => join(src, name))

for (const file of files) {
  const name = relative(src, file)
  const room = name.split(/[/\\]/)[0]
  const text = readFileSync(file, 'utf8')
  const targets = []
  if (BANNED_NAMES.test(name.split(/[/\\]/).at(-1)))
    problems.push(`${name}: a file needs a name that says what is in it`)
  for (const [, typeOnly, specifier] of text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/g,
  )) {
    if (!specifier.startsWith('.')) {
      if (room in ONLY_OUTSIDE && !ONLY_OUTSIDE[room].includes(specifier) && !typeOnly) {
        problems.push(`${name}: ${room}/ may not use ${specifier}`)
      }
      continue
    }
    const target = resolve(dirname(file), specifier)
    const targetRoom = relative(src, target).split(/[/\\]/)[0]
    if (targetRoom === '..') problems.push(`${name}: src/ may not import ${specifier} from outside`)
    else if (!existsSync(target)) problems.push(`${name}: ${specifier} does not exist`)
    else if (targetRoom !== room && !MAY_IMPORT[room]?.includes(targetRoom)) {
      problems.push(`${name}: ${room}/ may not import ${targetRoom}/ (${specifier})`)
    } else targets.push(target)
  }
  if (room === 'decide' && /\basync\b|\bawait\b/.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''))) {
    problems.push(`${name}: decide/ has no async and no await`)
  }
  imports.set(file, targets)
}

const seen = new Map()
/** Depth-first walk that reports the first cycle through a file. */
function walk(file, path) {
  const state = seen.get(file)
  if (state === 'done') return
  if (state === 'open') {
    const cycle = [...path.slice(path.indexOf(file)), file].map((each) => relative(src, each)).join(' -> ')
    problems.push(`import cycle: ${cycle}`)
    return
  }
  seen.set(file, 'open')
  for (const target of imports.get(file) ?? []) walk(target, [...path, file])
  seen.set(file, 'done')
}
for (const file of files) walk(file, [])

for (const problem of problems) console.error(problem)
process.exit(problems.length === 0 ? 0 : 1)
