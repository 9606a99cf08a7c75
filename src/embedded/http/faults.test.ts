import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ApiServer, createApiServer } from '../api-server.ts'
import { ConnectionReset } from './faults.ts'
import type { Listener } from './http-listener.ts'

let server: ApiServer
let listener: Listener
let token: string

beforeEach(async () => {
  server = createApiServer()
  token = server.tokens.issueAdmin()
  listener = await server.listen()
})
afterEach(() => listener.close())

const PATH = '/api/v1/namespaces/default/configmaps'

function ask(query = '', init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return fetch(`${listener.url}${PATH}${query}`, { ...init, headers })
}

function create(name: string): void {
  server.objects.create({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name, namespace: 'default' } })
}

/** The lines of a watch of what is there, and how its body ended. */
async function watched(query = ''): Promise<readonly string[]> {
  const response = await ask(`?watch=1&timeoutSeconds=1&allowWatchBookmarks=true${query}`)
  const chunks: string[] = []
  const decoder = new TextDecoder()
  try {
    for await (const chunk of response.body ?? []) chunks.push(decoder.decode(chunk))
    return [...chunks.join('').split('\n').map(summary), 'ended']
  } catch {
    return [...chunks.join('').split('\n').map(summary), 'reset']
  }
}

function summary(line: string): string {
  try {
    const { type, object } = JSON.parse(line)
    return `${type} ${object.metadata.name ?? object.code ?? ''}`
  } catch {
    return line === '' ? '' : 'half a line'
  }
}

test('a status strikes as often as it is asked to, with its Retry-After', async () => {
  const fault = server.faults.add({ times: 1, fault: { kind: 'status', code: 429, retryAfterSeconds: 3 } })
  const first = await ask()
  expect([first.status, first.headers.get('retry-after'), fault.hits()]).toEqual([429, '3', 1])
  expect((await ask()).status).toBe(200)
})

test('a fault strikes only what it is for', async () => {
  server.faults.add({ verbs: ['watch'], fault: { kind: 'reset' } })
  server.faults.add({ resources: ['secrets'], fault: { kind: 'reset' } })
  server.faults.add({ match: ({ namespace }) => namespace === 'other', fault: { kind: 'reset' } })
  expect((await ask()).status).toBe(200)
})

test('a reset does nothing of the request, a late one all of it', async () => {
  const body = JSON.stringify({ metadata: { name: 'one' } })
  const rule = server.faults.add({ verbs: ['create'], fault: { kind: 'reset' } })
  await expect(ask('', { method: 'POST', body })).rejects.toThrow()
  expect(server.objects.list('ConfigMap', 'default')).toHaveLength(0)
  rule.remove()
  server.faults.add({ verbs: ['create'], fault: { kind: 'resetAfter' } })
  await expect(ask('', { method: 'POST', body })).rejects.toThrow()
  expect(server.objects.list('ConfigMap', 'default')).toHaveLength(1)
})

test('a request that hangs ends when the client gives up, and one that is delayed is answered', async () => {
  server.faults.add({ times: 1, fault: { kind: 'hang' } })
  await expect(ask('', { signal: AbortSignal.timeout(50) })).rejects.toThrow()
  server.faults.add({ times: 1, fault: { kind: 'delay', ms: 20 } })
  expect((await ask()).status).toBe(200)
})

test('a watch is cut in the middle of a line, ended, or silenced after some events', async () => {
  for (const name of ['a', 'b', 'c']) create(name)
  const cut = server.faults.add({ fault: { kind: 'cutLine', afterEvents: 1 } })
  expect(await watched()).toEqual(['ADDED a', 'half a line', 'reset'])
  cut.remove()
  const end = server.faults.add({ fault: { kind: 'end', afterEvents: 2 } })
  expect(await watched()).toEqual(['ADDED a', 'ADDED b', '', 'ended'])
  end.remove()
  server.faults.add({ fault: { kind: 'silence', afterEvents: 2 } })
  expect(await watched()).toEqual(['ADDED a', 'ADDED b', '', 'ended'])
})

test('a watch is told that its version has expired', async () => {
  for (const name of ['a', 'b']) create(name)
  server.faults.add({ fault: { kind: 'expire', afterEvents: 1 } })
  expect(await watched()).toEqual(['ADDED a', 'ERROR 410', '', 'ended'])
})

test('events come twice or in the wrong order', async () => {
  for (const name of ['a', 'b', 'c', 'd']) create(name)
  const duplicate = server.faults.add({ fault: { kind: 'duplicate' } })
  expect((await watched('&fieldSelector=metadata.name%3Da')).slice(0, 2)).toEqual(['ADDED a', 'ADDED a'])
  duplicate.remove()
  server.faults.add({ fault: { kind: 'reorder' } })
  server.faults.add({ fault: { kind: 'dropBookmarks' } })
  expect((await watched()).slice(0, 4)).toEqual(['ADDED b', 'ADDED a', 'ADDED d', 'ADDED c'])
})

test('bookmarks are dropped', async () => {
  create('a')
  server.faults.add({ fault: { kind: 'dropBookmarks' } })
  expect(await watched('&sendInitialEvents=true&resourceVersionMatch=NotOlderThan')).toEqual([
    'ADDED a',
    '',
    'ended',
  ])
})

test('without WatchList the initial events are refused as by a server of 1.33', async () => {
  server.faults.watchList = false
  const response = await ask('?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan')
  expect([response.status, JSON.parse(await response.text()).message]).toEqual([
    422,
    'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
  ])
})

test('a fault without a socket rejects', async () => {
  server.faults.add({ fault: { kind: 'reset' } })
  const request = new Request(`http://127.0.0.1${PATH}`, { headers: { authorization: `Bearer ${token}` } })
  await expect(server.fetch(request)).rejects.toThrow(ConnectionReset)
})
