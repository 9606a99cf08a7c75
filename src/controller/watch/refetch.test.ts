import { describe, expect, it } from 'vitest'
import { deployment, reduced } from '../../../test/builders.ts'
import { FakeClient, SERVER_ERROR } from '../../../test/fake/fake-client.ts'
import { AUTO, readsAll } from '../../../test/fake/workbench.ts'
import { workloadStores } from '../../../test/fake/workload-stores.ts'
import { createRefetch } from './refetch.ts'

const ADDRESS = { namespace: 'shop', name: 'web' }
const signal = new AbortController().signal

function setUp() {
  const client = new FakeClient()
  const workloads = workloadStores()
  const refetch = createRefetch({
    client,
    workloads,
    reduce: (object, kind, seen) => reduced(object, { kind, ...seen }),
  })
  /** Writes `web` as somebody would, so that no watch has shown it yet. */
  const write = (generation: number, name: string) => {
    const { metadata, ...rest } = deployment({ annotations: AUTO, spec: readsAll(name) })
    return client.put('deployments', { ...rest, metadata: { ...metadata, generation } })
  }
  const known = reduced(write(1, 'conf'))
  workloads.Deployment.set(known, 'watch')
  return { client, refetch, write, known, stored: () => workloads.Deployment.store.get('shop', 'web') }
}

describe('reading a workload again', () => {
  it('shows what it references now', async () => {
    const { refetch, write, known, stored } = setUp()
    write(2, 'new')
    expect(await refetch(known, signal)).toBe(true)
    expect(stored()?.references.map(({ name }) => name)).toEqual(['new'])
  })

  it('does not tell since when it has a template that nobody watched come', async () => {
    const { refetch, write, known, stored } = setUp()
    write(2, 'new')
    await refetch(known, signal)
    expect(known.templates).toMatchObject([{ exact: true }])
    expect(stored()?.templates.at(-1)).toMatchObject({ exact: false })
    expect(stored()?.templates.at(-1)).not.toHaveProperty('since')
  })

  it('keeps what is known of a template that stayed', async () => {
    const { refetch, write, known, stored } = setUp()
    write(1, 'conf')
    await refetch(known, signal)
    expect(stored()?.templates).toEqual(known.templates)
  })

  it('says when it is gone, and leaves that to the watch', async () => {
    const { client, refetch, known, stored } = setUp()
    client.remove('deployments', ADDRESS)
    expect([await refetch(known, signal), stored()]).toEqual([false, known])
  })

  it('takes in neither another workload of that name nor an older version', async () => {
    const { client, refetch, known, stored } = setUp()
    client.put('deployments', { metadata: { ...ADDRESS, uid: 'other' }, spec: {} })
    expect([await refetch(known, signal), stored()]).toEqual([true, known])
  })

  it('reads the object that holds its pod template, too', async () => {
    const { client, refetch, write, known, stored } = setUp()
    write(2, 'new')
    const rollout = { ref: { kind: 'Rollout', namespace: 'shop', name: 'canary' }, lender: known } as const
    expect(await refetch(rollout, signal)).toBe(false)
    client.put('rollouts', { metadata: { namespace: 'shop', name: 'canary' } })
    expect(await refetch(rollout, signal)).toBe(true)
    expect(stored()?.references.map(({ name }) => name)).toEqual(['new'])
    client.remove('deployments', ADDRESS)
    expect(await refetch(rollout, signal)).toBe(false)
  })

  it('throws whatever else the API server answers', async () => {
    const { client, refetch, known } = setUp()
    client.before = () => {
      throw SERVER_ERROR
    }
    await expect(refetch(known, signal)).rejects.toBe(SERVER_ERROR)
  })
})
