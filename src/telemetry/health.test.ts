import { expect, test } from 'vitest'
import { createHealth, type HealthCheck } from './health.ts'
import type { HttpAnswer } from './http-server.ts'

function ask(answer: HttpAnswer, path: string) {
  return answer({ method: 'GET', path, query: new URLSearchParams() })
}

function healthWith(checks: { live?: Record<string, HealthCheck>; ready?: Record<string, HealthCheck> }) {
  return createHealth({
    live: new Map(Object.entries(checks.live ?? {})),
    ready: new Map(Object.entries(checks.ready ?? {})),
    metrics: { contentType: 'text/plain; version=0.0.4', render: async () => 'a_metric 1\n' },
  })
}

test('/live answers alive and 200, as the incumbent does', async () => {
  expect(await ask(healthWith({}), '/live')).toEqual({ status: 200, body: 'alive' })
})

test('/live and /healthz answer 500 while a loop stands still', async () => {
  const health = healthWith({ live: { queue: () => 'no worker for 60 s', watch: () => undefined } })
  for (const path of ['/live', '/healthz']) {
    expect(await ask(health, path)).toEqual({
      status: 500,
      body: '[-]queue: no worker for 60 s\n[+]watch ok\n',
    })
  }
})

test('/readyz names every check while one is not content, and is a plain ok afterwards', async () => {
  let problem: string | undefined = 'configmaps not listed yet'
  const health = healthWith({ ready: { stores: () => problem, records: () => undefined } })
  expect(await ask(health, '/readyz')).toEqual({
    status: 503,
    body: '[-]stores: configmaps not listed yet\n[+]records ok\n',
  })
  problem = undefined
  expect(await ask(health, '/readyz')).toEqual({ status: 200, body: 'ok' })
})

test('a process that is not ready is alive', async () => {
  const health = healthWith({ ready: { stores: () => 'not listed yet' } })
  expect((await ask(health, '/live')).status).toBe(200)
})

test('/metrics is what the registry renders', async () => {
  expect(await ask(healthWith({}), '/metrics')).toEqual({
    status: 200,
    contentType: 'text/plain; version=0.0.4',
    body: 'a_metric 1\n',
  })
})

test.each(['/', '/debug/pprof/', '/live/', '/metricsx', '/Live'])('%s is not found', async (path) => {
  expect((await ask(healthWith({}), path)).status).toBe(404)
})
