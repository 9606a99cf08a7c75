// behaviour.md 4, row Job: an unfinished Job is deleted and made again under its name, and never lost on the way.
import { expect, test } from 'vitest'
import type { ApiRequest } from './harness/api-request.ts'
import { eventually } from './harness/eventually.ts'
import { refuseWith } from './harness/faults.ts'
import { configMapNamed, envFrom } from './harness/fixtures.ts'
import { createJob, type JobHandle, jobSpec } from './harness/jobs.ts'
import { dataOf } from './harness/json.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const uses = [envFrom(configMapNamed('app'))]

async function running(options: Parameters<typeof world.start>[0] = {}, job: { spec?: object } = {}) {
  const started = await world.start(options)
  const { ns, controller, installation } = started
  const config = await ns.configMap('app', { a: '1' })
  const batch = await createJob(world.api, ns, { name: 'batch', uses, spec: { ...job.spec } })
  await controller.hasSeen(batch.made)
  await controller.decided()
  await eventually(async () => JSON.stringify(await installation.shards()).includes('batch'))
  return { ...started, config, batch }
}

async function uidOf(job: JobHandle): Promise<string | undefined> {
  return (await job.now())?.metadata.uid
}

test.each(['env-vars', 'annotations'])(
  'a change makes the Job again, once, with its stamp (%s)',
  async (strategy) => {
    const { ns, controller, installation, config, batch } = await running({
      flags: [`--reload-strategy=${strategy}`],
    })
    await config.set({ a: '2' })
    const second = await batch.otherThan(batch.made.metadata.uid)
    expect(second.metadata).toMatchObject({
      labels: { team: 'a' },
      annotations: batch.made.metadata.annotations ?? {},
    })
    expect(second.metadata.labels).toEqual({ team: 'a' })
    const { variables, annotation } = await batch.stamps()
    expect([variables.length, annotation === undefined]).toEqual(
      strategy === 'env-vars' ? [1, true] : [0, false],
    )
    await controller.decided()
    expect(await uidOf(batch)).toBe(second.metadata.uid)
    const journal = (await installation.home.list('ConfigMap')).find(
      (each) => each.metadata.name === 'reloader-journal',
    )
    expect([journal?.metadata.labels, dataOf(journal ?? second)]).toEqual([
      { 'reloader.stakater.com/records': 'reloader' },
      {},
    ])
    const event = await eventually(async () =>
      (await ns.events()).find(({ reason }) => reason === 'Reloaded'),
    )
    expect(event.involvedObject).toMatchObject({ kind: 'Job', name: 'batch', uid: second.metadata.uid })
    await config.set({ a: '3' })
    const third = await batch.otherThan(second.metadata.uid)
    await controller.decided()
    await controller.kill('SIGTERM')
    const next = await installation.start()
    await next.decided()
    expect(await uidOf(batch)).toBe(third.metadata.uid)
  },
)

test('what changed while nobody watched is only recorded', async () => {
  const { controller, installation, config, batch } = await running()
  await controller.kill('SIGTERM')
  await config.set({ a: '2' })
  const next = await installation.start()
  await next.decided()
  expect(await uidOf(batch)).toBe(batch.made.metadata.uid)
  await config.set({ a: '3' })
  await batch.otherThan(batch.made.metadata.uid)
})

test.each([
  [[], false],
  [['--rerun-finished-jobs'], true],
])('a finished Job runs again only on demand: %j', async (flags, again) => {
  const { controller, config, batch } = await running({ flags }, { spec: { completions: 0 } })
  if (!world.cluster.real) await batch.complete()
  const done = await eventually(async () => {
    const job = await batch.now()
    return JSON.stringify(job?.status).includes('"Complete"') && job
  })
  await controller.hasSeen({ ...done, kind: 'Job' })
  await config.set({ a: '2' })
  if (again) await batch.otherThan(batch.made.metadata.uid)
  await controller.decided()
  expect((await uidOf(batch)) !== batch.made.metadata.uid).toBe(again)
})

test('a Job of a controller is not looked at', async () => {
  const { ns, controller, config } = await running()
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'app', controller: true }
  const { uid } = (await config.get()).metadata
  const metadata = {
    name: 'owned',
    annotations: { 'reloader.stakater.com/auto': 'true' },
    ownerReferences: [{ ...owner, uid }],
  }
  const made = await ns.create({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata,
    spec: jobSpec('owned', { uses }),
  })
  await controller.hasSeen({ ...made, kind: 'Job' })
  await config.set({ a: '2' })
  await controller.decided()
  expect((await ns.list('Job')).find((each) => each.metadata.name === 'owned')?.metadata.uid).toBe(
    made.metadata.uid,
  )
})

test('what the API server would not take is not deleted', async () => {
  const { controller, config, batch } = await running()
  const { proxy } = controller
  const dryRun = {
    verb: 'create',
    resource: 'jobs',
    where: ({ query }: { query: URLSearchParams }) => query.has('dryRun'),
  } as const
  const heal = proxy.onRequest(dryRun, refuseWith(403, { reason: 'Forbidden', message: 'exceeded quota' }))
  await config.set({ a: '2' })
  await eventually(
    async () =>
      ((await controller.metric('reloader_action_total', { workload_kind: 'Job', result: 'error' })) ?? 0) >
      0,
  )
  await controller.decided({ pending: 1 })
  expect(await uidOf(batch)).toBe(batch.made.metadata.uid)
  expect(proxy.requestsLike({ verb: 'delete' })).toEqual([])
  heal()
  await batch.otherThan(batch.made.metadata.uid)
})

test('finalizers that keep the old Job are waited for', async () => {
  const { controller, config, batch } = await running()
  await batch.edit({ metadata: { finalizers: ['example.com/keep'] } })
  await config.set({ a: '2' })
  await eventually(async () => (await batch.now())?.metadata.deletionTimestamp !== undefined)
  await controller.decided()
  await batch.edit({ metadata: { finalizers: null } })
  const second = await batch.otherThan(batch.made.metadata.uid)
  await batch.edit({ metadata: { finalizers: null } })
  await controller.decided()
  expect(await uidOf(batch)).toBe(second.metadata.uid)
})

test('a user who deletes a Job is heeded', async () => {
  const { ns, controller, config, batch } = await running()
  await world.api.call(
    'DELETE',
    `/apis/batch/v1/namespaces/${ns.name}/jobs/batch?propagationPolicy=Background`,
  )
  await config.set({ a: '2' })
  await controller.decided()
  expect(await batch.now()).toBeUndefined()
})

test('a user whose deletion waits for a finalizer is heeded too', async () => {
  const { ns, controller, config, batch } = await running()
  await batch.edit({ metadata: { finalizers: ['example.com/keep'] } })
  await world.api.call(
    'DELETE',
    `/apis/batch/v1/namespaces/${ns.name}/jobs/batch?propagationPolicy=Background`,
  )
  await config.set({ a: '2' })
  await controller.decided()
  await batch.edit({ metadata: { finalizers: null } })
  await controller.decided()
  expect(await batch.now()).toBeUndefined()
  expect(controller.proxy.requestsLike({ verb: 'create', resource: 'jobs' })).toEqual([])
})

test('two processes at once make it again once', async () => {
  const { ns, controller, installation, config, batch } = await running()
  const other = await installation.start()
  await other.decided()
  await config.set({ a: '2' })
  const second = await batch.otherThan(batch.made.metadata.uid)
  await controller.decided()
  await other.decided()
  expect([await uidOf(batch), (await ns.list('Job')).length]).toEqual([second.metadata.uid, 1])
})

test('a dry run says what it would do, and does nothing', async () => {
  const ns = await world.namespace()
  const config = await ns.configMap('app', { a: '1' })
  const batch = await createJob(world.api, ns, { name: 'batch', uses })
  const installation = await world.install({ namespaces: [ns], flags: ['--dry-run'] })
  const controller = await installation.start()
  await eventually(() =>
    controller.proxy
      .requestsLike({ verb: 'get', resource: 'configmaps', name: 'app' })
      .some(({ finished }) => finished),
  )
  await config.set({ a: '2' })
  await eventually(() => controller.output.some((line) => line.includes('Would roll Job/')))
  expect(await uidOf(batch)).toBe(batch.made.metadata.uid)
})

test('many at once: each is made again once, and the journal is written for several together', async () => {
  const { ns, controller, installation } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const names = Array.from({ length: 20 }, (_, i) => `batch-${i}`)
  const made = await Promise.all(names.map((name) => createJob(world.api, ns, { name, uses })))
  await controller.hasSeen(...made.map((each) => each.made))
  await controller.decided()
  await config.set({ a: '2' })
  const again = await Promise.all(made.map((each) => each.otherThan(each.made.metadata.uid)))
  await controller.decided()
  expect(await Promise.all(made.map(uidOf))).toEqual(again.map(({ metadata }) => metadata.uid))
  const where = ({ name, body }: ApiRequest) => JSON.stringify([name, body]).includes('reloader-journal')
  const writes = controller.proxy.requestsLike({ verb: ['create', 'update'], resource: 'configmaps', where })
  expect(writes.length).toBeLessThan(names.length * 2)
  expect(writes.every(({ namespace }) => namespace === installation.home.name)).toBe(true)
})
