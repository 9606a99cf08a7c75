import { describe, expect, it } from 'vitest'
import { adopted, plansOf } from '../../test/fake/adopted-bench.ts'
import { FORBIDDEN } from '../../test/fake/fake-client.ts'
import { keyOf, readsAll, Workbench } from '../../test/fake/workbench.ts'
import { ConfigUnreadable } from './result.ts'

const conf = 'ConfigMap/conf'

describe('a config that cannot be read', () => {
  it('does not hold the others: they roll, and the look fails afterwards', async () => {
    const bench = await adopted()
    bench.configure('conf', { a: '2' })
    bench.configure('other', { a: '2' })
    bench.client.before = ({ verb, name }) => {
      if (verb === 'get' && name === 'conf') throw FORBIDDEN
    }
    await expect(bench.look('web')).rejects.toThrow('Cannot read ConfigMap/conf: the server answered 403')
    expect(bench.patches()).toHaveLength(1)
    bench.client.before = () => {}
    expect(await bench.look('web')).toEqual({})
    expect(bench.patches()).toHaveLength(2)
  })

  it('is never taken for absent or changed, however long it lasts', async () => {
    const bench = await adopted({ policy: { reloadOnDelete: true } })
    bench.blind.set('ConfigMap', 'configmaps are not in sight: forbidden')
    for (let times = 0; times < 3; times++) await expect(bench.look('web')).rejects.toThrow(ConfigUnreadable)
    bench.blind.clear()
    expect(await bench.look('web')).toEqual({})
    expect(bench.patches()).toEqual([])
  })

  it('does not put off the look at another one that settles', async () => {
    const bench = await adopted()
    bench.configure('conf', { a: '2' })
    bench.configure('other', { a: '2' }, { pendingFor: 'web' })
    bench.client.before = ({ verb, name }) => {
      if (verb === 'get' && name === 'conf') throw FORBIDDEN
    }
    await expect(bench.look('web')).rejects.toMatchObject({
      name: 'ConfigUnreadable',
      lookAgainAfterMs: 500,
    })
  })
})

describe('a config that settles', () => {
  it('is not read, and looked at again when its window is over', async () => {
    const bench = await adopted()
    bench.configure('conf', { a: '2' }, { pendingFor: 'web' })
    bench.clock.nowMs = 200
    expect(await bench.look('web')).toEqual({ requeueAfterMs: 300 })
    expect([plansOf(bench).at(-1), bench.client.requests]).toEqual(['hold Settling', []])
    expect(bench.pending.size).toBe(1)
    bench.clock.nowMs = 500
    expect(await bench.look('web')).toEqual({})
    expect(bench.patches()).toHaveLength(1)
    expect(bench.pending.size).toBe(0)
  })

  it('goes along with a roll that another one starts', async () => {
    const bench = await adopted()
    bench.configure('conf', { a: '2' }, { pendingFor: 'web' })
    bench.clock.nowMs = 400
    bench.configure('other', { a: '2' }, { pendingFor: 'web' })
    bench.clock.nowMs = 600
    expect(await bench.look('web')).toEqual({})
    expect(bench.patches()).toHaveLength(1)
    expect([[...bench.client.requested('get')].sort(), bench.pending.size]).toEqual([
      ['get configmaps conf', 'get configmaps other'],
      0,
    ])
    bench.clock.nowMs = 900
    expect(await bench.look('web')).toEqual({})
    expect(bench.patches()).toHaveLength(1)
  })

  it('is read at once for a workload that has no record', async () => {
    const bench = new Workbench()
    bench.deploy('web', { spec: readsAll('conf') })
    bench.configure('conf', { a: '1' }, { pendingFor: 'web' })
    await bench.look('web')
    expect([plansOf(bench), bench.pending.size]).toEqual([['adopt FirstObservation'], 0])
  })

  it('rolls nothing when it came back to what it was', async () => {
    const bench = await adopted()
    bench.configure('conf', { a: '2' }, { pendingFor: 'web' })
    bench.configure('conf', { a: '1' }, { pendingFor: 'web' })
    bench.clock.nowMs = 500
    expect(await bench.look('web')).toEqual({})
    expect([bench.patches(), bench.pending.size]).toEqual([[], 0])
  })

  it('stays pending when it changed again while it was looked at', async () => {
    const bench = await adopted()
    bench.configure('conf', { a: '2' }, { pendingFor: 'web' })
    bench.clock.nowMs = 500
    bench.client.before = ({ verb }) => {
      if (verb === 'patch') bench.configure('conf', { a: '3' }, { pendingFor: 'web' })
    }
    await bench.look('web')
    bench.client.before = () => {}
    expect(bench.pending.idsOf(keyOf('web'))).toEqual([conf])
    bench.clock.nowMs = 1_100
    await bench.look('web')
    expect([bench.patches().length, bench.pending.size]).toEqual([2, 0])
  })

  it('is forgotten when its workload is no longer looked at', async () => {
    const bench = await adopted()
    bench.configure('conf', { a: '2' }, { pendingFor: 'web' })
    bench.workloads.delete({ namespace: 'shop', name: 'web' }, { from: 'watch' })
    expect(await bench.look('web')).toEqual({})
    expect(bench.pending.size).toBe(0)
  })
})
