import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ApiError } from './api-error.ts'
import type { WatchEvent } from './client.ts'
import { watchEvents } from './watch-stream.ts'

const options = { what: 'watch /api/v1/configmaps' }

async function* pieces(...buffers: Buffer[]): AsyncGenerator<Buffer> {
  yield* buffers
}

async function read(...texts: (string | Buffer)[]): Promise<WatchEvent[]> {
  const events: WatchEvent[] = []
  for await (const event of watchEvents(pieces(...texts.map((text) => Buffer.from(text))), options))
    events.push(event)
  return events
}

const added = (name: string) => ({
  type: 'ADDED',
  object: { metadata: { name, uid: 'u', resourceVersion: '1' } },
})
const line = (event: unknown) => `${JSON.stringify(event)}\n`

test('events are the same however the bytes are cut, within characters too', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 6 }),
      fc.array(fc.nat()),
      async (names, cuts) => {
        const events = names.map(added)
        const bytes = Buffer.from(events.map(line).join(''))
        const marks = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
        const parts = marks.slice(1).map((mark, at) => bytes.subarray(marks[at], mark))
        expect(await read(...parts)).toEqual(events)
      },
    ),
  )
})

test('a line that is cut off is an error, and no event', async () => {
  await expect(read(line(added('a')), line(added('b')).slice(0, -3))).rejects.toThrow('broke off')
  await expect(read(line(added('a')).trimEnd())).rejects.toThrow('broke off')
})

test('a line that is no JSON is an error that quotes nothing of it', async () => {
  await expect(read('{"data":"secret\n')).rejects.toThrow(/^it is not valid JSON$/)
})

test('an ERROR event is thrown with its code, reason and the time to wait', async () => {
  const status = {
    kind: 'Status',
    code: 410,
    reason: 'Expired',
    message: 'too old',
    details: { retryAfterSeconds: 2 },
  }
  const error = await read(line({ type: 'ERROR', object: status })).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({
    code: 410,
    reason: 'Expired',
    retryAfterMs: 2000,
    message: 'Cannot watch /api/v1/configmaps: too old',
  })
})

test('the bookmark that ends the initial events is told from the others', async () => {
  const metadata = { resourceVersion: '7' }
  const end = { ...metadata, annotations: { 'k8s.io/initial-events-end': 'true' } }
  expect(
    await read(
      line({ type: 'BOOKMARK', object: { metadata } }),
      line({ type: 'BOOKMARK', object: { metadata: end } }),
    ),
  ).toEqual([
    { type: 'BOOKMARK', resourceVersion: '7', initialEventsEnd: false },
    { type: 'BOOKMARK', resourceVersion: '7', initialEventsEnd: true },
  ])
})

test.each([
  ['an unknown type', { type: 'RENAMED', object: {} }],
  ['an object without a name', { type: 'ADDED', object: { metadata: { uid: 'u', resourceVersion: '1' } } }],
  ['a bookmark without a version', { type: 'BOOKMARK', object: {} }],
  ['no event at all', 7],
])('%s is an error', async (_name, event) => {
  await expect(read(line(event))).rejects.toThrow(TypeError)
})

test('a line of many pieces costs one copy', async () => {
  const big = added('x'.repeat(8_000_000))
  const bytes = Buffer.from(line(big))
  const parts = Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, at) =>
    bytes.subarray(at * 1000, (at + 1) * 1000),
  )
  expect(await read(...parts)).toEqual([big])
})
