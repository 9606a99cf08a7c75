import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLog } from '../telemetry/log.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { createProbes } from './probes.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('the end of an outage is told once, and a request without an answer in between is not', () => {
  const lines: string[] = []
  const writer = { write: (line: string) => lines.push(line), takeDropped: () => 0, flush: async () => {} }
  const probes = createProbes({
    listenAddress: { host: '127.0.0.1', port: 0 },
    metrics: createMetrics({ byNamespace: false, version: 'v', commit: 'c' }),
    log: createLog({ level: 'info', format: 'text', writer }),
  })
  const pass = (seconds: number) => vi.advanceTimersByTime(seconds * 1_000)
  probes.answered(true)
  probes.answered(false)
  pass(9)
  probes.answered(true)
  expect(lines).toEqual([])
  probes.answered(false)
  pass(100)
  probes.answered(false)
  pass(62)
  probes.answered(true)
  probes.answered(true)
  expect(lines.map((line) => /msg="(.*)"/.exec(line)?.[1])).toEqual([
    'The API server answers again, after 162 s without an answer',
  ])
})
