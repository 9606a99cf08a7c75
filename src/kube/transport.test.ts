import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import {
  client,
  nameOf,
  noSockets,
  object,
  pods,
  responses,
  server,
  status,
  web,
} from '../../test/kube/client-bench.ts'
import { json } from '../../test/kube/scripted-server.ts'

test('requests one after the other share a connection', async () => {
  server.otherwise = json(object('web'))
  for (let i = 0; i < 20; i += 1) await client.get(pods, web)
  expect(server.connections()).toBe(1)
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
