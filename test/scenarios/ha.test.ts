// behaviour.md 5: of several replicas one acts. Whatever happens to it, another goes on: nothing is lost and nothing is done twice.
import { expect, test } from 'vitest'
import {
  ENDLESS_LEASE,
  follows,
  LEASE_NAME,
  leads,
  type Replicas,
  SHORT_LEASE,
  useReplicas,
} from './harness/election.ts'
import { createGate, eventually } from './harness/eventually.ts'
import { cutRequest, cutWatches, forbid } from './harness/faults.ts'
import { AUTO, configMapNamed, envFrom } from './harness/fixtures.ts'
import type { Controller } from './harness/installation.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const YEAR_MS = 365 * 24 * 3_600_000
const spec = { annotations: AUTO, uses: [envFrom(configMapNamed('app'))], replicas: 0 }
const WRITES = ['create', 'update', 'patch', 'delete'] as const

/** Two replicas of which `one` leads, a config and some workloads that follow it, adopted. */
async function begin(options: {
  readonly flags: readonly string[]
  readonly workloads?: number
  readonly clocksMs?: readonly [number, number]
}) {
  const { flags, workloads = 1, clocksMs = [0, 0] } = options
  const replicas = await useReplicas(world, flags)
  const { ns, installation } = replicas
  const one = await replicas.start('one', { clockMs: clocksMs[0] })
  const two = await replicas.start('two', { clockMs: clocksMs[1] })
  const config = await ns.configMap('app', { a: '1' })
  const made = await Promise.all(Array.from({ length: workloads }, (_, i) => ns.workload(`web-${i}`, spec)))
  await one.decided()
  await installation.recorded(...made)
  const times = (count: number) => Object.fromEntries(made.map(({ id }) => [id, count]))
  return { ...replicas, one, two, config, made, times }
}

function writesOf({ proxy }: Controller) {
  return proxy.requestsLike({ verb: WRITES }).map(({ verb, resource, name }) => `${verb} ${resource} ${name}`)
}

async function holderOf({ lease }: Replicas): Promise<unknown> {
  return ((await lease())?.spec as { holderIdentity?: string } | undefined)?.holderIdentity
}

test('of two replicas one acts; the other is ready, looks at the Lease and its watches, and writes nothing', async () => {
  const { one, two, config, times, installation } = await begin({ flags: ENDLESS_LEASE })
  for (let round = 1; round <= 3; round += 1) {
    await config.set({ a: `round ${round}` })
    expect(await one.rolls(times(round))).toEqual(times(round))
  }
  await leads(one)
  await follows(two)
  expect(writesOf(two)).toEqual([])
  const atHome = two.proxy.requestsLike({ namespace: installation.home.name })
  expect(atHome.filter(({ resource }) => resource !== 'leases')).toEqual([])
  expect(two.proxy.requestsLike({ resource: 'leases', verb: ['list', 'watch'] })).toEqual([])
  expect(two.proxy.requestsLike({ verb: 'get', resource: ['configmaps', 'secrets'] })).toEqual([])
})

test('the Lease is what client-go writes', async () => {
  const replicas = await useReplicas(world, [])
  const one = await replicas.start('one')
  const lease = await replicas.lease()
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
  expect(lease?.spec).toEqual({
    holderIdentity: 'one',
    leaseDurationSeconds: 15,
    leaseTransitions: 0,
    acquireTime: time,
    renewTime: time,
  })
  await one.kill('SIGTERM')
  expect((await replicas.lease())?.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 })
})

test('stopped gracefully it hands over at once; what changed in between rolls once, and nothing else is read', async () => {
  const begun = await begin({ flags: ENDLESS_LEASE, workloads: 5 })
  const { one, two, ns, config, times } = begun
  const other = await ns.configMap('other', { a: '1' })
  const calm = await ns.workload('calm', { ...spec, uses: [envFrom(configMapNamed('other'))] })
  await one.decided()
  await begun.installation.recorded(calm)
  const ended = one.kill('SIGTERM')
  await config.set({ a: '2' })
  expect(await ended).toEqual({ code: 0, signal: null })
  expect(await two.rolls({ ...times(1), [calm.id]: 0 })).toEqual({ ...times(1), [calm.id]: 0 })
  expect(two.proxy.requestsLike({ verb: 'get', name: 'other' })).toEqual([])
  expect(await holderOf(begun)).toBe('two')
  await other.set({ a: '2' })
  expect(await two.rolls({ [calm.id]: 1 })).toEqual({ [calm.id]: 1 })
})

test('the stores that it followed with are those that it leads with: nothing is listed or watched anew', async () => {
  const { ns, one, two, config, times } = await begin({ flags: ENDLESS_LEASE })
  const looks = () => two.proxy.requestsLike({ verb: ['list', 'watch'], namespace: ns.name }).length
  const before = looks()
  await one.kill('SIGTERM')
  await config.set({ a: '2' })
  expect(await two.rolls(times(1))).toEqual(times(1))
  expect(looks()).toBe(before)
})

const CLOCKS: readonly (readonly [string, readonly [number, number]])[] = [
  ['clocks agree', [0, 0]],
  ['the leader is a year ahead of the other', [YEAR_MS, -YEAR_MS]],
  ['the leader is a year behind the other', [-YEAR_MS, YEAR_MS]],
]

test.each(CLOCKS)(
  'killed, it is followed when its lease is over; what changed in between rolls once (%s)',
  async (_, clocksMs) => {
    const { one, two, config, times, lease } = await begin({ flags: SHORT_LEASE, workloads: 5, clocksMs })
    const held = (await lease())?.spec as { renewTime?: string } | undefined
    const aheadMs = Date.parse(String(held?.renewTime)) - Date.now() - clocksMs[0]
    expect(Math.abs(aheadMs)).toBeLessThan(YEAR_MS / 2)
    await one.kill('SIGKILL')
    await config.set({ a: '2' })
    await leads(two)
    expect(await two.rolls(times(1))).toEqual(times(1))
  },
)

test.each(CLOCKS)(
  'stopped in the middle of a fan-out and woken when the other has finished it, its PATCHes are refused (%s)',
  async (_, clocksMs) => {
    const begun = await begin({ flags: [...SHORT_LEASE, '--workers=4'], workloads: 12, clocksMs })
    const { one, two, config, times } = begun
    const gate = createGate()
    let patches = 0
    one.proxy.onRequest({ verb: 'patch', resource: 'deployments' }, async (exchange) => {
      patches += 1
      if (patches > 4) await gate.pass()
      await exchange.forward()
    })
    await config.set({ a: '2' })
    await eventually(() => gate.arrivals === 4, { what: 'all workers of the leader to wait for an answer' })
    process.kill(one.pid, 'SIGSTOP')
    await leads(two)
    expect(await two.rolls(times(1))).toEqual(times(1))

    const sent = () => one.proxy.requestsLike({ verb: 'patch', resource: 'deployments' })
    const held = sent().filter(({ finished }) => !finished)
    expect(held).toHaveLength(4)
    gate.open()
    await eventually(() => held.every(({ finished }) => finished))
    expect(held.map(({ status }) => status)).toEqual([409, 409, 409, 409])
    const before = sent().length
    process.kill(one.pid, 'SIGCONT')
    await follows(one)
    expect(await two.rolls(times(1))).toEqual(times(1))
    expect(sent()).toHaveLength(before)
    expect(await holderOf(begun)).toBe('two')

    await config.set({ a: '3' })
    expect(await two.rolls(times(2))).toEqual(times(2))
    await two.kill('SIGTERM')
    await config.set({ a: '4' })
    expect(await one.rolls(times(3))).toEqual(times(3))
  },
)

test('stopped before it has sent anything, it writes nothing when it is woken', async () => {
  const { one, two, config, times } = await begin({ flags: SHORT_LEASE, workloads: 6 })
  const gate = createGate()
  one.proxy.onRequest({ verb: 'get', name: 'app' }, (exchange) =>
    exchange.forward({ beforeAnswer: () => gate.pass() }),
  )
  await config.set({ a: '2' })
  await gate.reached
  process.kill(one.pid, 'SIGSTOP')
  gate.open()
  await leads(two)
  expect(await two.rolls(times(1))).toEqual(times(1))
  const before = writesOf(one)
  process.kill(one.pid, 'SIGCONT')
  await follows(one)
  expect(await two.rolls(times(1))).toEqual(times(1))
  expect(writesOf(one)).toEqual(before)
})

test('cut off from the API server it stops acting before the other begins, and follows when it is back', async () => {
  const { one, two, config, times } = await begin({ flags: SHORT_LEASE, workloads: 3 })
  const heal = one.proxy.onRequest({}, cutRequest())
  for (const stream of one.proxy.watches) stream.cut()
  await config.set({ a: '2' })
  await leads(two)
  expect(await one.metric('reloader_leader')).toBe(0)
  expect(await two.rolls(times(1))).toEqual(times(1))
  heal()
  await follows(one)
  await config.set({ a: '3' })
  expect(await two.rolls(times(2))).toEqual(times(2))
  expect(one.exitStatus).toBeUndefined()
})

test('the only replica loses its lease and gets it again: what changed meanwhile rolls once', async () => {
  const replicas = await useReplicas(world, SHORT_LEASE)
  const one = await replicas.start('one')
  const config = await replicas.ns.configMap('app', { a: '1' })
  const web = await replicas.ns.workload('web', spec)
  await one.decided()
  await replicas.installation.recorded(web)
  const heal = one.proxy.onRequest({ resource: 'leases' }, cutRequest())
  await eventually(async () => (await one.metric('reloader_leader')) === 0)
  await config.set({ a: '2' })
  expect(web.rolls).toBe(0)
  heal()
  await leads(one)
  expect(await one.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('a leader whose Lease another program took stops acting at once', async () => {
  const replicas = await useReplicas(world, [])
  const one = await replicas.start('one')
  await leads(one)
  await replicas.holdLease('incumbent', 3)
  await eventually(async () => (await one.metric('reloader_leader')) === 0)
  await eventually(() => one.logs.some(({ msg = '' }) => msg.includes('incumbent took the lease')))
  await leads(one)
})

test('as long as a replica of another program renews the Lease, ours does nothing', async () => {
  const replicas = await useReplicas(world, SHORT_LEASE)
  await replicas.holdLease('incumbent', 4)
  const one = await replicas.start('one')
  const config = await replicas.ns.configMap('app', { a: '1' })
  const web = await replicas.ns.workload('web', spec)
  for (let renewal = 0; renewal < 3; renewal += 1) {
    const looks = () => one.proxy.requestsLike({ verb: 'get', resource: 'leases' }).length
    const before = looks()
    await eventually(() => looks() > before + 3)
    await replicas.holdLease('incumbent', 4)
  }
  expect(writesOf(one)).toEqual([])
  await leads(one)
  await one.decided()
  await config.set({ a: '2' })
  expect(await one.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('taking over with a store that lags behind the records forgets no workload', async () => {
  const begun = await begin({ flags: ENDLESS_LEASE })
  const { ns, one, two, config, installation } = begun
  const heal = cutWatches(two.proxy, { resource: 'deployments' })
  const late = await ns.workload('late', spec)
  await one.decided()
  await installation.recorded(late)
  await one.kill('SIGTERM')
  await config.set({ a: '2' })
  await eventually(async () => (await holderOf(begun)) === 'two')
  await eventually(
    () => two.proxy.requestsLike({ verb: 'get', resource: 'deployments', name: 'late' }).length > 0,
  )
  heal()
  expect(await two.rolls({ [late.id]: 1 })).toEqual({ [late.id]: 1 })
})

test('taking over with a store that lags behind the records keeps what is recorded of a workload that it shows opted out', async () => {
  const begun = await begin({ flags: ENDLESS_LEASE })
  const { ns, one, two, config, installation } = begun
  const late = await ns.workload('late', { ...spec, annotations: {} })
  await two.hasSeen({ ...(await late.get()), kind: 'Deployment' })
  const heal = cutWatches(two.proxy, { resource: 'deployments' })
  await late.annotate(AUTO)
  await one.decided()
  await installation.recorded(late)
  await one.kill('SIGTERM')
  await config.set({ a: '2' })
  await eventually(() => two.proxy.requestsLike({ verb: 'patch', name: 'late' }).length > 0)
  heal()
  expect(await two.rolls({ [late.id]: 1 })).toEqual({ [late.id]: 1 })
})

test('without the right to the Lease it does nothing, says so, and begins when it is granted', async () => {
  const replicas = await useReplicas(world, [])
  let grant = () => {}
  const one = await replicas.start('one', {
    wait: false,
    prepare: (proxy) => {
      grant = proxy.onRequest({ resource: 'leases' }, forbid())
    },
  })
  await eventually(() =>
    one.logs.some(({ level, msg = '' }) => level === 'warning' && msg.includes(LEASE_NAME)),
  )
  expect(await one.isReady()).toBe(false)
  expect(writesOf(one)).toEqual([])
  grant()
  await one.ready()
  await leads(one)
})

test('a dry run takes no part in the election', async () => {
  const replicas = await useReplicas(world, [])
  await replicas.start('one', { flags: ['--dry-run'] })
  expect(await replicas.lease()).toBeUndefined()
})
