import { afterEach, expect, test } from 'vitest'
import { type ApiServer, type ApiServerOptions, createApiServer } from './api-server.ts'
import type { RequestRecord } from './http/answer-request.ts'
import type { Listener } from './http/http-listener.ts'

const listeners: Listener[] = []
afterEach(async () => {
  for (const each of listeners.splice(0)) await each.close()
})

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'

const configMap = (name: string, data: Record<string, string> = { a: '1' }) => ({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name, namespace: 'default' },
  data,
})

/** A server, and a way to ask it as its admin, or as whom the token says. */
function serve(options: ApiServerOptions = {}) {
  const server = createApiServer(options)
  const admin = server.tokens.issueAdmin()
  const ask = async (method: string, path: string, init: { body?: unknown; token?: string } = {}) => {
    const authorization = `Bearer ${init.token ?? admin}`
    const body = init.body === undefined ? {} : { body: JSON.stringify(init.body) }
    const request = new Request(`http://127.0.0.1${path}`, { method, headers: { authorization }, ...body })
    const response = await server.fetch(request)
    return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) }
  }
  return { server, admin, ask }
}

async function listenTo(server: ApiServer): Promise<Listener> {
  const listener = await server.listen()
  listeners.push(listener)
  return listener
}

test('a watch over HTTP sends what is there, the end of it, and then every change', async () => {
  const { server, admin } = serve()
  const { url } = await listenTo(server)
  server.objects.create(configMap('one'))
  const query = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
  const stop = new AbortController()
  const headers = { authorization: `Bearer ${admin}` }
  const response = await fetch(`${url}/api/v1/configmaps?${query}`, { headers, signal: stop.signal })
  const seen: string[] = []
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    for (const line of decoder.decode(chunk).trim().split('\n')) {
      const { type, object } = JSON.parse(line)
      seen.push(`${type} ${object.metadata.name ?? ''}`)
    }
    if (seen.length === 2) server.objects.create(configMap('two'))
    if (seen.length >= 3) break
  }
  stop.abort()
  expect(seen).toEqual(['ADDED one', 'BOOKMARK ', 'ADDED two'])
})

test('the pages of a list are together the list of the first page', async () => {
  const { server, ask } = serve()
  const names = Array.from({ length: 7 }, (_, i) => `cm-${i}`)
  for (const name of names) server.objects.create(configMap(name))
  const seen: string[] = []
  let token = ''
  do {
    const { body } = await ask('GET', `${CONFIG_MAPS}?limit=3&continue=${token}`)
    seen.push(...body.items.map((each: { metadata: { name: string } }) => each.metadata.name))
    token = body.metadata.continue ?? ''
    server.objects.create(configMap(`later-${seen.length}`))
    server.objects.remove({ kind: 'ConfigMap', namespace: 'default', name: names.at(-1) ?? '' })
    server.objects.create(configMap(names.at(-1) ?? ''))
  } while (token !== '')
  expect(seen).toEqual(names)
})

test('without a token, with a strange one and without a right one is told apart', async () => {
  const { server, ask } = serve()
  const token = server.tokens.issueServiceAccount('default', 'sa')
  const statuses = [
    (await server.fetch(new Request(`http://127.0.0.1${CONFIG_MAPS}`))).status,
    (await ask('GET', CONFIG_MAPS, { token: 'strange' })).status,
    (await ask('GET', CONFIG_MAPS, { token })).status,
    (await ask('GET', CONFIG_MAPS)).status,
  ]
  expect(statuses).toEqual([403, 401, 403, 200])
})

test('every request of a resource is told to whoever counts them, refused ones too', async () => {
  const records: RequestRecord[] = []
  const { server, ask } = serve({ onRequest: (record) => records.push(record) })
  await ask('GET', CONFIG_MAPS)
  await ask('GET', CONFIG_MAPS, { token: server.tokens.issueServiceAccount('default', 'sa') })
  await ask('GET', '/version')
  expect(records.map(({ info, allowed }) => `${info.verb} ${info.resource.plural} ${allowed}`)).toEqual([
    'list configmaps true',
    'list configmaps false',
  ])
})

test('a body beyond the limit is refused', async () => {
  const { ask } = serve()
  const { status, body } = await ask('POST', CONFIG_MAPS, {
    body: configMap('one', { a: 'x'.repeat(3 * 1024 * 1024) }),
  })
  expect([status, body.reason]).toEqual([413, 'RequestEntityTooLarge'])
})

test('the Date header is the clock of the server', async () => {
  const { ask } = serve({ now: () => new Date('2020-01-02T03:04:05Z') })
  expect((await ask('GET', CONFIG_MAPS)).headers.get('date')).toBe('Thu, 02 Jan 2020 03:04:05 GMT')
})

test('a restarted server has its content and none of its watches', async () => {
  const { server, ask } = serve()
  const { metadata } = server.objects.create(configMap('one'))
  server.objects.create(configMap('two'))
  server.restart()
  expect((await ask('GET', CONFIG_MAPS)).body.items).toHaveLength(2)
  const query = `watch=1&timeoutSeconds=1&resourceVersion=${metadata.resourceVersion}`
  expect((await ask('GET', `${CONFIG_MAPS}?${query}`)).body.object.code).toBe(410)
})

test('a namespace goes with everything in it', async () => {
  const { server, ask } = serve()
  server.objects.create(configMap('one'))
  await ask('DELETE', '/api/v1/namespaces/default')
  expect((await ask('GET', '/api/v1/configmaps')).body.items).toEqual([])
  expect((await ask('GET', '/api/v1/namespaces/default')).status).toBe(404)
})
