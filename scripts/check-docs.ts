// Holds the documentation against the code: every flag, variable, metric, annotation, reason and permission has its row,
// no row is about something that does not exist, and every link leads somewhere.
// `node scripts/run-ts.mjs scripts/check-docs.ts --write` writes the tables that are made from the code.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { CLEANUP_FLAGS } from '../src/cli/cleanup/cleanup-flags.ts'
import { COMMANDS } from '../src/cli/options/command-line.ts'
import { FLAG_GROUPS, type Flag } from '../src/cli/options/flag.ts'
import { FLAGS } from '../src/cli/options/flag-table.ts'
import { helpText } from '../src/cli/options/help.ts'
import { VARIABLES, type Variable } from '../src/cli/options/variable-table.ts'
import { cleanupRights } from '../src/cli/rights/cleanup-rights.ts'
import { resourceText } from '../src/cli/rights/right.ts'
import * as annotations from '../src/decide/settings/annotation-names.ts'
import { createMetrics } from '../src/telemetry/metrics.ts'
import { CUSTOM_KINDS } from '../test/scenarios/harness/kinds.ts'
import { documentedPermissions } from '../test/scenarios/harness/permissions.ts'

const root = join(import.meta.dirname, '..')
const write = process.argv.includes('--write')
const problems: string[] = []

const flags: readonly Flag<unknown>[] = Object.values(FLAGS)
const variables: readonly Variable<unknown>[] = Object.values(VARIABLES)

checkTable('docs/flags.md', 'flags', flagTables())
checkTable('docs/flags.md', 'variables', variableTable())
checkTable('docs/flags.md', 'cleanup', cleanupFlagTable())
checkTable('docs/permissions.md', 'cleanup', cleanupRightsTable())
checkTable('docs/metrics.md', 'metrics', metricTable())
checkHelp()
checkRows('docs/annotations.md', annotationNames())
checkRows('docs/reasons.md', reasons())
checkPermissions()
for (const file of markdownFiles()) {
  checkLinks(file)
  checkPaths(file)
  checkExamples(file)
}
checkComparison()

for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1

function read(file: string): string {
  const path = join(root, file)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

/** The text between `<!-- name: ... -->` and `<!-- end of name -->` is made from the code, up to its formatting. */
function checkTable(file: string, name: string, table: string): void {
  const text = read(file)
  const block = new RegExp(`(<!-- ${name}: [^>]*-->\n)([\\s\\S]*?)(<!-- end of ${name} -->)`)
  const [, start = '', present, end = ''] = block.exec(text) ?? []
  if (present === undefined) problems.push(`${file}: the marks of the table "${name}" are missing`)
  else if (unformatted(present) === unformatted(table)) return
  else if (write)
    writeFileSync(
      join(root, file),
      text.replace(block, () => `${start}\n${table}\n${end}`),
    )
  else problems.push(`${file}: the table "${name}" is not what the code says; run this script with --write`)
}

/** The formatter pads the cells of a table; that is no difference. */
function unformatted(markdown: string): string {
  return markdown.replace(/-{3,}/g, '---').replace(/\s+/g, ' ').trim()
}

function flagTables(): string {
  return FLAG_GROUPS.map((group) => {
    const rows = flags.filter((flag) => flag.group === group).map(flagRow)
    return [`### ${group}`, '', ...tableOf(['Flag', 'Value', 'Default', 'Meaning', 'Origin'], rows)].join(
      '\n',
    )
  }).join('\n')
}

function flagRow(flag: Flag<unknown>): readonly string[] {
  const { name, type, bare, defaultText, help, source, since } = flag
  const shownDefault = flag.default === false ? 'false' : defaultText
  const value = bare === undefined ? type : 'bool'
  const meaning = since === 'later' ? `${help}. **Not in this build yet**` : help
  return [`\`--${name}\``, value, shownDefault === '' ? '' : `\`${shownDefault}\``, meaning, source]
}

function variableTable(): string {
  const rows = variables.map(({ name, help, source, since }) => {
    const suffix = since === 'later' ? '. **Not in this build yet**' : since === 'ignored' ? '. Ignored' : ''
    return [`\`${name}\``, `${help}${suffix}`, source]
  })
  return tableOf(['Variable', 'Meaning', 'Origin'], rows).join('\n')
}

function cleanupFlagTable(): string {
  const rows = Object.values(CLEANUP_FLAGS).map(({ name, help }) => [`\`--${name}\``, help])
  return tableOf(['Flag', 'Meaning'], rows).join('\n')
}

function cleanupRightsTable(): string {
  const rights = cleanupRights({ name: 'reloader', stamps: true, selectsNamespaces: true })
  const withStamps = cleanupRights({ name: 'reloader', stamps: false, selectsNamespaces: true })
  const always = new Set(withStamps.map(resourceText))
  const rows = rights.map((right) => {
    const named = right.name === undefined ? '' : ` named \`${right.name.replace(/^reloader\b/, '<name>')}\``
    const where = right.place === 'own' ? 'the namespace of the installation' : 'every namespace it looks at'
    const condition = right.resource === 'namespaces' ? '--namespace-selector' : '--stamps'
    const when = right.resource !== 'namespaces' && always.has(resourceText(right)) ? '' : `\`${condition}\``
    return [where, `\`${resourceText(right)}\`${named}`, right.verbs.join(', '), when, right.without]
  })
  return tableOf(['Where', 'Resource', 'Verbs', 'Only with', 'Without'], rows).join('\n')
}

function metricTable(): string {
  const { declarations } = createMetrics({ byNamespace: true, version: '', commit: '' })
  const rows = declarations.map(({ name, type, labels, help }) => {
    return [`\`${name}\``, type, labels.map((label) => `\`${label}\``).join(' '), help]
  })
  return tableOf(['Metric', 'Type', 'Labels', 'Meaning'], rows).join('\n')
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${head.map(() => ' --- |').join('')}`, ...rows.map(line), '']
}

function checkHelp(): void {
  const help = helpText({ flags, variables, commands: COMMANDS })
  for (const { name } of flags) {
    if (!help.includes(`\n  --${name}`)) problems.push(`--help: --${name} is missing`)
  }
}

/** Every name has a table row that begins with it in code quotes, and every such row is about one of them. */
function checkRows(file: string, names: readonly string[]): void {
  const rows = [...read(file).matchAll(/^\| `([^`]+)`/gm)].map(([, name = '']) => name)
  for (const name of names) if (!rows.includes(name)) problems.push(`${file}: there is no row for ${name}`)
  for (const row of rows) if (!names.includes(row)) problems.push(`${file}: ${row} is not in the code`)
}

function annotationNames(): readonly string[] {
  const { DEFAULT_ANNOTATION_NAMES, EXCLUDE_ANNOTATIONS, OWN_LABELS: _labels, ...others } = annotations
  const single = Object.values(others).filter((each) => typeof each === 'string')
  return [...Object.values(DEFAULT_ANNOTATION_NAMES), ...Object.values(EXCLUDE_ANNOTATIONS), ...single]
}

/** The members of the union type, which exists only in the source text. */
function reasons(): readonly string[] {
  const [, union = ''] = /export type Reason =\n([\s\S]*?)\n\n/.exec(read('src/types/plan.ts')) ?? []
  const found = [...union.matchAll(/\| '(\w+)'/g)].map(([, reason = '']) => reason)
  if (found.length === 0) problems.push('src/types/plan.ts: the reasons cannot be found')
  return found
}

/** The rules of the manifest in docs/permissions.md are those that the scenarios run the controller with. */
function checkPermissions(): void {
  const file = 'docs/permissions.md'
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(read(file)) ?? []
  const documents: unknown[] = parseAllDocuments(yaml).map((each) => each.toJS())
  const { clusterRules, namespaceRules } = documentedPermissions({
    name: 'reloader',
    namespaceSelector: true,
    enableHa: true,
    custom: CUSTOM_KINDS,
    classes: true,
  })
  compareRules(file, clusterRules, rulesOf(documents, 'ClusterRole'))
  compareRules(file, namespaceRules, rulesOf(documents, 'Role'))
}

function rulesOf(documents: readonly unknown[], kind: string): readonly unknown[] {
  const found = documents.find(
    (each) => typeof each === 'object' && each !== null && 'kind' in each && each.kind === kind,
  )
  return found !== undefined &&
    typeof found === 'object' &&
    found !== null &&
    'rules' in found &&
    Array.isArray(found.rules)
    ? found.rules
    : []
}

function compareRules(file: string, wanted: readonly unknown[], found: readonly unknown[]): void {
  const texts = (rules: readonly unknown[]) => rules.map(canonical).sort()
  const [a, b] = [texts(wanted), texts(found)]
  for (const rule of a) if (!b.includes(rule)) problems.push(`${file}: this rule is missing: ${rule}`)
  for (const rule of b)
    if (!a.includes(rule)) problems.push(`${file}: the scenarios run without this rule: ${rule}`)
}

/** JSON with the keys in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
}

function markdownFiles(): readonly string[] {
  const inDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((file) =>
    join('docs', file),
  )
  return [
    ...inDocs,
    'README.md',
    'CONTRIBUTING.md',
    'examples/README.md',
    'test/controlplane/README.md',
  ].filter((file) => file.endsWith('.md'))
}

function checkLinks(file: string): void {
  const text = read(file).replace(/```[\s\S]*?```/g, '')
  if (text === '') problems.push(`${file}: it does not exist`)
  for (const [, target = ''] of text.matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue
    const [path = '', anchor] = target.split('#')
    const linked = path === '' ? join(root, file) : resolve(root, dirname(file), path)
    if (!existsSync(linked)) problems.push(`${file}: the link to ${target} leads nowhere`)
    else if (anchor !== undefined && !anchorsOf(linked).includes(anchor)) {
      problems.push(`${file}: ${relative(root, linked)} has no heading #${anchor}`)
    }
  }
}

/** A block below `<!-- from examples/... -->` is that file, or a part of it. */
function checkExamples(file: string): void {
  for (const [, example = '', block = ''] of read(file).matchAll(
    /<!-- from (\S+) -->\n+```yaml\n([\s\S]*?)```/g,
  )) {
    if (!read(example).includes(block)) problems.push(`${file}: this is not what stands in ${example}`)
  }
}

/** Every row of the comparison in the README names the test that proves it. */
function checkComparison(): void {
  const [, table = ''] =
    /\n## Beside Stakater's Reloader\n[\s\S]*?\n\| ---[^\n]*\n([\s\S]*?)\n\n/.exec(
      read('README.md').replace(/\| -+/g, '| ---'),
    ) ?? []
  const rows = table.split('\n')
  if (rows.length < 2) problems.push('README.md: the comparison cannot be found')
  for (const row of rows)
    if (!/\]\([\w./-]+\.test\.ts\) \|$/.test(row.replace(/ +\|$/, ' |')))
      problems.push(`README.md: no test proves this row: ${row}`)
}

/** A source file that a page names, with its room, is there. */
function checkPaths(file: string): void {
  for (const [, path = ''] of read(file).matchAll(/`((?:[\w.-]+\/)+[\w.-]+\.(?:ts|mjs|sh))`/g)) {
    // What a build makes need not be there.
    if (path.startsWith('dist/')) continue
    if (['', 'src'].some((directory) => existsSync(join(root, directory, path)))) continue
    problems.push(`${file}: ${path} does not exist`)
  }
}

/** Headings as GitHub names them. */
function anchorsOf(path: string): readonly string[] {
  const headings = readFileSync(path, 'utf8').matchAll(/^#+ (.*)$/gm)
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  )
}
