import { beforeEach, describe, expect, test } from 'vitest'
import { type ApiServer, createApiServer } from '../api-server.ts'
import type { JsonObject } from '../object/json.ts'

let server: ApiServer
let token: string

beforeEach(() => {
  server = createApiServer({ now: () => new Date('2026-01-01T00:00:00Z') })
  token = server.tokens.issueAdmin()
})

const PLACE = { kind: 'ConfigMap', namespace: 'default', name: 'one' }

/** Applies the data as a manager; what came of it is the code, and the message of a refusal. */
async function apply(manager: string, data: JsonObject, query = '') {
  const url = `http://localhost/api/v1/namespaces/default/configmaps/one?fieldManager=${manager}${query}`
  const response = await server.fetch(
    new Request(url, {
      method: 'PATCH',
      body: JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' }, data }),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/apply-patch+yaml' },
    }),
  )
  const { message } = (await response.json()) as { message?: string }
  return { status: response.status, message }
}

const data = () => server.objects.get(PLACE)?.data
const owners = () =>
  Object.fromEntries(
    (server.objects.get(PLACE)?.metadata.managedFields ?? []).map(({ manager, fieldsV1 }) => [
      manager,
      fieldsV1,
    ]),
  )

describe('a configuration that is applied', () => {
  test('makes the object, and what it does not mention any more is removed', async () => {
    expect((await apply('a', { x: '1', y: '2' })).status).toBe(201)
    expect((await apply('a', { y: '3' })).status).toBe(200)
    expect(data()).toEqual({ y: '3' })
  })

  test('leaves alone what somebody else owns, too', async () => {
    await apply('a', { x: '1' })
    await apply('b', { x: '1' })
    await apply('a', {})
    expect(data()).toEqual({ x: '1' })
    expect(owners()).toMatchObject({ b: { 'f:data': { 'f:x': {} } } })
  })

  test('is refused where others hold other values, manager by manager, and changes nothing', async () => {
    await apply('a', { x: '1' })
    await apply('b', { y: '1' })
    const { status, message } = await apply('c', { x: '2', y: '2' })
    expect(status).toBe(409)
    expect(message).toBe(
      'Apply failed with 2 conflicts: conflicts with "a":\n- .data.x\nconflicts with "b":\n- .data.y',
    )
    expect(data()).toEqual({ x: '1', y: '1' })
  })

  test('takes the fields over by force', async () => {
    await apply('a', { x: '1' })
    expect((await apply('b', { x: '2' }, '&force=true')).status).toBe(200)
    expect(owners()).toEqual({ b: { 'f:data': { 'f:x': {} } } })
  })

  test('changes nothing in a dry run', async () => {
    await apply('a', { x: '1' })
    expect((await apply('a', { x: '2' }, '&dryRun=All')).status).toBe(200)
    expect(data()).toEqual({ x: '1' })
  })
})
