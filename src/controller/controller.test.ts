import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { deployment, reduced } from '../../test/builders.ts'
import { ControlBench, type ControlSetting } from '../../test/fake/control-bench.ts'
import { SERVER_ERROR } from '../../test/fake/fake-client.ts'
import { record } from '../../test/fake/stored-records.ts'
import { AUTO, keyOf, readsAll } from '../../test/fake/workbench.ts'
import type { WorkloadRecord } from '../types/record.ts'
import type { Result } from './result.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const WEB = keyOf('web')
const settle = () => vi.advanceTimersByTimeAsync(0)

/** A controller that has looked once at everything there is. */
async function running(setting: ControlSetting, fill: (bench: ControlBench) => void = () => {}) {
  const bench = new ControlBench(setting)
  fill(bench)
  await bench.start()
  return bench
}

/** A record of the Deployment of that name that follows nothing. */
function recordOf(name: string): WorkloadRecord {
  return { ...record(name, 1), uid: 'web-uid', configs: {} }
}

describe('starting', () => {
  it('looks at nothing before every list was taken in', async () => {
    const bench = new ControlBench()
    bench.show({ spec: readsAll('conf') })
    void bench.run()
    await vi.advanceTimersByTimeAsync(60_000)
    expect([bench.looks(), bench.controller.isWorking()]).toEqual([[], false])
    bench.sync()
    await settle()
    expect([bench.looks(), bench.controller.isWorking()]).toEqual([[WEB], true])
  })

  it('looks once at what is opted in or was recorded, and at nothing else', async () => {
    const bench = await running({ records: [recordOf('left')] }, (bench) => {
      bench.show({ spec: readsAll('conf') })
      bench.show({ metadata: { name: 'left' }, annotations: {} })
      bench.show({ metadata: { name: 'quiet' }, annotations: {} })
    })
    expect(bench.looks()).toEqual([WEB, keyOf('left')])
  })

  it('forgets the records of workloads that are gone, and of no others', async () => {
    const elsewhere = { ...recordOf('gone'), workload: { kind: 'Unheard', namespace: 'shop', name: 'gone' } }
    const bench = await running(
      { records: [recordOf('web'), recordOf('gone'), elsewhere as unknown as WorkloadRecord] },
      (bench) => {
        bench.show({ spec: readsAll('conf') })
        bench.refetch.mockResolvedValue(false)
      },
    )
    expect([...bench.records.keys()].sort()).toEqual([WEB, 'Unheard/shop/gone'])
    expect(bench.refetch.mock.calls.map(([{ ref }]) => ref.name)).toEqual(['gone'])
  })

  it('keeps the record of a workload that the stores do not show yet, and asks until it is answered', async () => {
    const bench = await running({ records: [recordOf('new')] }, ({ refetch }) => {
      refetch.mockRejectedValueOnce(SERVER_ERROR)
    })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(bench.refetch).toHaveBeenCalledTimes(2)
    expect([...bench.records.keys()]).toEqual([keyOf('new')])
  })

  it('keeps the records of namespaces that are not selected', async () => {
    const bench = await running({ selected: true, records: [recordOf('gone')] })
    expect([...bench.records.keys()]).toEqual([keyOf('gone')])
  })

  it('knows which workloads came into being while nobody watched, to the second', async () => {
    const created = (name: string, creationTimestamp: string) => ({ metadata: { name, creationTimestamp } })
    const bench = await running({ watchedUntil: '2026-01-02T00:00:05Z' }, (bench) => {
      bench.show(created('before', '2026-01-02T00:00:04Z'), 'list')
      bench.show(created('meanwhile', '2026-01-02T00:00:05Z'), 'list')
      bench.show(created('after', '2026-01-02T00:00:06Z'), 'list')
      bench.show(created('watched', '2026-01-02T00:00:06Z'), 'watch')
    })
    const unseen = ['before', 'meanwhile', 'after', 'watched'].map((name) =>
      bench.sightings.bornUnseen(keyOf(name)),
    )
    expect(unseen).toEqual([false, true, true, true])
  })

  it('does not take what a first list shows late for born unseen, unless it is younger than the watch', async () => {
    const created = (name: string, creationTimestamp: string) => ({ metadata: { name, creationTimestamp } })
    const bench = new ControlBench()
    void bench.run()
    bench.sync()
    await settle()
    const there = [created('before', '2026-03-01T11:59:59Z'), created('after', '2026-03-01T12:00:00Z')]
    bench.list(...there)
    bench.list(...there, created('missed', '2026-03-01T11:59:59Z'))
    const unseen = ['before', 'after', 'missed'].map((name) => bench.sightings.bornUnseen(keyOf(name)))
    expect(unseen).toEqual([false, true, true])
  })

  it('stops at once when it is told to before the lists are there', async () => {
    const bench = new ControlBench()
    const ended = bench.run()
    bench.stop.abort()
    await ended
    expect([bench.looks(), bench.controller.isWorking()]).toEqual([[], false])
  })
})

describe('a change of a config', () => {
  it('has its followers looked at when the settle window is over, and nobody else', async () => {
    const bench = await running({}, (bench) => {
      bench.show({ spec: readsAll('conf') })
      bench.show({ metadata: { name: 'api' }, spec: readsAll('conf', 'other') })
      bench.show({ metadata: { name: 'db' }, spec: readsAll('other') })
      bench.showConfig('150')
    })
    bench.looks()
    bench.showConfig('200')
    await vi.advanceTimersByTimeAsync(499)
    expect(bench.looks()).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(bench.looks().sort()).toEqual([keyOf('api'), WEB])
    expect(bench.reader.forget).toHaveBeenCalledWith({ kind: 'ConfigMap', namespace: 'shop', name: 'conf' })
  })

  it('that can be followed from then on has them looked at at once, and once more as the change that it is', async () => {
    const bench = await running({}, (bench) => bench.show({ spec: readsAll('conf') }))
    bench.looks()
    bench.showConfig('200')
    await settle()
    expect(bench.looks()).toEqual([WEB])
    bench.showConfig('201')
    await settle()
    expect(bench.looks()).toEqual([])
    await vi.advanceTimersByTimeAsync(500)
    expect(bench.looks()).toEqual([WEB])
  })

  it('and its deletion are pending with their versions', async () => {
    const bench = await running({}, (bench) => bench.show({ spec: readsAll('conf') }))
    bench.showConfig('200')
    bench.configs.ConfigMap.delete(
      { namespace: 'shop', name: 'conf' },
      { from: 'watch', resourceVersion: '210' },
    )
    const change = bench.pending.of(WEB, { releases: [], settleMs: undefined }).get('ConfigMap/conf')
    expect(change).toMatchObject({ first: '200', last: '210' })
  })

  it("in a namespace that is not selected is nobody's", async () => {
    const bench = await running({ selected: true }, (bench) => bench.show({ spec: readsAll('conf') }))
    bench.looks()
    bench.showConfig('200')
    await vi.advanceTimersByTimeAsync(1_000)
    expect([bench.looks(), bench.pending.size]).toEqual([[], 0])
  })

  it('after the stop is not noticed', async () => {
    const bench = await running({}, (bench) => bench.show({ spec: readsAll('conf') }))
    bench.stop.abort()
    await settle()
    bench.showConfig('200')
    expect([bench.pending.size, bench.controller.isWorking()]).toEqual([0, false])
  })
})

describe('a change of a workload', () => {
  it('has it looked at when a decision can depend on it, and not for its status', async () => {
    const bench = await running({}, (bench) => bench.show({ spec: readsAll('conf') }))
    bench.looks()
    bench.show({ spec: readsAll('conf'), metadata: { resourceVersion: '101' }, status: { replicas: 1 } })
    await settle()
    expect(bench.looks()).toEqual([])
    bench.show({ spec: readsAll('new'), metadata: { resourceVersion: '102', generation: 2 } })
    await settle()
    expect(bench.looks()).toEqual([WEB])
    expect(bench.controller.followedConfigs()).toEqual([
      ['ConfigMap', 0],
      ['Secret', 0],
      ['SecretProviderClass', 0],
    ])
    bench.showConfig('200', 'new')
    expect(bench.controller.followedConfigs()[0]).toEqual(['ConfigMap', 1])
  })

  it('that is its end has everything about it forgotten', async () => {
    const bench = await running({ records: [recordOf('web')] }, (bench) =>
      bench.show({ spec: readsAll('conf') }),
    )
    bench.showConfig('200')
    bench.looks()
    bench.workloads.Deployment.delete({ namespace: 'shop', name: 'web' }, { from: 'watch' })
    expect([bench.records.size, bench.pending.size, bench.sightings.isComplete()]).toEqual([0, 0, true])
    expect(bench.announce.forget).toHaveBeenCalledWith(WEB)
    bench.showConfig('201')
    expect(bench.pending.size).toBe(0)
  })

  it('that takes our stamps out is told, with the name of who did it', async () => {
    const env = [{ name: 'STAKATER_CONF_CONFIGMAP', value: 'u1.5.a.00000000-x' }]
    const bench = await running({}, (bench) => bench.show({ spec: { containers: [{ name: 'app', env }] } }))
    const managedFields = [{ manager: 'argocd', operation: 'Update', time: '2026-01-01T00:00:00Z' }]
    const workload = bench.show({
      spec: { containers: [{ name: 'app' }] },
      metadata: { generation: 2, resourceVersion: '101', managedFields },
    })
    expect(bench.announce.reverted).toHaveBeenCalledExactlyOnceWith(workload, 'argocd')
  })

  it('that was our own PATCH is not looked at', async () => {
    const bench = await running({}, (bench) => bench.show({ spec: readsAll('conf') }))
    bench.looks()
    const previous = bench.workloads.Deployment.store.get('shop', 'web')
    const patched = deployment({
      annotations: AUTO,
      spec: readsAll('conf'),
      metadata: { generation: 2, resourceVersion: '300' },
    })
    bench.workloads.Deployment.update(reduced(patched, { previous }))
    await settle()
    expect(bench.looks()).toEqual([])
  })
})

describe('a namespace that is selected', () => {
  it('has its workloads looked at', async () => {
    const bench = await running({ selected: true }, (bench) => bench.show({ spec: readsAll('conf') }))
    bench.looks()
    expect(bench.sightings.isComplete()).toBe(true)
    const identity = { ref: { namespace: '', name: 'shop' }, name: 'shop', uid: 'n1' }
    const shop = { ...identity, resourceVersion: '150', watched: true }
    bench.namespaces.set(shop, 'watch')
    await settle()
    expect([bench.looks(), bench.sightings.isComplete()]).toEqual([[WEB], false])
    bench.namespaces.set(shop, 'watch')
    await settle()
    expect(bench.looks()).toEqual([])
    bench.namespaces.delete(shop.ref, { from: 'watch' })
    expect(bench.sightings.isComplete()).toBe(true)
  })
})

describe('stopping', () => {
  it('finishes what is under way, and then ends', async () => {
    const bench = new ControlBench()
    let finish: (result: Result) => void = () => {}
    bench.show({ spec: readsAll('conf') })
    bench.reconcile.mockImplementationOnce(() => new Promise((resolve) => (finish = resolve)))
    const ended = vi.fn()
    void bench.run().then(ended)
    bench.sync()
    await settle()
    bench.stop.abort()
    await settle()
    expect(ended).not.toHaveBeenCalled()
    finish({})
    await settle()
    expect(ended).toHaveBeenCalledOnce()
    expect(vi.getTimerCount()).toBe(0)
  })
})
