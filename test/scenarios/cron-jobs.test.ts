// behaviour.md 4, row CronJob: a change starts one Job, now; and none where none is called for.
import { expect, test } from 'vitest'
import { startReceiver } from '../receiver.ts'
import { eventually } from './harness/eventually.ts'
import { configMapNamed, envFrom, secretNamed } from './harness/fixtures.ts'
import { createCronJob, createJob, jobSpec, runsOf, untilRuns } from './harness/jobs.ts'
import { type StoredObject, templateOf } from './harness/json.ts'
import { pathOf } from './harness/kinds.ts'
import { documentedPermissions } from './harness/permissions.ts'
import { stampsOf } from './harness/stamps.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const uses = [envFrom(configMapNamed('app'))]

test.each(['env-vars', 'annotations'])(
  'a change starts one Job, and each later one another (%s)',
  async (strategy) => {
    const { ns, controller } = await world.start({ flags: [`--reload-strategy=${strategy}`] })
    const config = await ns.configMap('app', { a: '1' })
    const cronJob = await createCronJob(ns, 'nightly', { uses })
    await controller.hasSeen({ ...cronJob, kind: 'CronJob' })
    await controller.decided()
    expect(await runsOf(ns, cronJob)).toEqual([])
    await config.set({ a: '2' })
    const [run] = await untilRuns(ns, cronJob, 1)
    expect(run?.metadata).toMatchObject({
      labels: { team: 'a' },
      annotations: { note: 'kept', 'cronjob.kubernetes.io/instantiate': 'manual' },
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly', controller: true }],
    })
    const { variables, annotation } = stampsOf(templateOf(run ?? cronJob))
    expect([variables.length, annotation === undefined]).toEqual(
      strategy === 'env-vars' ? [1, true] : [0, false],
    )
    await eventually(async () => (await ns.events()).some(({ reason }) => reason === 'Reloaded'))
    await config.set({ a: '3' })
    await untilRuns(ns, cronJob, 2)
    await controller.decided()
    expect(await runsOf(ns, cronJob)).toHaveLength(2)
    const after = await ns.list('CronJob')
    expect(after.map(({ metadata }) => metadata.generation)).toEqual([cronJob.metadata.generation])
    expect(
      await controller.metric('reloader_action_total', { workload_kind: 'CronJob', result: 'success' }),
    ).toBe(2)
  },
)

test('two configs that change together start one Job', async () => {
  const { ns, controller } = await world.start({ flags: ['--settle=400ms'] })
  const config = await ns.configMap('app', { a: '1' })
  const secret = await ns.secret('key', { a: 'before-the-change' })
  const both = [...uses, envFrom(secretNamed('key'))]
  const cronJob = await createCronJob(ns, 'nightly', { uses: both })
  await controller.decided()
  await config.set({ a: '2' })
  await secret.set({ a: 'after-the-change' })
  await untilRuns(ns, cronJob, 1)
  await controller.decided()
  const [run, ...others] = await runsOf(ns, cronJob)
  expect(others).toEqual([])
  const told = await eventually(async () =>
    (await ns.events()).find(({ reason, involvedObject }) => {
      return reason === 'Reloaded' && involvedObject.name === 'nightly'
    }),
  )
  expect(told.message).toContain(`; started Job '${run?.metadata.name}'; `)
  expect(controller.logs.map(({ job }) => job)).toContain(run?.metadata.name)
})

test('none starts where the CronJob is suspended, or its kind is to be left alone', async () => {
  const { ns, controller, installation } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const cronJob = await createCronJob(ns, 'nightly', { uses, cronJob: { suspend: true } })
  await controller.hasSeen({ ...cronJob, kind: 'CronJob' })
  await controller.decided()
  await config.set({ a: '2' })
  await controller.decided()
  expect(await runsOf(ns, cronJob)).toEqual([])
  await controller.kill('SIGTERM')
  const ignoring = await installation.start({ flags: ['--ignored-workload-types=cronjobs'] })
  const other = await createCronJob(ns, 'hourly', { uses })
  await ignoring.decided()
  await config.set({ a: '3' })
  await ignoring.decided()
  expect(await runsOf(ns, other)).toEqual([])
})

test('with --cronjob-strategy=next-run none starts', async () => {
  const { ns, controller } = await world.start({ flags: ['--cronjob-strategy=next-run'] })
  const config = await ns.configMap('app', { a: '1' })
  const cronJob = await createCronJob(ns, 'nightly', { uses })
  await controller.hasSeen({ ...cronJob, kind: 'CronJob' })
  await controller.decided()
  await config.set({ a: '2' })
  await controller.decided()
  expect(await runsOf(ns, cronJob)).toEqual([])
})

test('what changed while nobody watched starts none, however many CronJobs use it', async () => {
  const { ns, controller, installation } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const names = Array.from({ length: 10 }, (_, i) => `nightly-${i}`)
  await Promise.all(names.map((name) => createCronJob(ns, name, { uses })))
  for (const cronJob of await ns.list('CronJob')) await controller.hasSeen({ ...cronJob, kind: 'CronJob' })
  await controller.decided()
  await controller.kill('SIGTERM')
  await config.set({ a: '2' })
  const next = await installation.start()
  await next.decided()
  expect(await ns.list('Job')).toEqual([])
  await config.set({ a: '3' })
  await eventually(async () => (await ns.list('Job')).length === names.length)
})

test('what changed while its namespace was not selected starts none, and what changes later does', async () => {
  const label = `t-${Math.random().toString(36).slice(2)}`
  const ns = await world.namespace({ labels: { reload: label } })
  const installation = await world.install({
    namespaces: [ns],
    global: true,
    flags: [`--namespace-selector=reload:${label}`],
    permissions: documentedPermissions({ name: 'reloader', namespaceSelector: true }),
  })
  const controller = await installation.start()
  const select = (value: string | null) =>
    world.api.call<StoredObject>('PATCH', pathOf('Namespace', { name: ns.name }), {
      body: { metadata: { labels: { reload: value } } },
      contentType: 'application/merge-patch+json',
    })
  const config = await ns.configMap('app', { a: '1' })
  const cronJob = await createCronJob(ns, 'nightly', { uses })
  await eventually(async () => JSON.stringify(await installation.shards()).includes('nightly'))
  await select(null)
  await controller.hasSeen(await config.set({ a: '2' }))
  await controller.hasSeen({ ...(await select(label)), kind: 'Namespace' })
  await controller.decided()
  expect(await runsOf(ns, cronJob)).toEqual([])
  await config.set({ a: '3' })
  expect(await untilRuns(ns, cronJob, 1)).toHaveLength(1)
})

test('one that forbids overlap waits for its Job, and delays nobody else', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const cronJob = await createCronJob(ns, 'nightly', { uses, cronJob: { concurrencyPolicy: 'Forbid' } })
  const web = await ns.workload('web', { annotations: { 'reloader.stakater.com/auto': 'true' }, uses })
  const { name, uid } = cronJob.metadata
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name, uid, controller: true }
  const metadata = { name: 'by-hand', ownerReferences: [owner] }
  await ns.create({ apiVersion: 'batch/v1', kind: 'Job', metadata, spec: jobSpec('by-hand', { uses }) })
  await controller.hasSeen({ ...cronJob, kind: 'CronJob' })
  await controller.decided()
  await config.set({ a: '2' })
  await controller.decided({ pending: 1 })
  expect([web.rolls, (await runsOf(ns, cronJob)).length]).toEqual([1, 1])
  // That takes as long as the Job takes: nobody is to be called for it.
  expect(await controller.metric('reloader_oldest_unapplied_change_seconds')).toBe(0)
  await world.api.call(
    'DELETE',
    `${pathOf('Job', { namespace: ns.name, name: 'by-hand' })}?propagationPolicy=Background`,
  )
  await eventually(async () => (await runsOf(ns, cronJob)).some((job) => job.metadata.name !== 'by-hand'))
})

test('in webhook mode the change is told, also of a suspended one, and no Job starts', async () => {
  const hook = await startReceiver()
  const { ns, controller } = await world.start({ flags: [`--webhook-url=${hook.origin}/`] })
  const config = await ns.configMap('app', { a: '1' })
  const cronJob = await createCronJob(ns, 'nightly', { uses, cronJob: { suspend: true } })
  await controller.hasSeen({ ...cronJob, kind: 'CronJob' })
  const adopted = { verb: 'get', resource: 'configmaps', name: 'app' } as const
  await eventually(() => controller.proxy.requestsLike(adopted).some(({ finished }) => finished))
  await config.set({ a: '2' })
  await eventually(() => hook.received.length > 0)
  expect(await ns.list('Job')).toEqual([])
  await hook.close()
})

test('one that forbids overlap waits for the Job that its status names', async ({ skip }) => {
  skip(world.cluster.real, 'the controller of CronJobs writes the status itself')
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const cronJob = await createCronJob(ns, 'nightly', { uses, cronJob: { concurrencyPolicy: 'Forbid' } })
  const path = `${pathOf('CronJob', { namespace: ns.name, name: 'nightly' })}/status`
  const setActive = (active: unknown) =>
    world.api.call('PATCH', path, {
      body: { status: { active } },
      contentType: 'application/merge-patch+json',
    })
  const busy = await setActive([{ kind: 'Job', name: 'nightly-1' }])
  await controller.hasSeen({ ...cronJob, kind: 'CronJob' }, { ...busy, kind: 'CronJob' })
  await controller.decided()
  await config.set({ a: '2' })
  await controller.decided({ pending: 1 })
  expect(await runsOf(ns, cronJob)).toEqual([])
  expect(await controller.metric('reloader_oldest_unapplied_change_seconds')).toBe(0)
  await setActive(null)
  await untilRuns(ns, cronJob, 1)
})

test('without the right to watch them, CronJobs and Jobs are listed, and roll all the same', async () => {
  const permissions = documentedPermissions({ name: 'reloader', watchWorkloads: false })
  const ns = await world.namespace()
  const config = await ns.configMap('app', { a: '1' })
  const cronJob = await createCronJob(ns, 'nightly', { uses })
  const batch = await createJob(world.api, ns, { name: 'batch', uses })
  const installation = await world.install({ namespaces: [ns], permissions })
  const controller = await installation.start()
  await eventually(async () =>
    /batch.*nightly|nightly.*batch/s.test(JSON.stringify(await installation.shards())),
  )
  await config.set({ a: '2' })
  await untilRuns(ns, cronJob, 1)
  const second = await batch.otherThan(batch.made.metadata.uid)
  await controller.decided()
  expect((await batch.now())?.metadata.uid).toBe(second.metadata.uid)
  expect(await runsOf(ns, cronJob)).toHaveLength(1)
  await config.set({ a: '3' })
  await untilRuns(ns, cronJob, 2)
  await batch.otherThan(second.metadata.uid)
})
