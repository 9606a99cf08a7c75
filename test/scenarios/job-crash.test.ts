// behaviour.md 4, row Job: killed anywhere while it makes a Job again, the Job exists again afterwards, exactly once.
import { expect, test } from 'vitest'
import type { ApiProxy, Fault } from './harness/api-proxy.ts'
import type { ApiRequest, RequestMatch } from './harness/api-request.ts'
import { leads, SHORT_LEASE, useReplicas } from './harness/election.ts'
import { createGate, eventually, type Gate } from './harness/eventually.ts'
import { holdAnswer, holdRequest, loseAnswer } from './harness/faults.ts'
import { configMapNamed, envFrom } from './harness/fixtures.ts'
import { createCronJob, createJob, runsOf, untilRuns } from './harness/jobs.ts'
import { dataOf } from './harness/json.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const uses = [envFrom(configMapNamed('app'))]

const isJournal = ({ name, body }: ApiRequest) =>
  name === 'reloader-journal' || JSON.stringify(body ?? '').includes('"name":"reloader-journal"')
const holdsJobs = ({ body }: ApiRequest) => JSON.stringify(body ?? '').includes('manifest')
const JOURNAL: RequestMatch = {
  verb: ['create', 'update'],
  resource: 'configmaps',
  where: (request) => isJournal(request) && holdsJobs(request),
}
const CLEARED: RequestMatch = { ...JOURNAL, where: (request) => isJournal(request) && !holdsJobs(request) }
const DELETE: RequestMatch = { verb: 'delete', resource: 'jobs' }
const CREATE: RequestMatch = { verb: 'create', resource: 'jobs', where: ({ query }) => !query.has('dryRun') }
const DRY_RUN: RequestMatch = { ...CREATE, where: ({ query }) => query.has('dryRun') }

/** Where it is killed, and whether the old Job is gone by then. */
const POINTS: readonly (readonly [string, RequestMatch, (gate: Gate) => Fault, boolean])[] = [
  ['before the dry run', DRY_RUN, holdRequest, false],
  ['before the journal is written', JOURNAL, holdRequest, false],
  ['before the DELETE, with the journal written', DELETE, holdRequest, false],
  ['after the DELETE, before its answer', DELETE, holdAnswer, true],
  ['before the create', CREATE, holdRequest, true],
  ['after the create, before its answer', CREATE, holdAnswer, true],
  ['before the journal is emptied', CLEARED, holdRequest, true],
  ['after the journal is emptied, before the answer', CLEARED, holdAnswer, true],
]

async function running(flags: readonly string[] = []) {
  const started = await world.start({ flags })
  const { ns, controller, installation } = started
  const config = await ns.configMap('app', { a: '1' })
  const batch = await createJob(world.api, ns, { name: 'batch', uses })
  await controller.hasSeen(batch.made)
  await controller.decided()
  await eventually(async () => JSON.stringify(await installation.shards()).includes('batch'))
  const journal = async () => {
    const all = await installation.home.list('ConfigMap')
    const found = all.find((each) => each.metadata.name === 'reloader-journal')
    return found === undefined ? [] : Object.keys(dataOf(found))
  }
  return { ...started, config, batch, journal }
}

test.each(POINTS)(
  'killed %s: the Job is there, and ran again at most once',
  async (_, match, fault, gone) => {
    const { controller, installation, config, batch, journal } = await running()
    const first = batch.made.metadata.uid
    const gate = createGate()
    controller.proxy.onRequest(match, fault(gate))
    await config.set({ a: '2' })
    await gate.reached
    await controller.kill('SIGKILL')
    const next = await installation.start()
    await eventually(async () => (await batch.now()) !== undefined && (await journal()).length === 0)
    await next.decided()
    const second = (await batch.now())?.metadata.uid
    expect(second === first).toBe(!gone)
    expect(createsOf(controller.proxy, next.proxy)).toBeLessThanOrEqual(gone ? 1 : 0)
    await next.kill('SIGKILL')
    const last = await installation.start()
    await last.decided()
    expect((await batch.now())?.metadata.uid).toBe(second)
  },
)

/** Jobs that were really created. */
function createsOf(...proxies: readonly ApiProxy[]): number {
  const made = proxies.flatMap((proxy) => proxy.requestsLike({ ...CREATE, verb: 'create' }))
  return made.filter(({ status }) => status === 201).length
}

test.each([
  ['the DELETE', DELETE],
  ['the create', CREATE],
] as const)('the answer to %s is lost: the Job is made again once', async (_, match) => {
  const { controller, config, batch, journal } = await running()
  const heal = controller.proxy.onRequest(match, loseAnswer())
  await config.set({ a: '2' })
  const second = await batch.otherThan(batch.made.metadata.uid).finally(heal)
  await eventually(async () => (await journal()).length === 0)
  await controller.decided()
  expect((await batch.now())?.metadata.uid).toBe(second.metadata.uid)
})

test.each([
  ['before the create', holdRequest, 0],
  ['after the create, before its answer', holdAnswer, 1],
])("killed %s of a CronJob's Job: it does not run again", async (_, fault, runs) => {
  const { ns, controller, installation } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const cronJob = await createCronJob(ns, 'nightly', { uses })
  await controller.hasSeen({ ...cronJob, kind: 'CronJob' })
  await controller.decided()
  const gate = createGate()
  controller.proxy.onRequest(CREATE, fault(gate))
  await config.set({ a: '2' })
  await gate.reached
  await controller.kill('SIGKILL')
  const next = await installation.start()
  await next.decided()
  expect(await runsOf(ns, cronJob)).toHaveLength(runs)
  await config.set({ a: '3' })
  expect(await untilRuns(ns, cronJob, runs + 1)).toHaveLength(runs + 1)
})

test('the leader is killed between DELETE and create: the next one makes the Job again', async () => {
  const { ns, start, installation } = await useReplicas(world, SHORT_LEASE)
  const one = await start('one')
  const two = await start('two')
  await leads(one)
  const config = await ns.configMap('app', { a: '1' })
  const batch = await createJob(world.api, ns, { name: 'batch', uses })
  await one.hasSeen(batch.made)
  await one.decided()
  await eventually(async () => JSON.stringify(await installation.shards()).includes('batch'))
  const gate = createGate()
  one.proxy.onRequest(CREATE, holdRequest(gate))
  await config.set({ a: '2' })
  await gate.reached
  expect(await batch.now()).toBeUndefined()
  await one.kill('SIGKILL')
  const second = await batch.otherThan(batch.made.metadata.uid)
  await two.decided()
  expect((await batch.now())?.metadata.uid).toBe(second.metadata.uid)
  expect(createsOf(one.proxy, two.proxy)).toBe(1)
})

test('the leader goes while a change still settles: the next one, which saw it too, runs the CronJob and the Job once', async () => {
  const { ns, start, installation } = await useReplicas(world, SHORT_LEASE)
  const patient = ['--settle=10m', '--settle-max=10m']
  const one = await start('one', { flags: patient })
  const two = await start('two')
  await leads(one)
  const config = await ns.configMap('app', { a: '1' })
  const batch = await createJob(world.api, ns, { name: 'batch', uses })
  const cronJob = await createCronJob(ns, 'nightly', { uses })
  for (const each of [one, two]) await each.hasSeen(batch.made, { ...cronJob, kind: 'CronJob' })
  await eventually(async () =>
    /batch.*nightly|nightly.*batch/s.test(JSON.stringify(await installation.shards())),
  )
  const changed = await config.set({ a: '2' })
  for (const each of [one, two]) await each.hasSeen(changed)
  await one.kill('SIGTERM')
  const second = await batch.otherThan(batch.made.metadata.uid)
  await untilRuns(ns, cronJob, 1)
  await two.decided()
  await two.kill('SIGTERM')
  const three = await start('three')
  await leads(three)
  await three.decided()
  expect([(await batch.now())?.metadata.uid, (await runsOf(ns, cronJob)).length]).toEqual([
    second.metadata.uid,
    1,
  ])
})
