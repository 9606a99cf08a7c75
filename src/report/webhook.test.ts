import { afterEach, expect, test } from 'vitest'
import { type Receiver, type Reply, startReceiver } from '../../test/receiver.ts'
import { createPost } from './post.ts'
import { createWebhook, type WebhookCall } from './webhook.ts'

const receivers: Receiver[] = []
afterEach(async () => {
  await Promise.all(receivers.splice(0).map((each) => each.close()))
})

const never = new AbortController().signal
const call: WebhookCall = {
  config: { kind: 'ConfigMap', namespace: 'shop', name: 'app' },
  uid: 'uid-1',
  resourceVersion: '42',
  reason: 'DigestChanged',
  changedKeys: ['a', 'b'],
}

async function webhookTo(reply: Reply) {
  const receiver = await startReceiver(() => reply)
  receivers.push(receiver)
  const outcomes: unknown[] = []
  const webhook = createWebhook({
    url: new URL(`${receiver.origin}/hook?token=secret`),
    // Only what never answers is to run out of time, on a machine that is busy, too.
    post: createPost({ timeoutMs: reply === 'hang' ? 1_000 : 30_000 }),
    onCall: (_call, { error }) => outcomes.push(error),
  })
  return { webhook, receiver, outcomes }
}

test("the body begins with the incumbent's and says what changed", async () => {
  const { webhook, receiver, outcomes } = await webhookTo(204)
  await webhook(call, never)
  expect(receiver.received[0]?.headers['content-type']).toBe('application/json')
  expect(receiver.received[0]?.body).toMatch(/^\{"webhook":"update successful",/)
  expect(receiver.bodies()).toEqual([
    {
      webhook: 'update successful',
      reason: 'DigestChanged',
      config: { kind: 'ConfigMap', namespace: 'shop', name: 'app', uid: 'uid-1', resourceVersion: '42' },
      changedKeys: ['a', 'b'],
    },
  ])
  expect(outcomes).toEqual([undefined])
})

test('a config that was deleted has no resourceVersion', async () => {
  const { webhook, receiver } = await webhookTo(200)
  await webhook({ ...call, resourceVersion: undefined, reason: 'Deleted', changedKeys: [] }, never)
  expect(receiver.bodies()).toEqual([
    {
      webhook: 'update successful',
      reason: 'Deleted',
      config: { kind: 'ConfigMap', namespace: 'shop', name: 'app', uid: 'uid-1' },
      changedKeys: [],
    },
  ])
})

test.each<Reply>([500, 404, 'hang', 'close'])(
  'a call that is answered %s was not taken, and is told without the URL',
  async (reply) => {
    const { webhook, receiver, outcomes } = await webhookTo(reply)
    await expect(webhook(call, never)).rejects.toThrow(`Cannot post to ${receiver.origin}: `)
    expect(outcomes).toEqual([expect.any(Error)])
    expect(String(outcomes[0])).not.toContain('secret')
    expect(receiver.received).toHaveLength(1)
  },
)

test('a call that is aborted is told to nobody', async () => {
  const { webhook, outcomes } = await webhookTo(200)
  await expect(webhook(call, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped')
  expect(outcomes).toEqual([])
})
