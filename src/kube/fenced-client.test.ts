import { describe, expect, it } from 'vitest'
import { FakeClient } from '../../test/fake/fake-client.ts'
import { fencedClient } from './fenced-client.ts'

const LEASES = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' }
const address = { namespace: 'home', name: 'lock' }
const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: address }

function fenced(mayWrite: () => void) {
  const api = new FakeClient()
  api.put('leases', { metadata: address })
  return { api, client: fencedClient(api, mayWrite) }
}

describe('a fenced client', () => {
  it('rejects every write with the reason, and sends none of them', async () => {
    const reason = new Error('not now')
    const { api, client } = fenced(() => {
      throw reason
    })
    const writes = [
      client.create(LEASES, lease),
      client.update(LEASES, lease),
      client.patch(LEASES, address, { type: 'merge', body: {} }),
      client.delete(LEASES, address),
    ]
    const outcomes = await Promise.allSettled(writes)
    expect(outcomes).toEqual(writes.map(() => ({ status: 'rejected', reason })))
    expect(api.requests).toEqual([])
  })

  it('asks anew for each write', async () => {
    let asked = 0
    const { api, client } = fenced(() => {
      asked += 1
    })
    await client.update(LEASES, lease)
    await client.patch(LEASES, address, { type: 'merge', body: {} })
    expect(asked).toBe(2)
    expect(api.requested('update', 'patch')).toEqual(['update leases lock', 'patch leases lock'])
  })

  it('reads whatever it likes', async () => {
    const { client } = fenced(() => {
      throw new Error('not now')
    })
    expect((await client.get(LEASES, address)).metadata.name).toBe('lock')
    expect((await client.getMetadata(LEASES, address)).metadata.name).toBe('lock')
    const { items } = await client.list(LEASES, { reduce: ({ metadata }) => metadata.name })
    expect(items).toEqual(['lock'])
    expect(client.serverTime()).toBeDefined()
  })
})
