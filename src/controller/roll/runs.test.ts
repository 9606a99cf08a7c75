// A Job is made again by several requests, and a process can end at any of them: a small world, and every way to die in it.
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { workload } from '../../../test/builders.ts'
import { ALREADY_EXISTS, CONFLICT, FakeClient, type FakeRequest } from '../../../test/fake/fake-client.ts'
import { brings, follow } from '../../../test/stamp-case.ts'
import type { Workload } from '../../types/workload.ts'
import { createJobJournal } from './job-journal.ts'
import { createRuns } from './runs.ts'

const signal = new AbortController().signal
const KEY = 'Job/shop/web'
const ADDRESS = { namespace: 'shop', name: 'web' }
const JOURNAL = { namespace: 'reloader', name: 'reloader-journal' }
const change = {
  set: [{ container: 'app', name: 'A', value: 'v' }],
  remove: [],
  annotations: {},
  recordFirst: false,
}
const SPEC = { template: { metadata: {}, spec: { containers: [{ name: 'app' }] } } }

class World {
  readonly client = new FakeClient()
  nowMs = 0
  readonly problems = vi.fn()
  created = 0
  deleted = 0
  readonly job: Workload

  constructor() {
    const { uid, resourceVersion } = this.client.put('jobs', { metadata: ADDRESS, spec: SPEC }).metadata
    const ref = { kind: 'Job', ...ADDRESS } as const
    this.job = { ...workload(), ref, uid, resourceVersion, run: { kind: 'Job', finished: false } }
    this.client.after = (request) => this.count(request)
  }

  /** Called once a request was carried out. */
  count({ verb, resource, dryRun }: FakeRequest): void {
    if (resource !== 'jobs' || dryRun) return
    if (verb === 'create') this.created += 1
    if (verb === 'delete') this.deleted += 1
  }

  /** A process that has read the journal. */
  async process() {
    const { client, problems: onProblem } = this
    const nowMs = () => this.nowMs
    const journal = createJobJournal({ client, namespace: 'reloader', name: 'reloader', onProblem, nowMs })
    await journal.load(signal)
    return { journal, runs: createRuns({ client, journal, log: { info: () => {} }, nowMs }) }
  }

  roll({ runs }: Awaited<ReturnType<World['process']>>) {
    return runs.roll(this.job, { stamps: [brings(follow('conf'))], change, signal })
  }

  present() {
    return this.client.object('jobs', ADDRESS)
  }

  journaled() {
    return Object.keys(Object(this.client.object('configmaps', JOURNAL)?.data))
  }

  /** From its `nth` request on the process is dead: that one arrives or not, and no answer to it comes. */
  dieAt(nth: number, arrives: boolean): void {
    let requests = 0
    this.client.before = () => {
      requests += 1
      if (requests > nth || (requests === nth && !arrives)) throw new Error('dead')
    }
    this.client.after = (request) => {
      this.count(request)
      if (requests >= nth) throw new Error('dead')
    }
  }

  live(): void {
    this.client.before = () => {}
    this.client.after = (request) => this.count(request)
  }
}

/** Comes back as often as it is asked to, a second later each time. */
async function finishAll(world: World, { runs }: Awaited<ReturnType<World['process']>>): Promise<void> {
  while ((await runs.finish(KEY, signal)) !== undefined) world.nowMs += 1_000
}

describe('a Job that is rolled', () => {
  it('is another one of the same name, with the stamp, and the journal is empty', async () => {
    const world = new World()
    const outcome = await world.roll(await world.process())
    const now = world.present()
    expect(outcome).toMatchObject({ state: 'replaced', by: { metadata: { uid: now?.metadata.uid } } })
    expect(now?.metadata.uid).not.toBe(world.job.uid)
    expect(JSON.stringify(now?.spec)).toContain('"env":[{"name":"A","value":"v"}]')
    expect(world.journaled()).toEqual([])
    expect(world.client.requested('create', 'update', 'delete')).toEqual([
      'create jobs web',
      'create configmaps reloader-journal',
      'delete jobs web',
      'create jobs web',
      'update configmaps reloader-journal',
    ])
  })

  it('is left alone where it is no longer what was decided about', async () => {
    const world = new World()
    world.client.put('jobs', { metadata: ADDRESS, spec: SPEC, status: {} })
    expect(await world.roll(await world.process())).toEqual({ state: 'conflict' })
    expect(world.client.requested('create', 'delete')).toEqual([])
  })

  it('stays on its way out where somebody deleted it and something still holds it', async () => {
    const world = new World()
    const metadata = { ...ADDRESS, deletionTimestamp: '2026-01-01T00:00:00Z' }
    world.client.put('jobs', { metadata, spec: SPEC })
    expect(await world.roll(await world.process())).toEqual({ state: 'gone' })
    expect(world.client.requested('create', 'delete')).toEqual([])
  })

  it('is decided about again where it finishes between the look and the DELETE', async () => {
    const world = new World()
    world.client.before = ({ verb }) => {
      if (verb === 'delete') throw CONFLICT
    }
    expect(await world.roll(await world.process())).toEqual({ state: 'conflict' })
    expect([world.present()?.metadata.uid, world.journaled()]).toEqual([world.job.uid, []])
  })

  it('stays deleted where somebody else deletes it', async () => {
    const world = new World()
    world.client.before = ({ verb }) => {
      if (verb === 'delete') world.client.remove('jobs', ADDRESS)
    }
    expect(await world.roll(await world.process())).toEqual({ state: 'gone' })
    expect([world.present(), world.journaled()]).toEqual([undefined, []])
  })

  it('is not deleted where the journal cannot be written', async () => {
    const world = new World()
    const process = await world.process()
    world.client.before = ({ resource, verb }) => {
      if (resource === 'configmaps' && verb !== 'get') throw new Error('no')
    }
    await expect(world.roll(process)).rejects.toThrow(/reloader-journal: no/)
    expect([world.deleted, process.runs.isUnfinished(KEY)]).toEqual([0, false])
  })

  it('waits for the old one where its name is taken', async () => {
    const world = new World()
    const process = await world.process()
    world.client.before = ({ verb, resource, dryRun }) => {
      if (verb === 'create' && resource === 'jobs' && !dryRun) throw ALREADY_EXISTS
    }
    expect(await world.roll(process)).toEqual({ state: 'replaced' })
    expect(await process.runs.finish(KEY, signal)).toEqual({ requeueAfterMs: 1_000 })
    world.live()
    expect(await process.runs.finish(KEY, signal)).toBeUndefined()
    expect([world.created, world.journaled()]).toEqual([1, []])
  })

  it('exists again, once, wherever two processes die one after the other', async () => {
    const deaths = fc.array(fc.record({ nth: fc.integer({ min: 1, max: 7 }), arrives: fc.boolean() }), {
      minLength: 1,
      maxLength: 2,
    })
    await fc.assert(
      fc.asyncProperty(deaths, async ([first, second]) => {
        const world = new World()
        const process = await world.process()
        if (first !== undefined) world.dieAt(first.nth, first.arrives)
        await world.roll(process).catch(() => {})
        if (second !== undefined) {
          world.dieAt(second.nth, second.arrives)
          await world
            .process()
            .then((next) => finishAll(world, next))
            .catch(() => {})
        }
        world.live()
        await finishAll(world, await world.process())
        expect(world.present()).toBeDefined()
        expect(world.created).toBe(world.deleted)
        expect(world.created).toBeLessThanOrEqual(1)
        expect(world.journaled()).toEqual([])
      }),
    )
  })

  it('exists again, once, where two processes roll it at the same time', async () => {
    const world = new World()
    const [one, two] = [await world.process(), await world.process()]
    const outcomes = await Promise.allSettled([world.roll(one), world.roll(two)])
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([])
    await finishAll(world, one)
    await finishAll(world, two)
    expect([world.deleted, world.created, world.journaled()]).toEqual([1, 1, []])
  })
})

describe('a CronJob that is rolled', () => {
  it('starts nothing while it is on its way out', async () => {
    const world = new World()
    const metadata = { ...ADDRESS, deletionTimestamp: '2026-01-01T00:00:00Z' }
    const { uid, resourceVersion } = world.client.put('cronjobs', {
      metadata,
      spec: { jobTemplate: { spec: SPEC } },
    }).metadata
    const ref = { kind: 'CronJob', ...ADDRESS } as const
    const cronJob = { ...workload(), ref, uid, resourceVersion }
    const { runs } = await world.process()
    expect(await runs.roll(cronJob, { stamps: [brings(follow('conf'))], change, signal })).toEqual({
      state: 'gone',
    })
    expect(world.client.requested('create')).toEqual([])
  })
})
