import { describe, expect, it, vi } from 'vitest'
import { adopted, plansOf } from '../../test/fake/adopted-bench.ts'
import { apiError, CONFLICT, FORBIDDEN, NOT_FOUND, SERVER_ERROR } from '../../test/fake/fake-client.ts'
import { AUTO, keyOf, readsAll, Workbench } from '../../test/fake/workbench.ts'
import { RollFailed } from './result.ts'

const conf = 'ConfigMap/conf'

describe('the first look at a workload', () => {
  it('adopts what it follows, and touches nothing', async () => {
    const bench = await adopted()
    expect(plansOf(bench)).toEqual(['adopt FirstObservation'])
    expect(bench.patches()).toEqual([])
    const record = bench.records.get({ kind: 'Deployment', namespace: 'shop', name: 'web' }, 'web-uid')
    expect(Object.keys(record?.configs ?? {})).toEqual([conf, 'ConfigMap/other'])
  })

  it('does nothing for a workload that is not there or asks for nothing', async () => {
    const bench = new Workbench()
    expect(await bench.look('unknown')).toEqual({})
    bench.deploy('quiet', { annotations: {}, spec: readsAll('conf') })
    expect(await bench.look('quiet')).toEqual({})
    expect([plansOf(bench), bench.records.size]).toEqual([['skip NotOptedIn'], 0])
  })

  it('takes back what it told of a workload that has left the scope', async () => {
    const bench = await adopted()
    bench.deploy('other', { spec: readsAll('conf') })
    bench.workloads.delete({ namespace: 'shop', name: 'web' }, { from: 'watch' })
    await bench.look('web')
    await bench.look('other')
    expect(bench.outOfScope).toEqual([keyOf('web')])
  })
})

describe('a look at a workload', () => {
  it('asks nothing and writes nothing when nothing changed', async () => {
    const bench = await adopted()
    expect(await bench.look('web')).toEqual({})
    expect(bench.client.requests).toEqual([])
    expect(plansOf(bench).at(-1)).toBe('skip UpToDate')
  })

  it('makes one PATCH for all configs that changed, and then none', async () => {
    const bench = await adopted()
    bench.configure('conf', { a: '2' })
    bench.configure('other', { a: '2' })
    expect(await bench.look('web')).toEqual({})
    expect(bench.patches()).toHaveLength(1)
    expect(plansOf(bench).at(-1)).toBe('roll DigestChanged')
    expect(await bench.look('web')).toEqual({})
    expect(bench.patches()).toHaveLength(1)
  })

  it('sends uid and resourceVersion of what it decided about', async () => {
    const bench = await adopted()
    const { uid, resourceVersion } = bench.workload('web') ?? {}
    bench.configure('conf', { a: '2' })
    await bench.look('web')
    expect(bench.patches()[0]).toMatchObject({ metadata: { uid, resourceVersion } })
  })

  it('remembers a roll only when its PATCH was answered', async () => {
    const bench = await adopted()
    const ref = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const
    const before = bench.records.get(ref, 'web-uid')
    bench.configure('conf', { a: '2' })
    bench.client.before = ({ verb }) => {
      if (verb === 'patch') expect(bench.records.get(ref, 'web-uid')).toEqual(before)
    }
    await bench.look('web')
    expect(bench.records.get(ref, 'web-uid')).not.toEqual(before)
  })

  it('keeps newer versions of unchanged content quietly, so that nothing is read twice', async () => {
    const bench = await adopted()
    bench.configure('conf', { a: '1' })
    await bench.look('web')
    expect(bench.client.requested('get')).toEqual(['get configmaps conf'])
    await bench.look('web')
    expect([bench.client.requested('get'), bench.patches()]).toEqual([['get configmaps conf'], []])
  })
})

describe('a PATCH that is refused', () => {
  it('because the workload was written in between waits for a newer version, and remembers nothing', async () => {
    for (const error of [CONFLICT, apiError(422, 'Invalid', 'metadata.uid')]) {
      const bench = await adopted()
      bench.configure('conf', { a: '2' })
      bench.client.before = ({ verb }) => {
        if (verb === 'patch') throw error
      }
      const { resourceVersion } = bench.workload('web') ?? {}
      expect(await bench.look('web')).toEqual({ awaitNewerThan: resourceVersion })
      expect([bench.failures, plansOf(bench).length]).toEqual([[], 1])
      bench.client.before = () => {}
      await bench.look('web')
      expect(plansOf(bench).at(-1)).toBe('roll DigestChanged')
    }
  })

  it('because the workload is gone is the end, unless it is still shown after a while', async () => {
    const bench = await adopted()
    bench.configure('conf', { a: '2' })
    bench.client.before = ({ verb }) => {
      if (verb === 'patch') throw NOT_FOUND
    }
    expect(await bench.look('web')).toEqual({ requeueAfterMs: 60_000 })
    expect([bench.failures, plansOf(bench).length, bench.pending.size]).toEqual([[], 1, 0])
  })

  it('for any other reason is told, and thrown, and tried again with the same bytes', async () => {
    const bench = await adopted()
    bench.configure('conf', { a: '2' })
    for (const error of [FORBIDDEN, SERVER_ERROR, apiError(422, 'Invalid', 'spec')]) {
      bench.client.before = ({ verb }) => {
        if (verb === 'patch') throw error
      }
      await expect(bench.look('web')).rejects.toThrow(RollFailed)
      expect(bench.failures.at(-1)?.error).toBe(error)
    }
    bench.client.before = () => {}
    await bench.look('web')
    const [first, ...others] = bench.patches()
    expect(others).toEqual([first, first, first])
  })

  it('is not told of when it was refused because we stop', async () => {
    const bench = await adopted()
    bench.configure('conf', { a: '2' })
    const abort = new AbortController()
    bench.client.before = ({ verb }) => {
      if (verb !== 'patch') return
      abort.abort()
      abort.signal.throwIfAborted()
    }
    await expect(bench.reconcile(keyOf('web'), abort.signal)).rejects.toThrow('aborted')
    expect(bench.failures).toEqual([])
  })

  it('though it had been carried out is not sent again: the template carries the stamp', async () => {
    const bench = await adopted()
    bench.configure('conf', { a: '2' })
    bench.client.after = ({ verb }) => {
      if (verb === 'patch') throw SERVER_ERROR
    }
    await expect(bench.look('web')).rejects.toThrow(RollFailed)
    bench.client.after = () => {}
    expect(await bench.look('web')).toEqual({ awaitNewerThan: expect.any(String) })
    const now = bench.client.object('deployments', { namespace: 'shop', name: 'web' })
    const spec = now?.spec as { readonly template: { readonly spec: object } }
    bench.deploy('web', { spec: spec.template.spec, metadata: { generation: 2 } })
    expect(await bench.look('web')).toEqual({})
    expect(plansOf(bench).at(-1)).toBe('record AlreadyRolled')
    expect(bench.patches()).toHaveLength(2)
  })
})

describe('a roll of a workload whose kind is polled', () => {
  it('is decided again about what the list shows', async () => {
    const bench: Awaited<ReturnType<typeof adopted>> = await adopted({
      refresh: async () => {
        bench.deploy('web', { annotations: {}, spec: readsAll('conf') }, 'poll')
      },
    })
    bench.configure('conf', { a: '2' })
    expect(await bench.look('web')).toEqual({})
    expect([plansOf(bench).at(-1), bench.patches()]).toEqual(['record Unfollowed', []])
  })

  it('does not outlast its signal, whatever becomes of the list', async () => {
    const stop = new AbortController()
    const bench = await adopted({
      refresh: () => {
        stop.abort(new Error('it is over'))
        return new Promise(() => {})
      },
    })
    bench.configure('conf', { a: '2' })
    await expect(bench.reconcile(keyOf('web'), stop.signal)).rejects.toThrow('it is over')
    expect(bench.patches()).toEqual([])
  })
})

describe('a workload that is shown to follow less than is recorded of it', () => {
  const spec = readsAll('conf', 'other')

  it.each([
    ['opted out', { annotations: {}, spec }],
    ['without a reference', { spec: readsAll('other') }],
  ])('%s by a watch that lags behind keeps its record', async (_what, shape) => {
    const bench: Awaited<ReturnType<typeof adopted>> = await adopted({
      confirm: async () => {
        bench.deploy('web', { spec })
      },
    })
    bench.deploy('web', shape)
    bench.configure('conf', { a: '2' })
    expect(await bench.look('web')).toEqual({})
    expect([plansOf(bench).at(-1), bench.patches()]).toEqual(['roll DigestChanged', [expect.anything()]])
  })

  it('and really does is asked about once', async () => {
    const confirm = vi.fn(async () => {})
    const bench = await adopted({ confirm })
    bench.deploy('web', { annotations: {}, spec })
    for (let times = 0; times < 3; times += 1) await bench.look('web')
    expect(plansOf(bench).slice(-3)).toEqual(['record Unfollowed', 'skip NotOptedIn', 'skip NotOptedIn'])
    expect(confirm).toHaveBeenCalledTimes(1)
  })
})

describe('a dry run', () => {
  it('says once what it would do, and sends nothing', async () => {
    const bench = await adopted({ dryRun: true })
    bench.configure('conf', { a: '2' })
    await bench.look('web')
    await bench.look('web')
    expect(bench.looks.flatMap(({ outcome }) => outcome ?? [])).toEqual([{ state: 'dry-run' }])
    expect(bench.patches()).toEqual([])
  })
})

describe('the annotations of a workload', () => {
  it('choose the strategy of its roll', async () => {
    const bench = new Workbench()
    bench.configure('conf', { a: '1' })
    bench.deploy('web', {
      annotations: { ...AUTO, 'reloader.stakater.com/reload-strategy': 'annotations' },
      spec: readsAll('conf'),
    })
    await bench.look('web')
    bench.configure('conf', { a: '2' })
    await bench.look('web')
    expect(JSON.stringify(bench.patches())).toContain('last-reloaded-from')
  })
})
