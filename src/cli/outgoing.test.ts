import { expect, test } from 'vitest'
import { createLog } from '../telemetry/log.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { createOutgoing } from './outgoing.ts'

const TOKEN = 'a-token-that-nobody-may-see'

function setUp(options: Parameters<typeof createOutgoing>[0]['options']) {
  const lines: string[] = []
  const writer = { write: (line: string) => lines.push(line), takeDropped: () => 0, flush: async () => {} }
  const metrics = createMetrics({ byNamespace: false, version: 'v', commit: 'c' })
  const log = createLog({ level: 'debug', format: 'text', writer })
  return { outgoing: createOutgoing({ options, log, metrics }), lines, render: metrics.render }
}

test('every result of an alert is counted from 0 on, and of the URL only its origin is told', async () => {
  const url = `https://me:${TOKEN}@hooks.test:8443/services/${TOKEN}?key=${TOKEN}`
  const { outgoing, lines, render } = setUp({ alerts: { sink: 'slack', url } })
  const text = await render()
  for (const result of ['sent', 'refused', 'dropped'])
    expect(text).toContain(`reloader_alerts_total{sink="slack",result="${result}"} 0\n`)
  expect(lines.join('')).toContain('to="https://hooks.test:8443"')
  expect(`${lines.join('')}${text}`).not.toContain(TOKEN)
  expect(outgoing.webhook).toBeUndefined()
})

test('in webhook mode calls are counted from 0 on, and there are no alerts', async () => {
  const webhookUrl = `https://hooks.test/${TOKEN}`
  const alerts = { sink: 'teams', url: webhookUrl } as const
  const { outgoing, lines, render } = setUp({ alerts, webhookUrl })
  const text = await render()
  for (const result of ['success', 'error'])
    expect(text).toContain(`reloader_webhook_calls_total{result="${result}"} 0\n`)
  expect(outgoing.alerts).toBeUndefined()
  expect(`${lines.join('')}${text}`).not.toContain(TOKEN)
})
