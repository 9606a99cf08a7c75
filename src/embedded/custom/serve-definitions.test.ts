import { expect, test } from 'vitest'
import { createApiServer } from '../api-server.ts'
import type { JsonObject } from '../object/json.ts'

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const DEFINITION = `${DEFINITIONS}/widgets.example.com`
const WIDGETS = '/apis/example.com/v1/namespaces/default/widgets'

const SPEC = {
  type: 'object',
  required: ['size'],
  properties: { size: { type: 'integer' }, color: { type: 'string', default: 'red' } },
}

function definition(versions: readonly string[] = ['v1']): JsonObject {
  return {
    kind: 'CustomResourceDefinition',
    apiVersion: 'apiextensions.k8s.io/v1',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: versions.map((name, i) => ({
        name,
        served: true,
        storage: i === 0,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: SPEC } } },
      })),
    },
  }
}

function widget(name: string, spec: JsonObject = { size: 1 }): JsonObject {
  return { kind: 'Widget', apiVersion: 'example.com/v1', metadata: { name, namespace: 'default' }, spec }
}

/** A server, and a way to ask it as its admin. */
function serve() {
  const server = createApiServer()
  const headers = { authorization: `Bearer ${server.tokens.issueAdmin()}` }
  const send = (method: string, path: string, body?: JsonObject) =>
    server.fetch(
      new Request(`http://127.0.0.1${path}`, {
        method,
        headers: {
          ...headers,
          'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
  const ask = async (...request: Parameters<typeof send>) => {
    const response = await send(...request)
    const text = await response.text()
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : undefined }
  }
  return { server, send, ask }
}

test('a resource is served from the answer to its definition on, and not a moment before', async () => {
  const { ask } = serve()
  expect((await ask('POST', WIDGETS, widget('a'))).status).toBe(404)
  expect((await ask('POST', DEFINITIONS, definition())).status).toBe(201)
  const { status, body } = await ask('POST', WIDGETS, widget('a', { size: 1, strange: true }))
  expect([status, body.spec, body.metadata.generation]).toEqual([201, { size: 1, color: 'red' }, 1])
  expect((await ask('POST', WIDGETS, widget('b', { size: 'x' }))).status).toBe(422)
})

test('an object is there in every version, and keeps its uid', async () => {
  const { server, ask } = serve()
  server.objects.create(definition(['v1', 'v2']))
  const { metadata } = server.objects.create(widget('a'))
  const { body } = await ask('GET', WIDGETS.replace('/v1/', '/v2/'))
  expect(body).toMatchObject({
    apiVersion: 'example.com/v2',
    items: [{ apiVersion: 'example.com/v2', kind: 'Widget', metadata: { uid: metadata.uid } }],
  })
})

test('a definition goes with its objects, and a watch of them tells that before it ends', async () => {
  const { server, send, ask } = serve()
  server.objects.create(definition())
  server.objects.create(widget('a'))
  const watch = await send('GET', `${WIDGETS}?watch=true`)
  const events = watch.text()
  expect((await ask('DELETE', DEFINITION)).body.status.conditions.at(-1).type).toBe('Terminating')
  const types = (await events)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).type)
  expect(types).toEqual(['ADDED', 'DELETED'])
  expect([(await ask('GET', DEFINITION)).status, (await ask('GET', WIDGETS)).status]).toEqual([404, 404])
})

test('a finalizer of an object holds its definition, and nothing new comes in the meantime', async () => {
  const { server, ask } = serve()
  server.objects.create(definition())
  server.objects.create({
    ...widget('a'),
    metadata: { name: 'a', namespace: 'default', finalizers: ['x/y'] },
  })
  await ask('DELETE', DEFINITION)
  expect((await ask('GET', DEFINITION)).status).toBe(200)
  expect((await ask('POST', WIDGETS, widget('b'))).status).toBe(405)
  await ask('PATCH', `${WIDGETS}/a`, { metadata: { finalizers: null } })
  expect((await ask('GET', DEFINITION)).status).toBe(404)
})

test('a definition that comes again serves again, without the objects of the first', async () => {
  const { server, ask } = serve()
  server.objects.create(definition())
  server.objects.create(widget('a'))
  await ask('DELETE', DEFINITION)
  server.objects.create(definition())
  expect((await ask('GET', WIDGETS)).body.items).toEqual([])
})

test('a change of the schema ends the watches, and holds for the next write', async () => {
  const { server, send, ask } = serve()
  server.objects.create(definition())
  const watch = await send('GET', `${WIDGETS}?watch=true`)
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
  const versions = [{ name: 'v1', served: true, storage: true, schema }]
  await ask('PATCH', DEFINITION, { spec: { versions } })
  expect(await watch.text()).toBe('')
  expect((await ask('POST', WIDGETS, widget('a', { anything: 1 }))).body.spec).toEqual({ anything: 1 })
})

test('servers do not share what they serve', async () => {
  const [one, other] = [serve(), serve()]
  one.server.objects.create(definition())
  expect([(await one.ask('GET', WIDGETS)).status, (await other.ask('GET', WIDGETS)).status]).toEqual([
    200, 404,
  ])
})
