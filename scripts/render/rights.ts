// The table of rights: what each role grants, with which values, and why. Found by rendering the chart once for each value.
import { type Document, isMap, isSeq } from 'yaml'
import { type RenderedObject, renderDocuments, type Values } from './chart.ts'

/** Values that change the rights, one at a time. */
const VARIANTS: Readonly<Record<string, Values>> = {
  ignoreConfigMaps: { ignoreConfigMaps: true },
  ignoreSecrets: { ignoreSecrets: true },
  ignoreJobs: { ignoreJobs: true },
  ignoreCronJobs: { ignoreCronJobs: true },
  namespaceSelector: { namespaceSelector: 'team=a' },
  isArgoRollouts: { isArgoRollouts: true },
  isOpenshift: { isOpenshift: true },
  enableCSIIntegration: { enableCSIIntegration: true },
  enableHA: { enableHA: true },
  dryRun: { dryRun: true },
}

interface Right {
  /** `everywhere` or `own`: which of the two roles. */
  readonly place: 'everywhere' | 'own'
  readonly group: string
  readonly resource: string
  readonly name: string
  readonly verb: string
  readonly why: string
}

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

/** A Markdown table. Throws what helm says when the chart cannot be rendered. */
export async function rightsTable(helm: string): Promise<string> {
  const base = await rightsOf(helm, {})
  const variants = new Map<string, readonly Right[]>()
  for (const [name, values] of Object.entries(VARIANTS)) variants.set(name, await rightsOf(helm, values))
  const all = new Map([...base, ...[...variants.values()].flat()].map((each) => [keyOf(each), each]))
  const rows = groupBy([...all.values()], (right) => whenOf(right, base, variants))
  return tableOf(rows)
}

/** The rights with these values of `reloader`. */
async function rightsOf(helm: string, values: Values): Promise<readonly Right[]> {
  const documents = await renderDocuments({ helm, values: { reloader: values } })
  return documents.flatMap((document) => {
    const { kind } = document.toJS() as RenderedObject
    if (kind !== 'Role' && kind !== 'ClusterRole') return []
    return rulesIn(document, kind === 'Role' ? 'own' : 'everywhere')
  })
}

/** The comment above a rule is its reason. That above the first one belongs to the list. */
function rulesIn(document: Document, place: Right['place']): readonly Right[] {
  const rules = document.get('rules')
  if (!isSeq(rules)) return []
  return rules.items.flatMap((item, index) => {
    if (!isMap(item)) return []
    const comment = (index === 0 ? rules.commentBefore : undefined) ?? item.commentBefore ?? ''
    const rule = item.toJSON() as Rule
    return rightsIn(rule, { place, why: comment.trim() })
  })
}

function rightsIn(rule: Rule, { place, why }: Pick<Right, 'place' | 'why'>): readonly Right[] {
  const name = (rule.resourceNames ?? []).join(', ').replace('reloader-reloader', '<name>')
  const [group = ''] = rule.apiGroups
  return rule.resources.flatMap((resource) =>
    rule.verbs.map((verb) => ({ place, group, resource, name, verb, why })),
  )
}

/** With which values the right is there: `always`, or the names of values that give or take it. */
function whenOf(
  right: Right,
  base: readonly Right[],
  variants: ReadonlyMap<string, readonly Right[]>,
): string {
  const has = (rights: readonly Right[]) => rights.some((each) => keyOf(each) === keyOf(right))
  const atFirst = has(base)
  const names = [...variants].filter(([, rights]) => has(rights) !== atFirst).map(([name]) => `\`${name}\``)
  if (names.length === 0) return 'always'
  return `${atFirst ? 'not with' : 'with'} ${names.join(', ')}`
}

function keyOf({ place, group, resource, name, verb }: Right): string {
  return JSON.stringify([place, group, resource, name, verb])
}

interface Row extends Omit<Right, 'resource' | 'verb'> {
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  readonly when: string
}

/** Verbs of one resource, and then resources, that are granted under one condition for one reason are one row. */
function groupBy(rights: readonly Right[], when: (right: Right) => string): readonly Row[] {
  const rows = rights.map(
    ({ resource, verb, ...right }): Row => ({
      ...right,
      resources: [resource],
      verbs: [verb],
      when: when({ ...right, resource, verb }),
    }),
  )
  return mergeBy(mergeBy(rows, 'verbs'), 'resources').toSorted((a, b) =>
    a.place < b.place ? -1 : a.place > b.place ? 1 : 0,
  )
}

/** Rows that differ in nothing but this list become one with all of it. */
function mergeBy(rows: readonly Row[], field: 'verbs' | 'resources'): readonly Row[] {
  const merged = new Map<string, Row>()
  for (const row of rows) {
    const key = JSON.stringify({ ...row, [field]: [] })
    const before = merged.get(key)
    merged.set(key, { ...row, [field]: [...(before?.[field] ?? []), ...row[field]] })
  }
  return [...merged.values()]
}

function tableOf(rows: readonly Row[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const head = ['Where', 'API group', 'Resources', 'Verbs', 'When', 'Why']
  const cells = rows.map(({ place, group, resources, name, verbs, when, why }) =>
    line([
      place === 'own' ? 'its own namespace' : 'every namespace it looks at',
      group === '' ? 'core' : group,
      resources.map((each) => `\`${each}\``).join(', ') + (name === '' ? '' : ` named \`${name}\``),
      verbs.join(', '),
      when,
      why,
    ]),
  )
  return [line(head), line(head.map(() => '---')), ...cells, ''].join('\n')
}
