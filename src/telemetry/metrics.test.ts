import { expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'

const OPTIONS = { byNamespace: false, version: '1.2.3', commit: 'abc' }

test('every metric has help, a legal name, and the ending that its type asks for', () => {
  const { declarations } = createMetrics({ ...OPTIONS, byNamespace: true })
  for (const { name, type, help } of declarations) {
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/)
    expect(help).toMatch(/^[A-Z0-9].*[^.]$/)
    if (type === 'histogram') expect(name).toMatch(/_seconds$/)
    if (type === 'gauge') expect(name).not.toMatch(/_total$/)
    if (type === 'counter') expect(name).toMatch(/_total(_by_namespace)?$/)
  }
})

test('no metric is declared twice, and every one can be scraped', async () => {
  const { declarations, render } = createMetrics(OPTIONS)
  const names = declarations.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  const text = await render()
  for (const { name, type } of declarations) expect(text).toContain(`# TYPE ${name} ${type}\n`)
})

test('what alerts look at is there before it happens for the first time', async () => {
  const text = await createMetrics(OPTIONS).render()
  expect(text).toContain('reloader_errors_total{type="handler_error"} 0')
  expect(text).toContain('reloader_rolls_reverted_total{kind="Deployment"} 0')
  expect(text).toContain('reloader_reload_executed_total{success="true"} 0')
  expect(text).toContain('reloader_reload_executed_total{success="false"} 0')
})

test('rolls are counted by namespace only when asked for', () => {
  expect(createMetrics(OPTIONS).reloadExecutedByNamespace).toBeUndefined()
  expect(createMetrics({ ...OPTIONS, byNamespace: true }).reloadExecutedByNamespace).toBeDefined()
})

test('two processes in one test do not share a registry', async () => {
  const first = createMetrics(OPTIONS)
  const second = createMetrics(OPTIONS)
  first.retries.inc()
  expect(await second.render()).toContain('reloader_retries_total 0')
})

test('a counter that is asked at every scrape does not add up its own readings', async () => {
  const { render } = createMetrics(OPTIONS)
  const readings = [await render(), await render()].map((text) =>
    Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1]),
  )
  const used = process.cpuUsage()
  expect(readings[1]).toBeGreaterThanOrEqual(readings[0] ?? Number.NaN)
  expect(readings[1]).toBeLessThanOrEqual((used.user + used.system) / 1e6)
})

test('the build is told by labels', async () => {
  expect(await createMetrics(OPTIONS).render()).toContain(
    'reloader_build_info{version="1.2.3",commit="abc",node="v',
  )
})
