import { afterEach, expect, test } from 'vitest'
import { type Receiver, type Reply, startReceiver } from '../../test/receiver.ts'
import { type AlertResult, type AlertsOptions, createAlerts } from './alert.ts'
import type { AlertSink, RollAlert } from './alert-message.ts'
import { createPost } from './post.ts'

const receivers: Receiver[] = []
afterEach(async () => {
  await Promise.all(receivers.splice(0).map((each) => each.close()))
})

function rollOf(name: string): RollAlert {
  return {
    workload: { kind: 'Deployment', namespace: 'shop', name },
    configs: [{ kind: 'ConfigMap', namespace: 'shop', name: 'app' }],
  }
}

/** Alerts to a real server that answers by `reply`; `finish` stops them and resolves with what became of each. */
async function alertsTo(
  reply: (count: number, body: string) => Reply,
  options: Partial<AlertsOptions> & { readonly timeoutMs?: number; readonly sink?: AlertSink } = {},
) {
  const { timeoutMs = 30_000, ...rest } = options
  const receiver = await startReceiver(({ body }, count) => reply(count, body))
  receivers.push(receiver)
  const results: (readonly [name: string, result: AlertResult, error: string])[] = []
  const alerts = createAlerts({
    sink: 'slack',
    url: new URL(`${receiver.origin}/services/secret`),
    post: createPost({ timeoutMs }),
    backoffMs: 1,
    drainMs: 30_000,
    onResult: ({ workload }, result, error) => {
      results.push([workload.name, result, error instanceof Error ? error.message : ''])
    },
    ...rest,
  })
  const finish = async () => {
    await alerts.run(AbortSignal.abort())
    return results
  }
  return { alerts, receiver, finish }
}

test.each([
  ['slack', 200],
  ['teams', 202],
  ['gchat', 200],
  ['raw', 204],
] as const)('%s takes an alert with %i', async (sink, status) => {
  const { alerts, receiver, finish } = await alertsTo(() => status, { sink, additionalInfo: 'prod' })
  alerts.send(rollOf('web'))
  expect(await finish()).toEqual([['web', 'sent', '']])
  expect(receiver.received).toHaveLength(1)
  expect(receiver.received[0]?.body).toMatch(/prod : Reloader detected changes in \*?app\*? of type/)
  expect(receiver.received[0]?.headers['content-type']).toBe(
    sink === 'raw' ? 'text/plain' : 'application/json',
  )
})

test('an alert that fails for a time is tried again until it is taken', async () => {
  const replies: Reply[] = [500, 'close', 429, 'hang', 200]
  const { alerts, receiver, finish } = await alertsTo((count) => replies[count - 1] ?? 200, {
    timeoutMs: 1_000,
  })
  alerts.send(rollOf('web'))
  expect(await finish()).toEqual([['web', 'sent', '']])
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
  expect(receiver.received).toHaveLength(5)
})

test('an alert that nobody takes is given up after five attempts, and holds up no other', async () => {
  const { alerts, receiver, finish } = await alertsTo((_count, body) => (body.includes('*web*') ? 500 : 200))
  alerts.send(rollOf('web'))
  alerts.send(rollOf('other'))
  expect(await finish()).toEqual([
    ['other', 'sent', ''],
    ['web', 'dropped', `Cannot post to ${receiver.origin}: it answered 500`],
  ])
  expect(receiver.received).toHaveLength(6)
})

test.each<[Reply, string]>([
  [404, 'it answered 404'],
  [{ status: 302, headers: { location: 'https://login.test/?token=secret' } }, 'it answered 302, a redirect'],
])('an answer that will not change is not asked for twice, and holds up nothing', async (reply, problem) => {
  const { alerts, receiver, finish } = await alertsTo((count) => (count === 1 ? reply : 200))
  alerts.send(rollOf('web'))
  alerts.send(rollOf('other'))
  const results = await finish()
  expect(results.map(([name, result]) => [name, result])).toEqual([
    ['web', 'refused'],
    ['other', 'sent'],
  ])
  expect(results[0]?.[2]).toContain(problem)
  expect(results[0]?.[2]).not.toContain('secret')
  expect(receiver.received).toHaveLength(2)
})

test('while the sink is away only so many are held, and the newest are told when it is back', async () => {
  const { alerts, finish } = await alertsTo(() => 200, { maxQueued: 2 })
  for (const name of ['a', 'b', 'c', 'd']) alerts.send(rollOf(name))
  expect((await finish()).map(([name, result]) => [name, result])).toEqual([
    ['a', 'dropped'],
    ['b', 'dropped'],
    ['c', 'sent'],
    ['d', 'sent'],
  ])
})

test('a sink that hangs does not hold up the end for longer than drainMs', async () => {
  const { alerts, finish } = await alertsTo(() => 'hang', { drainMs: 20, timeoutMs: 60_000 })
  for (const name of ['a', 'b', 'c']) alerts.send(rollOf(name))
  expect((await finish()).map(([name, result]) => [name, result])).toEqual([
    ['a', 'dropped'],
    ['b', 'dropped'],
    ['c', 'dropped'],
  ])
})
