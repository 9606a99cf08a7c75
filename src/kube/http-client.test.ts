import { expect, test } from 'vitest'
import {
  client,
  connectionTo,
  deployments,
  object,
  pods,
  server,
  status,
  web,
} from '../../test/kube/client-bench.ts'
import { json } from '../../test/kube/scripted-server.ts'
import { isConflict, isExpired, isForbidden, isInvalidField, isNotFound } from './api-error.ts'
import { createClient } from './http-client.ts'

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

test('a write may be answered by the metadata of what it left', async () => {
  server.otherwise = json(object('web'))
  const whole = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' } }
  await client.update(pods, whole, { metadataOnly: true })
  await client.update(pods, whole)
  expect(server.seen.map(({ headers }) => headers.accept)).toEqual([
    'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
    'application/json',
  ])
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
