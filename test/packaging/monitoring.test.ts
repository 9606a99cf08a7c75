// Alerts, dashboard and the queries of people who come from the incumbent, held against the metrics that there are.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { EVENT_REASONS } from '../../src/report/event-message.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { ROOT } from './dockerfile.ts'
import { MONITORING, readAlerts, readPanels } from './monitoring.ts'
import { groupingOf, INCUMBENT_QUERIES, selectorsOf, shownIn } from './queries.ts'

const { declarations } = createMetrics({ byNamespace: true, version: 'v', commit: 'c' })
/** What a scrape adds. */
const OF_SCRAPE = ['job', 'instance', 'namespace', 'pod', 'container', 'endpoint']

/** Name → labels, of a histogram its three. */
const LABELS = new Map(
  declarations.flatMap(({ name, type, labels }) =>
    type === 'histogram'
      ? ['_bucket', '_sum', '_count'].map((end) => [`${name}${end}`, [...labels, 'le']] as const)
      : [[name, labels] as const],
  ),
)

/** What an expression, and the text shown with it, names that is not there. */
function unknownIn(expression: string, text = ''): readonly string[] {
  const selectors = selectorsOf(expression)
  const known = [...OF_SCRAPE, ...selectors.flatMap(({ metric }) => LABELS.get(metric) ?? [])]
  return [
    ...(selectors.length === 0 ? ['no metric at all'] : []),
    ...selectors.flatMap(({ metric, labels }) => {
      const declared = LABELS.get(metric)
      if (declared === undefined) return [metric]
      return labels.filter((label) => ![...declared, ...OF_SCRAPE].includes(label))
    }),
    ...[...groupingOf(expression), ...shownIn(text)].filter((label) => !known.includes(label)),
  ]
}

test('what is unknown is found', () => {
  expect(unknownIn('sum by (colour) (reloader_rolls_total{kind="a", shape="b"}) > reloader_x')).toEqual([
    'shape',
    'reloader_x',
    'colour',
  ])
  expect(unknownIn('reloader_workqueue_latency_seconds')).toEqual(['reloader_workqueue_latency_seconds'])
  expect(unknownIn('up', '{{ $labels.reason }}')).toEqual(['no metric at all', 'reason'])
})

test.each(INCUMBENT_QUERIES)('%s asks for what is there', (query) => {
  expect(unknownIn(query)).toEqual([])
})

describe('alerts', () => {
  test.each(readAlerts())('$alert names metrics and labels that are there, and is tested', (alert) => {
    expect(unknownIn(alert.expr, Object.values(alert.annotations).join(' '))).toEqual([])
    expect(readFileSync(join(MONITORING, 'alerts.test.yaml'), 'utf8')).toContain(alert.alert)
  })

  test.each(readAlerts())('docs/monitoring.md says what to do about $alert', ({ alert }) => {
    expect(readFileSync(join(ROOT, 'docs', 'monitoring.md'), 'utf8')).toContain(`| \`${alert}\``)
  })
})

test('docs/monitoring.md explains the reason of every Event', () => {
  const page = readFileSync(join(ROOT, 'docs', 'monitoring.md'), 'utf8')
  const [, table = ''] = page.split('## Events and log lines')
  const rows = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, reason]) => reason)
  expect(rows.sort()).toEqual([...EVENT_REASONS].sort())
})

describe('the dashboard', () => {
  const targets = readPanels().flatMap(({ title, targets }) => targets.map((each) => ({ title, ...each })))

  test.each(targets)('$title: $expr names metrics and labels that are there', ({ expr, legendFormat }) => {
    expect(unknownIn(expr, legendFormat)).toEqual([])
  })

  test('no panel lies on another, and none is there twice', () => {
    const cells = readPanels().flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(new Set(readPanels().map(({ id }) => id)).size).toBe(readPanels().length)
  })
})
