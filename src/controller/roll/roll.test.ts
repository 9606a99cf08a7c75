import { describe, expect, it, vi } from 'vitest'
import { workload } from '../../../test/builders.ts'
import { apiError, CONFLICT, FakeClient, NOT_FOUND, SERVER_ERROR } from '../../../test/fake/fake-client.ts'
import { NO_RUNS } from '../../../test/fake/no-runs.ts'
import { LAST_RELOADED_FROM } from '../../decide/settings/annotation-names.ts'
import { MAX_SOURCES } from '../../decide/stamps/stamp-change.ts'
import type { Follow, Observation, StampEntry } from '../../types/plan.ts'
import type { ConfigRecord, WorkloadRecord } from '../../types/record.ts'
import type { RollPlan } from '../result.ts'
import { createRoll, type RollParts } from './roll.ts'

const signal = new AbortController().signal

function follow(name: string): Follow {
  const config = { kind: 'ConfigMap', namespace: 'shop', name } as const
  return { config, reason: 'Auto', keys: 'all', literal: true, container: 'app' }
}

function stamp(name: string, resourceVersion: string): StampEntry {
  const digest = `00000000-${name}`
  const change = { state: 'present', resourceVersion, digest, dataTime: '2026-01-01T00:00:00Z' } as const
  return { follow: follow(name), uid: `${name}-uid`, change }
}

function present(name: string, resourceVersion: string): ConfigRecord {
  return { state: 'present', uid: `${name}-uid`, resourceVersion, keys: 'all', digest: 'd' }
}

interface Setting {
  readonly strategy?: 'env-vars' | 'annotations'
  /** Stamps that the template carries, by the names of followed configs. */
  readonly sources?: readonly string[]
}

function setUp(parts: Partial<RollParts> = {}, { strategy = 'env-vars', sources = [] }: Setting = {}) {
  const client = new FakeClient()
  const texts = sources.map((name) => `${name}-uid.5.a.00000000-${name}`)
  const templateAnnotations = { [LAST_RELOADED_FROM]: JSON.stringify({ sources: texts }) }
  const web = workload({
    annotations: { 'reloader.stakater.com/auto': 'true' },
    ...(sources.length === 0 ? {} : { templateAnnotations }),
  })
  const { uid, resourceVersion } = client.put('deployments', {
    metadata: { namespace: 'shop', name: 'web', uid: 'web-uid', generation: 1 },
    spec: { template: { metadata: {}, spec: { containers: [{ name: 'app' }] } } },
  }).metadata
  const configs = Object.fromEntries(sources.map((name) => [`ConfigMap/${name}`, present(name, '4')]))
  const record: WorkloadRecord = { workload: web.ref, uid, since: '', configs }
  const observation: Observation = {
    workload: { ...web, uid, resourceVersion },
    record,
    configs: sources.map((name) => ({
      follow: follow(name),
      observation: { state: 'absent', verified: false },
    })),
    policy: { strategy, reloadOnCreate: false, reloadOnDelete: false, adopt: 'heal' },
    bornUnseen: false,
    now: '2026-01-01T00:00:00Z',
    digestKeyId: '00000000',
  }
  const plan = (...stamps: readonly StampEntry[]): RollPlan => ({
    kind: 'roll',
    reason: 'DigestChanged',
    outcomes: [],
    retry: false,
    record,
    stamps,
  })
  const update = vi.fn()
  const onPatch = vi.fn()
  const records = { written: () => undefined, flush: vi.fn(async () => {}) }
  const roll = createRoll({
    client,
    records,
    update,
    dryRun: false,
    runs: NO_RUNS,
    pausedAtAnnotation: 'paused-at',
    onPatch,
    ...parts,
  })
  return { client, observation, plan, roll, update, onPatch, records, record }
}

describe('a roll', () => {
  it('is one PATCH, and its answer is taken in', async () => {
    const { client, observation, plan, roll, update, onPatch } = setUp()
    expect(await roll(observation, plan(stamp('conf', '9')), signal)).toEqual({ state: 'applied' })
    expect(client.requested('patch', 'get', 'update')).toEqual(['patch deployments web'])
    const now = client.object('deployments', { namespace: 'shop', name: 'web' })
    expect(update).toHaveBeenCalledExactlyOnceWith(now, observation.workload)
    expect(JSON.stringify(now)).toContain('"value":"conf-uid.9.a.00000000-conf"')
    expect(onPatch).toHaveBeenCalledExactlyOnceWith(observation.workload, 'success', expect.any(Number))
  })

  it('sends the same bytes for the same decision, whenever it is made', async () => {
    const { client, observation, plan, roll } = setUp()
    client.before = () => {
      throw SERVER_ERROR
    }
    for (let times = 0; times < 2; times++)
      await expect(roll(observation, plan(stamp('conf', '9')), signal)).rejects.toBe(SERVER_ERROR)
    const [first, second] = client.requests.map(({ body }) => JSON.stringify(body))
    expect(first).toBe(second)
  })

  it('that is refused because the workload changed is a conflict, and because it is gone the end', async () => {
    const CASES = [
      [CONFLICT, 'conflict'],
      [apiError(422, 'Invalid', 'metadata.uid'), 'conflict'],
      [NOT_FOUND, 'gone'],
    ] as const
    for (const [error, state] of CASES) {
      const { client, observation, plan, roll, update, onPatch } = setUp()
      client.before = () => {
        throw error
      }
      expect(await roll(observation, plan(stamp('conf', '9')), signal)).toEqual({ state })
      expect(update).not.toHaveBeenCalled()
      expect(onPatch).toHaveBeenCalledExactlyOnceWith(observation.workload, state, expect.any(Number))
    }
  })

  it('of another object or version than planned is refused by the API server', async () => {
    for (const other of [{ uid: 'other' }, { resourceVersion: '1' }]) {
      const { client, observation, plan, roll } = setUp()
      const outdated = { ...observation, workload: { ...observation.workload, ...other } }
      expect(await roll(outdated, plan(stamp('conf', '9')), signal)).toEqual({ state: 'conflict' })
      expect(client.object('deployments', { namespace: 'shop', name: 'web' })?.metadata.generation).toBe(1)
    }
  })

  it('throws whatever else the API server says', async () => {
    for (const error of [
      SERVER_ERROR,
      apiError(422, 'Invalid', 'spec.template'),
      apiError(403, 'Forbidden'),
    ]) {
      const { client, observation, plan, roll, onPatch } = setUp()
      client.before = () => {
        throw error
      }
      await expect(roll(observation, plan(stamp('conf', '9')), signal)).rejects.toBe(error)
      expect(onPatch).toHaveBeenCalledExactlyOnceWith(observation.workload, 'error', expect.any(Number))
    }
  })

  it('that the template carries already is not sent', async () => {
    const { client, observation, plan, roll } = setUp({}, { strategy: 'annotations', sources: ['conf'] })
    expect(await roll(observation, plan(stamp('conf', '5')), signal)).toEqual({ state: 'unchanged' })
    expect(client.requests).toEqual([])
  })

  it('is not sent in a dry run', async () => {
    const { client, observation, plan, roll } = setUp({ dryRun: true })
    expect(await roll(observation, plan(stamp('conf', '9')), signal)).toEqual({ state: 'dry-run' })
    expect(client.requests).toEqual([])
  })
})

describe('a roll of a template with more stamps than it should carry', () => {
  const sources = Array.from({ length: MAX_SOURCES + 1 }, (_, index) => `c${index}`)

  it('has the record written first, and leaves out what that covers', async () => {
    let written: WorkloadRecord | undefined
    const flush = vi.fn(async () => {
      const configs = Object.fromEntries(sources.map((name) => [`ConfigMap/${name}`, present(name, '5')]))
      written = { ...record, configs }
    })
    const { client, observation, plan, roll, record } = setUp(
      { records: { written: () => written, flush } },
      { strategy: 'annotations', sources },
    )
    expect(await roll(observation, plan(stamp('conf', '9')), signal)).toEqual({ state: 'applied' })
    expect(flush).toHaveBeenCalledOnce()
    const text = JSON.stringify(client.requests[0]?.body)
    expect(text).toContain('conf-uid.9')
    expect(text).not.toContain('c0-uid')
  })

  it('is not sent when the record cannot be written', async () => {
    const flush = () => Promise.reject(SERVER_ERROR)
    const { client, observation, plan, roll } = setUp(
      { records: { written: () => undefined, flush } },
      { strategy: 'annotations', sources },
    )
    await expect(roll(observation, plan(stamp('conf', '9')), signal)).rejects.toBe(SERVER_ERROR)
    expect(client.requests).toEqual([])
  })

  it('is sent at once when there are not so many', async () => {
    const { observation, plan, roll, records } = setUp({}, { strategy: 'annotations', sources: ['c0', 'c1'] })
    expect(await roll(observation, plan(stamp('conf', '9')), signal)).toEqual({ state: 'applied' })
    expect(records.flush).not.toHaveBeenCalled()
  })
})
