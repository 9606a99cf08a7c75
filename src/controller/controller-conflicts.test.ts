import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { deployment, reduced } from '../../test/builders.ts'
import { ControlBench, type ControlSetting } from '../../test/fake/control-bench.ts'
import { SERVER_ERROR } from '../../test/fake/fake-client.ts'
import { AUTO, keyOf, readsAll } from '../../test/fake/workbench.ts'
import type { Result } from './result.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const WEB = keyOf('web')
const settle = () => vi.advanceTimersByTimeAsync(0)

describe('a workload that somebody else wrote before our PATCH', () => {
  const refused = async (_key: string): Promise<Result> => ({ awaitNewerThan: '100' })

  /** A bench whose only workload was refused a PATCH at its version, 100. */
  async function conflicted(setting: ControlSetting = {}) {
    const bench = new ControlBench(setting)
    bench.show({ spec: readsAll('conf') })
    bench.reconcile.mockImplementationOnce(refused)
    void bench.run()
    bench.sync()
    await settle()
    expect(bench.looks()).toEqual([WEB])
    return bench
  }

  /** The workload as a GET shows it now: at that version, with other references. */
  function refetched(bench: ControlBench, resourceVersion: string): void {
    bench.refetch.mockImplementation(async ({ ref }) => {
      const previous = bench.workloads.Deployment.store.get(ref.namespace, ref.name)
      const metadata = { resourceVersion, generation: 2 }
      const object = deployment({ annotations: AUTO, spec: readsAll('new'), metadata })
      bench.workloads.Deployment.update(reduced(object, { source: 'list', previous }))
      return true
    })
  }

  it('is looked at when the watch shows a later version, and not read', async () => {
    const bench = await conflicted()
    bench.show({ spec: readsAll('conf'), metadata: { resourceVersion: '105' } })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(bench.looks()).toEqual([WEB])
    expect(bench.refetch).not.toHaveBeenCalled()
  })

  it('is read when the watch is late', async () => {
    const bench = await conflicted()
    refetched(bench, '105')
    await vi.advanceTimersByTimeAsync(1_999)
    expect(bench.refetch).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(bench.refetch).toHaveBeenCalledOnce()
    expect(bench.looks()).toContain(WEB)
  })

  it('is read at once where no watch will show it', async () => {
    const bench = await conflicted({ polled: true })
    refetched(bench, '105')
    await vi.advanceTimersByTimeAsync(1)
    expect(bench.refetch).toHaveBeenCalledOnce()
    expect(bench.looks()).toContain(WEB)
  })

  it('is found by what it references now, though no watch ever shows the version that was read', async () => {
    const bench = await conflicted()
    refetched(bench, '105')
    await vi.advanceTimersByTimeAsync(2_000)
    bench.looks()
    bench.showConfig('200', 'new')
    bench.showConfig('201', 'conf')
    expect(bench.pending.idsOf(WEB)).toEqual(['ConfigMap/new'])
  })

  it('is left alone when it turns out to be gone', async () => {
    const bench = await conflicted()
    bench.refetch.mockResolvedValue(false)
    await vi.advanceTimersByTimeAsync(600_000)
    expect([bench.looks(), bench.refetch.mock.calls.length, bench.controller.backoff.size]).toEqual([
      [],
      1,
      0,
    ])
  })

  it('is tried again ever more rarely when it was not written at all', async () => {
    const bench = await conflicted({ polled: true })
    bench.reconcile.mockImplementation(refused)
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(bench.looks().length).toBeLessThan(30)
    expect(bench.refetch.mock.calls.length).toBeLessThan(30)
    expect(bench.controller.backoff.failures(WEB)).toBeGreaterThan(10)
  })

  it('is read again with backoff when that fails', async () => {
    const bench = await conflicted()
    bench.refetch.mockRejectedValueOnce(SERVER_ERROR)
    await vi.advanceTimersByTimeAsync(2_000)
    expect([bench.looks(), bench.controller.backoff.failures(WEB)]).toEqual([[], 1])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(bench.looks()).toEqual([WEB])
  })

  it('is looked at at once when a later version is known already', async () => {
    const bench = new ControlBench()
    bench.show({ spec: readsAll('conf') })
    bench.reconcile.mockImplementationOnce(async () => {
      bench.show({ spec: readsAll('conf'), metadata: { resourceVersion: '105' } })
      return { awaitNewerThan: '100' }
    })
    void bench.run()
    bench.sync()
    await settle()
    expect(bench.looks()).toEqual([WEB, WEB])
    expect(bench.queue.size).toBe(0)
  })
})
