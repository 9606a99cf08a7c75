import { describe, expect, it } from 'vitest'
import { TEST_KEY } from '../../test/builders.ts'
import { apiError, FORBIDDEN } from '../../test/fake/fake-client.ts'
import { AUTO, readsAll, Workbench } from '../../test/fake/workbench.ts'
import type { ConfigObservation, Observation } from '../types/plan.ts'

async function observe(bench: Workbench, { thorough = false } = {}): Promise<Observation> {
  const workload = bench.workload('web')
  if (workload === undefined) throw new Error('Cannot observe web: it is not there')
  bench.client.requests.length = 0
  return bench.observe(workload, { thorough, signal: bench.signal })
}

/** What was seen of each config, by name. */
function seen({ configs }: Observation): Readonly<Record<string, ConfigObservation>> {
  return Object.fromEntries(configs.map(({ follow, observation }) => [follow.config.name, observation]))
}

describe('an observation', () => {
  it('holds all that a decision depends on', async () => {
    const bench = new Workbench({ policy: { reloadOnCreate: true } })
    bench.deploy('web', { spec: readsAll('conf') })
    const { configs, ...rest } = await observe(bench)
    expect(configs.map(({ follow }) => follow.config.name)).toEqual(['conf'])
    expect(rest).toEqual({
      workload: bench.workload('web'),
      policy: { strategy: 'env-vars', reloadOnCreate: true, reloadOnDelete: false, adopt: 'heal' },
      bornUnseen: false,
      now: '2026-03-01T12:00:00Z',
      digestKeyId: TEST_KEY.id,
    })
  })

  it('holds no record of another workload of that name', async () => {
    const bench = new Workbench()
    bench.configure('conf', { a: '1' })
    bench.deploy('web', { spec: readsAll('conf') })
    await bench.look('web')
    expect((await observe(bench)).record?.uid).toBe('web-uid')
    bench.deploy('web', { spec: readsAll('conf'), metadata: { uid: 'other' } })
    expect((await observe(bench)).record).toBeUndefined()
  })
})

describe('a config', () => {
  it('is read only if its version is not the one on record', async () => {
    const bench = new Workbench()
    bench.configure('conf', { a: '1' })
    bench.configure('other', { a: '1' })
    bench.deploy('web', { spec: readsAll('conf', 'other') })
    expect(seen(await observe(bench)).conf).toMatchObject({
      state: 'present',
      content: { type: 'ConfigMap' },
    })
    await bench.look('web')
    bench.configure('other', { a: '2' })
    const now = seen(await observe(bench))
    expect(bench.client.requested('get', 'getMetadata')).toEqual(['get configmaps other'])
    expect([now.conf?.state, now.conf !== undefined && 'content' in now.conf]).toEqual(['present', false])
    expect(now.other).toHaveProperty('content')
  })

  it('that is not in sight is asked for once, without its content', async () => {
    const bench = new Workbench()
    bench.deploy('web', { spec: readsAll('conf') })
    expect(seen(await observe(bench)).conf).toEqual({ state: 'absent', verified: true })
    expect(bench.client.requested('get', 'getMetadata')).toEqual(['getMetadata configmaps conf'])
    await observe(bench)
    expect(bench.client.requests).toEqual([])
  })

  it('that is not in sight though it exists is out of scope', async () => {
    const bench = new Workbench()
    bench.client.put('configmaps', { metadata: { namespace: 'shop', name: 'conf' } })
    bench.deploy('web', { spec: readsAll('conf') })
    expect(seen(await observe(bench)).conf).toEqual({ state: 'outOfScope' })
  })

  it('that was recorded as absent is not asked for again', async () => {
    const bench = new Workbench()
    bench.deploy('web', { spec: readsAll('conf') })
    await bench.look('web')
    expect(seen(await observe(bench)).conf).toEqual({ state: 'absent', verified: false })
    expect(bench.client.requests).toEqual([])
  })

  it('that went is verified only where its absence would roll', async () => {
    for (const reloadOnDelete of [false, true]) {
      const bench = new Workbench({ policy: { reloadOnDelete } })
      bench.configure('conf', { a: '1' })
      bench.deploy('web', { spec: readsAll('conf') })
      await bench.look('web')
      bench.removeConfig('conf')
      expect(seen(await observe(bench)).conf).toEqual({ state: 'absent', verified: reloadOnDelete })
    }
  })

  it('that cannot be read is part of the observation, and so is one that cannot be seen', async () => {
    const bench = new Workbench()
    const shown = bench.configure('conf', { a: '1' })
    bench.deploy('web', { spec: readsAll('conf') })
    bench.client.before = () => {
      throw FORBIDDEN
    }
    expect(seen(await observe(bench)).conf).toEqual({
      state: 'unreadable',
      problem: 'the server answered 403',
      config: shown,
    })
    bench.blind.set('ConfigMap', 'not in sight')
    expect(seen(await observe(bench)).conf).toEqual({ state: 'unreadable', problem: 'not in sight' })
    expect(bench.client.requests).toEqual([])
  })

  it('that settles is left alone, unless a roll takes it along', async () => {
    const bench = new Workbench()
    bench.configure('conf', { a: '1' })
    bench.deploy('web', { spec: readsAll('conf') })
    await bench.look('web')
    const shown = bench.configure('conf', { a: '2' }, { pendingFor: 'web' })
    const { configs } = await observe(bench)
    expect(configs[0]?.observation).toEqual({ state: 'settling', config: shown })
    expect(configs[0]?.pending).toMatchObject({ first: shown.resourceVersion, notBeforeMs: 500 })
    expect(bench.client.requests).toEqual([])
    expect(seen(await observe(bench, { thorough: true })).conf?.state).toBe('present')
  })

  it('that was written right after it began to be followed is read as it was before, once a roll is in sight', async () => {
    const bench = new Workbench()
    const before = bench.configure('conf', { a: '1' })
    bench.deploy('web', { spec: readsAll('conf') })
    bench.configure('conf', { a: '1' })
    expect(seen(await observe(bench)).conf).not.toHaveProperty('earlier')
    expect(bench.client.requested('list')).toEqual([])
    expect(seen(await observe(bench, { thorough: true })).conf).toMatchObject({
      earlier: { resourceVersion: before.resourceVersion },
    })
    expect(bench.client.requested('list')).toEqual(['list configmaps conf'])
    await bench.look('web')
    expect(bench.client.requested('patch')).toEqual([])
    expect(await observe(bench, { thorough: true }).then(seen)).not.toHaveProperty('conf.earlier')
  })

  it('of which the API server no longer knows what it was before is taken as changed', async () => {
    const bench = new Workbench()
    bench.configure('conf', { a: '1' })
    bench.deploy('web', { spec: readsAll('conf') })
    bench.configure('conf', { a: '1' })
    bench.client.before = ({ verb }) => {
      if (verb === 'list') throw apiError(410, 'Expired')
    }
    await bench.look('web')
    expect(bench.client.requested('patch')).toEqual(['patch deployments web'])
  })

  it('that went and settles has nothing to show', async () => {
    const bench = new Workbench({ policy: { reloadOnDelete: true } })
    bench.configure('conf', { a: '1' })
    bench.deploy('web', { spec: readsAll('conf') })
    await bench.look('web')
    bench.configure('conf', { a: '2' }, { pendingFor: 'web' })
    bench.removeConfig('conf')
    expect(seen(await observe(bench)).conf).toEqual({ state: 'settling' })
  })

  it("is read with the incumbent's hash where the incumbent left one, and only there", async () => {
    const bench = new Workbench()
    bench.configure('conf', { a: '1' })
    bench.configure('other', { a: '1' })
    const env = [{ name: 'STAKATER_CONF_CONFIGMAP', value: 'a'.repeat(40) }]
    const [container] = readsAll('conf', 'other').containers
    bench.deploy('web', { spec: { containers: [{ name: 'app', ...container, env }] } })
    const now = seen(await observe(bench))
    expect(now.conf).toMatchObject({ content: { incumbentHash: expect.stringMatching(/^[0-9a-f]{40}$/) } })
    expect(now.other).not.toHaveProperty('content.incumbentHash')
  })
})

describe('observing', () => {
  it('rejects when the signal aborts, though a failed read alone would not', async () => {
    const bench = new Workbench()
    bench.configure('conf', { a: '1' })
    const workload = bench.deploy('web', { annotations: AUTO, spec: readsAll('conf') })
    const abort = new AbortController()
    bench.client.before = () => {
      abort.abort()
      abort.signal.throwIfAborted()
    }
    await expect(bench.observe(workload, { thorough: false, signal: abort.signal })).rejects.toThrow(
      'aborted',
    )
  })
})
