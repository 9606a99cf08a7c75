import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { json, type ScriptedServer, startScriptedServer } from '../../test/kube/scripted-server.ts'
import { isConflict, isExpired, isForbidden, isInvalidField, isNotFound } from './api-error.ts'
import type { KubeClient, WatchEvent } from './client.ts'
import type { Connection, Credentials } from './connection.ts'
import { createClient } from './http-client.ts'
import type { ResponseSeen } from './transport.ts'

const pods = { group: '', version: 'v1', plural: 'pods' }
const deployments = { group: 'apps', version: 'v1', plural: 'deployments' }
const web = { namespace: 'shop', name: 'web' }
const object = (name: string, resourceVersion = '1') => ({
  metadata: { name, namespace: 'shop', uid: `u-${name}`, resourceVersion },
})
const page = (names: string[], metadata: object) => ({
  kind: 'PodList',
  metadata,
  items: names.map((name) => object(name)),
})
const status = (code: number, rest: object = {}) =>
  json({ kind: 'Status', code, message: `said ${code}`, ...rest }, { status: code })
const nameOf = ({ metadata }: { metadata: { name: string } }) => metadata.name

let server: ScriptedServer
let client: KubeClient
let responses: ResponseSeen[]

/** A connection whose token changes when it is refused. */
function connectionTo(url: string): Connection {
  let token = 1
  const tls = {}
  return {
    server: url,
    source: 'the test',
    async credentials(): Promise<Credentials> {
      return { headers: { authorization: `Bearer t${token}` }, tls }
    },
    renew() {
      token += 1
    },
  }
}

beforeEach(async () => {
  server = await startScriptedServer()
  responses = []
  client = createClient({
    connection: connectionTo(server.url),
    userAgent: 'reloader/1.2.3',
    onResponse: (response) => responses.push(response),
  })
})
afterEach(async () => {
  client.close()
  await server.stop()
})

const noSockets = () => vi.waitFor(() => expect(server.sockets.size).toBe(0))

async function watchAll(signal = new AbortController().signal): Promise<WatchEvent[]> {
  const events: WatchEvent[] = []
  for await (const event of client.watch(pods, { resourceVersion: '5', signal })) events.push(event)
  return events
}

test('requests go to the paths of the API, with who we are', async () => {
  server.otherwise = json(object('web'))
  await client.get(pods, web)
  await client.get(deployments, web)
  await client.getMetadata(
    { group: '', version: 'v1', plural: 'namespaces' },
    { namespace: '', name: 'shop' },
  )
  expect(server.seen.map(({ path }) => path)).toEqual([
    '/api/v1/namespaces/shop/pods/web',
    '/apis/apps/v1/namespaces/shop/deployments/web',
    '/api/v1/namespaces/shop',
  ])
  expect(server.seen[0]?.headers).toMatchObject({
    authorization: 'Bearer t1',
    'user-agent': 'reloader/1.2.3',
    accept: 'application/json',
  })
  expect(server.seen[2]?.headers.accept).toBe('application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io')
})

test('a server below a path is asked below it', async () => {
  server.otherwise = json(object('web'))
  const proxied = createClient({ connection: connectionTo(`${server.url}/k8s/c1`), userAgent: 'x' })
  await proxied.get(pods, web)
  expect(server.seen[0]?.path).toBe('/k8s/c1/api/v1/namespaces/shop/pods/web')
  proxied.close()
})

test('every write says whose fields it sets, and how its body is to be read', async () => {
  server.otherwise = json(object('web'))
  const whole = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' } }
  await client.patch(deployments, web, { type: 'strategic-merge', body: { spec: 1 } })
  await client.patch(deployments, web, { type: 'merge', body: {} })
  await client.patch(deployments, web, { type: 'json', body: [], dryRun: true })
  await client.create(pods, whole)
  await client.update(pods, whole)
  expect(
    server.seen.map(
      ({ method, path, query, headers }) => `${method} ${path}?${query} ${headers['content-type']}`,
    ),
  ).toEqual([
    'PATCH /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=Reloader application/strategic-merge-patch+json',
    'PATCH /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=Reloader application/merge-patch+json',
    'PATCH /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=Reloader&dryRun=All application/json-patch+json',
    'POST /api/v1/namespaces/shop/pods?fieldManager=Reloader application/json',
    'PUT /api/v1/namespaces/shop/pods/web?fieldManager=Reloader application/json',
  ])
  expect(server.seen[0]?.body).toBe('{"spec":1}')
})

test('a delete can be bound to one uid', async () => {
  server.otherwise = json({ kind: 'Status', status: 'Success' })
  await client.delete(pods, web, { preconditions: { uid: 'u' }, propagationPolicy: 'Background' })
  expect(server.seen[0]?.method).toBe('DELETE')
  expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject({
    preconditions: { uid: 'u' },
    propagationPolicy: 'Background',
  })
})

test('requests one after the other share a connection', async () => {
  server.otherwise = json(object('web'))
  for (let i = 0; i < 20; i += 1) await client.get(pods, web)
  expect(server.connections()).toBe(1)
})

test.each([
  [404, {}, isNotFound],
  [403, {}, isForbidden],
  [409, { reason: 'Conflict' }, isConflict],
  [410, { reason: 'Expired' }, isExpired],
  [
    422,
    { details: { causes: [{ field: 'metadata.uid', reason: 'FieldValueInvalid' }] } },
    (e: unknown) => isInvalidField(e, 'metadata.uid'),
  ],
])('a %i is told from the others, with the words of the server', async (code, rest, predicate) => {
  server.otherwise = status(code, rest)
  const error = await client.get(pods, web).catch((thrown: unknown) => thrown)
  expect(predicate(error)).toBe(true)
  expect(error).toMatchObject({ message: `Cannot get /api/v1/namespaces/shop/pods/web: said ${code}` })
})

test('an answer that is not from Kubernetes is an error too, and quotes nothing', async () => {
  server.answers.push(
    (response) => response.writeHead(502).end('<html>secret</html>'),
    (response) => response.writeHead(200).end('<html>secret</html>'),
  )
  await expect(client.get(pods, web)).rejects.toThrow(
    'Cannot get /api/v1/namespaces/shop/pods/web: the server answered 502',
  )
  await expect(client.get(pods, web)).rejects.toThrow(
    `Cannot talk to the API server ${server.url}: it is not valid JSON`,
  )
})

test.each([429, 503])('a %i that names a time is waited for, one that does not is thrown', async (code) => {
  server.answers.push(
    status(code),
    json({ kind: 'Status', code }, { status: code, headers: { 'retry-after': '1' } }),
    json(object('web')),
  )
  await expect(client.get(pods, web)).rejects.toMatchObject({ code })
  const began = performance.now()
  expect(nameOf(await client.get(pods, web))).toBe('web')
  expect(performance.now() - began).toBeGreaterThan(900)
})

test('a time to wait beyond the deadline is not waited for', async () => {
  server.otherwise = json({ kind: 'Status', code: 429, details: { retryAfterSeconds: 60 } }, { status: 429 })
  await expect(client.get(pods, web, { timeoutMs: 5_000 })).rejects.toMatchObject({
    code: 429,
    retryAfterMs: 60_000,
  })
})

test('a 401 renews the credentials once', async () => {
  server.answers.push(status(401), json(object('web')))
  await client.get(pods, web)
  expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t2'])
  server.otherwise = status(401)
  await expect(client.get(pods, web)).rejects.toMatchObject({ code: 401 })
  expect(server.seen).toHaveLength(4)
})

test('a server that is not there is named, with the cause, in one line', async () => {
  await server.stop()
  await expect(client.get(pods, web)).rejects.toThrow(
    /^Cannot talk to the API server http:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED 127\.0\.0\.1:\d+$/,
  )
  expect(responses.map(({ code }) => code)).toEqual(['<error>'])
})

test('a kept connection that the server closed is no failure, but for what must not be done twice', async () => {
  const close = (response: ServerResponse) => response.socket?.destroy()
  const pod = (metadata: object) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'shop', ...metadata },
  })
  server.answers.push(json(object('web')), close, json(object('web')), close, json(object('web')), close)
  await client.get(pods, web)
  expect(nameOf(await client.get(pods, web))).toBe('web')
  expect(nameOf(await client.create(pods, pod({ name: 'web' })))).toBe('web')
  await expect(client.create(pods, pod({ generateName: 'web-' }))).rejects.toThrow('socket hang up')
})

test('a server that does not answer is given up, and its connection closed', async () => {
  server.otherwise = () => {}
  await expect(client.get(pods, web, { timeoutMs: 50 })).rejects.toThrow(/no answer within 0.05 s$/)
  await noSockets()
})

test('an answer that breaks off is an error', async () => {
  server.otherwise = (response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('{"metadata":', () => response.destroy())
  }
  await expect(client.get(pods, web)).rejects.toThrow(/^Cannot talk to the API server/)
})

test('an abort ends a request at every moment with its own reason and leaves no connection', async () => {
  const reason = new Error('enough')
  const moments: ((response: ServerResponse) => void)[] = [
    () => {},
    (response) => response.writeHead(200).flushHeaders(),
    (response) => response.writeHead(200).write('{"metadata":'),
    (response) => response.writeHead(429, { 'retry-after': '20' }).end('{}'),
    (response) => response.writeHead(500).write('{"kind":'),
  ]
  for (const moment of moments) {
    const controller = new AbortController()
    server.answers.push((response) => {
      moment(response)
      setTimeout(() => controller.abort(reason), 20)
    })
    await expect(client.get(pods, web, { signal: controller.signal })).rejects.toBe(reason)
  }
  const aborted = AbortSignal.abort(reason)
  await expect(client.get(pods, web, { signal: aborted })).rejects.toBe(reason)
  client.close()
  await noSockets()
})

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

test('the time of the server is known after its first answer, and never later than there', async () => {
  server.otherwise = json(object('web'))
  expect(client.serverTime()).toBeUndefined()
  for (let i = 0; i < 3; i += 1) {
    await client.get(pods, web)
    const told = client.serverTime() ?? Number.NaN
    expect(told).toBeLessThanOrEqual(Date.now())
    expect(told).toBeGreaterThan(Date.now() - 2_000)
  }
})

test('every answer is counted with verb, method, code and host', async () => {
  server.answers.push(json(object('web')), status(404))
  await client.get(pods, web)
  await client.get(pods, web).catch(() => {})
  expect(responses.map(({ verb, method, code, host }) => `${verb} ${method} ${code} http://${host}`)).toEqual(
    [`get GET 200 ${server.url}`, `get GET 404 ${server.url}`],
  )
})

test('two thousand requests hold on to nothing of a signal that outlives them', async () => {
  server.otherwise = json(object('web'))
  const warnings: Error[] = []
  const listener = (warning: Error) => warnings.push(warning)
  process.on('warning', listener)
  const { signal } = new AbortController()
  let listening = 0
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listening += 1
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listening -= 1
    remove(...args)
  }
  for (let i = 0; i < 100; i += 1)
    await Promise.all(Array.from({ length: 20 }, () => client.get(pods, web, { signal })))
  process.off('warning', listener)
  expect(listening).toBe(0)
  expect(warnings).toEqual([])
  expect(server.connections()).toBe(20)
})
