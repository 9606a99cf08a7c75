import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import {
  client,
  nameOf,
  noSockets,
  object,
  page,
  pods,
  server,
  status,
} from '../../test/kube/client-bench.ts'
import { json } from '../../test/kube/scripted-server.ts'
import { isExpired } from './api-error.ts'
import type { WatchEvent } from './client.ts'

async function watchAll(signal = new AbortController().signal): Promise<WatchEvent[]> {
  const events: WatchEvent[] = []
  for await (const event of client.watch(pods, { resourceVersion: '5', signal })) events.push(event)
  return events
}

test('a list is paged, streamed and put together, and each object is seen once', async () => {
  server.answers.push(
    json(page(['a', 'b'], { resourceVersion: '9', continue: 'next' })),
    json(page(['c'], { resourceVersion: '9' })),
  )
  const { items, resourceVersion } = await client.list(pods, {
    namespace: 'shop',
    labelSelector: 'app=web',
    metadataOnly: true,
    limit: 2,
    reduce: (each) => (each.metadata.name === 'b' ? undefined : each.metadata.name),
  })
  expect({ items, resourceVersion }).toEqual({ items: ['a', 'c'], resourceVersion: '9' })
  expect(server.seen.map(({ query }) => query.toString())).toEqual([
    'labelSelector=app%3Dweb&limit=2',
    'labelSelector=app%3Dweb&limit=2&continue=next',
  ])
  expect(server.seen[0]?.headers.accept).toBe(
    'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
  )
})

test('one object can be listed as it was in an earlier version', async () => {
  server.answers.push(json(page(['a'], { resourceVersion: '9' })))
  const { items } = await client.list(pods, { reduce: nameOf, name: 'a', exactVersion: '7' })
  expect(items).toEqual(['a'])
  expect(server.seen[0]?.query.toString()).toBe(
    'fieldSelector=metadata.name%3Da&limit=500&resourceVersion=7&resourceVersionMatch=Exact',
  )
})

test('a version that the server no longer knows is asked for once', async () => {
  server.answers.push(status(410, { reason: 'Expired' }), json(page(['a'], { resourceVersion: '9' })))
  await expect(client.list(pods, { reduce: nameOf, name: 'a', exactVersion: '7' })).rejects.toSatisfy(
    isExpired,
  )
  expect(server.seen).toHaveLength(1)
})

test('a continue token that expires on the way begins the list anew, in one piece', async () => {
  server.answers.push(
    json(page(['a'], { resourceVersion: '9', continue: 'next' })),
    status(410, { reason: 'Expired' }),
    json(page(['a', 'b'], { resourceVersion: '12' })),
  )
  expect(await client.list(pods, { reduce: nameOf })).toEqual({ items: ['a', 'b'], resourceVersion: '12' })
  expect(server.seen[2]?.query.toString()).toBe('')
})

test('a list that breaks off gives nothing', async () => {
  server.otherwise = (response) => {
    response
      .writeHead(200)
      .end(
        '{"metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"a","uid":"u","resourceVersion":"1"}}',
      )
  }
  await expect(client.list(pods, { reduce: nameOf })).rejects.toThrow('broke off')
})

test('a list is asked for in compressed form, and read whether it comes so or not', async () => {
  const pack = (value: unknown) => gzipSync(JSON.stringify(value))
  const compressed = (bytes: Buffer) => (response: ServerResponse) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes)
  }
  server.answers.push(
    compressed(pack(page(['a'], { resourceVersion: '9', continue: 'next' }))),
    json(page(['b'], { resourceVersion: '9' })),
  )
  expect((await client.list(pods, { reduce: nameOf })).items).toEqual(['a', 'b'])
  expect(server.seen.map(({ headers }) => headers['accept-encoding'])).toEqual(['gzip', 'gzip'])
})

test.each([
  ['is cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 12)],
  ['is no gzip', () => Buffer.from('{"metadata":{}}')],
])('a compressed list that %s gives nothing, and leaves nothing open', async (_, spoil) => {
  const bytes = spoil(gzipSync(JSON.stringify(page(['a'], { resourceVersion: '9' }))))
  server.otherwise = (response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes)
  }
  await expect(client.list(pods, { reduce: nameOf })).rejects.toThrow('Cannot')
})

test('a watch asks for bookmarks and yields what comes', async () => {
  server.otherwise = (response) => {
    response.writeHead(200)
    response.write(`${JSON.stringify({ type: 'ADDED', object: object('ä') })}\n`)
    response.end(`${JSON.stringify({ type: 'DELETED', object: object('ä', '2') })}\n`)
  }
  expect((await watchAll()).map(({ type }) => type)).toEqual(['ADDED', 'DELETED'])
  expect(server.seen[0]?.query.toString()).toBe('watch=true&allowWatchBookmarks=true&resourceVersion=5')
  for await (const _event of client.watch(pods, {
    resourceVersion: '',
    sendInitialEvents: true,
    timeoutSeconds: 300,
  }))
    void _event
  expect(server.seen[1]?.query.toString()).toBe(
    'watch=true&allowWatchBookmarks=true&timeoutSeconds=300&sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
  )
})

test('a watch that is refused, reset or cut off is an error', async () => {
  server.answers.push(
    status(410, { reason: 'Expired' }),
    status(429, { details: { retryAfterSeconds: 3 } }),
    (response) => response.writeHead(200).write('{"type":"ADD', () => response.destroy()),
    (response) => response.writeHead(200).end('{"type":"ADD'),
  )
  await expect(watchAll()).rejects.toSatisfy(isExpired)
  await expect(watchAll()).rejects.toMatchObject({ code: 429, retryAfterMs: 3_000 })
  await expect(watchAll()).rejects.toThrow(/^Cannot talk to the API server/)
  await expect(watchAll()).rejects.toThrow('broke off in the middle of an event')
})

test('a watch that falls silent is an error, after what it had said', async () => {
  server.otherwise = (response) =>
    response.writeHead(200).write(`${JSON.stringify({ type: 'ADDED', object: object('a') })}\n`)
  const seen: string[] = []
  const watching = async () => {
    for await (const event of client.watch(pods, { resourceVersion: '5', inactivityMs: 150 }))
      seen.push(event.type)
  }
  await expect(watching()).rejects.toThrow('the watch was silent for 0.15 s')
  expect(seen).toEqual(['ADDED'])
  await noSockets()
})

test('leaving a watch early, or aborting it, closes its connection', async () => {
  server.otherwise = (response) =>
    response.writeHead(200).write(`${JSON.stringify({ type: 'ADDED', object: object('a') })}\n`)
  for await (const _event of client.watch(pods, { resourceVersion: '5' })) break
  await noSockets()
  const controller = new AbortController()
  const reason = new Error('enough')
  const watching = async () => {
    for await (const _event of client.watch(pods, { resourceVersion: '5', signal: controller.signal }))
      controller.abort(reason)
  }
  await expect(watching()).rejects.toBe(reason)
  await noSockets()
})
