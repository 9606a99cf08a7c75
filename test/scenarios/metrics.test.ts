// docs/metrics.md: after work of which everything is known, every number is what it was. The proxy between the controller and
// the API server is the witness.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ApiRequest } from './harness/api-request.ts'
import { sumOf } from './harness/controller-process.ts'
import { createGate, eventually } from './harness/eventually.ts'
import { atFirst, holdRequest, refuseWith, watchesOf } from './harness/faults.ts'
import { AUTO, configMapNamed, envFrom, secretNamed } from './harness/fixtures.ts'
import type { Controller } from './harness/installation.ts'
import type { NewObject } from './harness/json.ts'
import type { Namespace } from './harness/namespace.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const app = envFrom(configMapNamed('app'))
const key = envFrom(secretNamed('key'))

/** A Deployment of a ConfigMap and a Secret, and a StatefulSet of the ConfigMap alone. */
async function populate(ns: Namespace) {
  return {
    app: await ns.configMap('app', { a: '1' }),
    key: await ns.secret('key', { password: 'the-first-value' }),
    web: await ns.workload('web', { annotations: AUTO, uses: [app, key], replicas: 0 }),
    db: await ns.workload('db', { kind: 'StatefulSet', annotations: AUTO, uses: [app], replicas: 0 }),
  }
}

/** Resolves with a scrape of a controller that has nothing left to do, and of which all that it sent was answered. */
async function settled({ scrape, proxy }: Controller, events: number): Promise<string> {
  const idle = () => proxy.requests.every(({ verb, finished }) => verb === 'watch' || finished)
  return await eventually(
    async () => {
      const before = idle() ? proxy.requests.length : undefined
      const text = await scrape()
      const open = sumOf(text, 'reloader_pending_workloads') + sumOf(text, 'reloader_workqueue_depth')
      const said = sumOf(text, 'reloader_kubernetes_events_total')
      return open === 0 && said === events && proxy.requests.length === before && text
    },
    { what: 'the controller to be done' },
  )
}

/** How often each label of these requests occurs. */
function counted(requests: readonly ApiRequest[], label: (request: ApiRequest) => string) {
  const counts: Record<string, number> = {}
  for (const request of requests) counts[label(request)] = (counts[label(request)] ?? 0) + 1
  return counts
}

/** The samples of a counter above zero, by the values of the labels named. */
function samples(text: string, name: string, ...labels: readonly string[]) {
  const found: Record<string, number> = {}
  for (const [, all = '', value] of text.matchAll(new RegExp(`^${name}\\{(.*)\\} (\\S+)$`, 'gm'))) {
    const values = labels.map((label) => new RegExp(`(?:^|,)${label}="([^"]*)"`).exec(all)?.[1])
    if (Number(value) > 0) found[values.join(' ')] = (found[values.join(' ')] ?? 0) + Number(value)
  }
  return found
}

const METHODS: Readonly<Record<string, string>> = { create: 'POST', update: 'PUT', patch: 'PATCH' }

test('counters count what happened: once each', async () => {
  const ns = await world.namespace()
  const made = await populate(ns)
  const installation = await world.install({ namespaces: [ns] })
  const controller = await installation.start({ env: { METRICS_COUNT_BY_NAMESPACE: 'enabled' } })
  await installation.recorded(made.web, made.db)
  await made.app.set({ a: '2' })
  await eventually(() => made.web.rolls === 1 && made.db.rolls === 1)
  controller.proxy.onRequest({ verb: 'patch', name: 'web' }, atFirst(1, refuseWith(500)))
  await made.key.set({ password: 'the-second-value' })
  await eventually(() => made.web.rolls === 2)
  const text = await settled(controller, 4)
  const { requests, requestsLike } = controller.proxy

  expect(samples(text, 'reloader_reload_executed_total', 'success')).toEqual({ true: 3, false: 1 })
  const byNamespace = samples(text, 'reloader_reload_executed_total_by_namespace', 'namespace', 'success')
  expect(byNamespace).toEqual({ [`${ns.name} true`]: 3, [`${ns.name} false`]: 1 })
  const rolls = { 'Deployment DigestChanged': 2, 'StatefulSet DigestChanged': 1 }
  expect(samples(text, 'reloader_rolls_total', 'kind', 'reason')).toEqual(rolls)
  expect(samples(text, 'reloader_workloads_matched_total', 'kind')).toEqual({ Deployment: 2, StatefulSet: 1 })
  expect(samples(text, 'reloader_adoptions_total', 'reason')).toEqual({ FirstObservation: 3 })
  expect(sumOf(text, 'reloader_change_to_patch_seconds_count')).toBe(3)
  expect(samples(text, 'reloader_errors_total', 'type')).toEqual({ handler_error: 1 })
  expect(sumOf(text, 'reloader_retries_total')).toBe(1)
  const events = { 'Reloaded created': 3, 'ReloadFail created': 1 }
  expect(samples(text, 'reloader_kubernetes_events_total', 'reason', 'result')).toEqual(events)

  const words: Readonly<Record<string, string>> = { 200: 'success', 409: 'conflict', 500: 'error' }
  const patches = requestsLike({ verb: 'patch', resource: ['deployments', 'statefulsets'] })
  const actions = samples(text, 'reloader_action_total', 'result')
  expect(actions).toEqual(counted(patches, ({ status = 0 }) => words[status] ?? String(status)))
  expect(actions).toMatchObject({ success: 3, error: 1 })
  expect(sumOf(text, 'reloader_action_latency_seconds_count')).toBe(patches.length)
  const reads = requestsLike({ verb: 'get', namespace: ns.name })
  const readsMade = samples(text, 'reloader_config_reads_total', 'type')
  expect(readsMade).toEqual(counted(reads, ({ resource }) => resource))
  const writes = requestsLike({
    verb: ['create', 'update'],
    resource: 'configmaps',
    where: ({ name, body }) => /^reloader-records-/.test(name || (body as NewObject).metadata.name),
  })
  expect(sumOf(text, 'reloader_record_writes_total')).toBe(writes.length)

  // A question for an API that the server may not know is a GET outside of resources.
  const byVerb = counted(requests, ({ verb, status }) => `${verb === 'other' ? 'get' : verb} ${status}`)
  expect(samples(text, 'reloader_api_requests_total', 'verb', 'code')).toEqual(byVerb)
  const byMethod = counted(requests, ({ verb, status }) => `${METHODS[verb] ?? 'GET'} ${status}`)
  expect(samples(text, 'rest_client_requests_total', 'method', 'code')).toEqual(byMethod)
  const timed = counted(requests, ({ verb }) => METHODS[verb] ?? 'GET')
  expect(samples(text, 'rest_client_request_duration_seconds_count', 'verb')).toEqual(timed)
})

test('numbers that must agree do', async () => {
  const ns = await world.namespace()
  const made = await populate(ns)
  const installation = await world.install({ namespaces: [ns] })
  const controller = await installation.start()
  await installation.recorded(made.web, made.db)
  await made.app.label({ team: 'a' })
  await made.app.set({ a: '2' })
  await eventually(() => made.web.rolls === 1 && made.db.rolls === 1)
  const cut = watchesOf(controller.proxy, { resource: 'secrets' })
  expect(cut).toHaveLength(1)
  for (const stream of cut) stream.cut()
  await eventually(() =>
    watchesOf(controller.proxy, { resource: 'secrets' }).some((each) => !cut.includes(each)),
  )
  const text = await settled(controller, 2)

  const looks = sumOf(text, 'reloader_reconcile_total')
  expect(sumOf(text, 'reloader_reconcile_duration_seconds_count')).toBe(looks)
  expect(sumOf(text, 'reloader_workqueue_latency_seconds_count')).toBe(looks)
  expect(sumOf(text, 'reloader_workqueue_adds_total')).toBe(looks)
  const plans = samples(text, 'reloader_plans_total', 'plan')
  expect(plans.roll).toBe(2)
  expect(sumOf(text, 'reloader_workloads_scanned_total')).toBe(sumOf(text, 'reloader_plans_total'))
  expect(sumOf(text, 'reloader_skipped_total')).toBe(plans.skip ?? 0)
  const acted = (plans.adopt ?? 0) + (plans.record ?? 0) + 2
  expect(sumOf(text, 'reloader_reconcile_total', { result: 'success' })).toBe(acted)
  const received = samples(text, 'reloader_events_received_total', 'event_type', 'resource_type')
  expect(received['update configmaps']).toBe(2)
  expect(samples(text, 'reloader_events_processed_total', 'event_type', 'resource_type')).toEqual(received)
  expect(samples(text, 'reloader_watch_restarts_total', 'resource')).toEqual({ secrets: 1 })
  const lists = samples(text, 'reloader_lists_total', 'resource')
  expect(lists).toMatchObject({ configmaps: 1, secrets: 1, deployments: 1, statefulsets: 1, daemonsets: 1 })
})

test('the reason of a decision is one word of docs/reasons.md, in the log, in Events and in metrics', async () => {
  const { ns, installation, controller } = await world.start({ flags: ['--log-level=debug'] })
  const made = await populate(ns)
  await installation.recorded(made.web, made.db)
  controller.proxy.onRequest({ verb: 'patch', name: 'web' }, atFirst(1, refuseWith(500)))
  await made.app.set({ a: '2' })
  await eventually(() => made.web.rolls === 1 && made.db.rolls === 1)
  const text = await settled(controller, 3)
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'reasons.md'), 'utf8')
  const documented = [...page.matchAll(/^\| `(\w+)`/gm)].map(([, reason]) => reason)

  const logged = controller.logs.flatMap(({ reason, outcomes }) => [
    ...(typeof reason === 'string' ? [reason] : []),
    ...(typeof outcomes === 'string' ? [...outcomes.matchAll(/:(\w+)/g)].map(([, word = '']) => word) : []),
  ])
  expect(logged).toContain('DigestChanged')
  expect(logged.filter((reason) => !documented.includes(reason))).toEqual([])
  const counted = ['plans', 'rolls', 'adoptions'].flatMap((name) =>
    Object.keys(samples(text, `reloader_${name}_total`, 'reason')),
  )
  expect(counted).toContain('DigestChanged')
  expect(counted.filter((reason) => !documented.includes(reason))).toEqual([])
  const rolled = (await ns.events()).filter(({ reason }) => reason === 'Reloaded')
  expect(rolled.map(({ message }) => message.split('; ')[1])).toEqual(['DigestChanged', 'DigestChanged'])
  expect(new Set(rolled.map(({ source }) => source?.component))).toEqual(new Set(['reloader-configmaps']))
})

test('gauges say how things stand, also of a change that was found at start', async () => {
  const ns = await world.namespace()
  const made = await populate(ns)
  const installation = await world.install({ namespaces: [ns] })
  const first = await installation.start({ flags: ['--workers=1'] })
  await installation.recorded(made.web, made.db)
  const state = async ({ scrape }: Controller) => {
    const text = await scrape()
    return {
      pending: sumOf(text, 'reloader_pending_workloads'),
      failing: sumOf(text, 'reloader_failing_workloads'),
      outOfDate: sumOf(text, 'reloader_out_of_date_workloads'),
      aged: sumOf(text, 'reloader_oldest_unapplied_change_seconds') > 0,
    }
  }
  const calm = { pending: 0, failing: 0, outOfDate: 0, aged: false }
  expect(await state(first)).toEqual(calm)
  const said = first.logs.map(({ msg }) => msg)
  expect(said).toContain(`Looking at namespaces ${ns.name}`)
  expect(said).toContain('Working: 2 of 2 workloads in sight are opted in')
  const text = await first.scrape()
  expect(samples(text, 'reloader_workloads', 'kind')).toEqual({ Deployment: 1, StatefulSet: 1 })
  expect(samples(text, 'reloader_followed_configs', 'type')).toEqual({ configmaps: 1, secrets: 1 })
  for (const name of ['reloader_ready', 'reloader_leader']) expect(sumOf(text, name)).toBe(1)
  expect(sumOf(text, 'reloader_records')).toBe(2)

  const gate = createGate()
  const held = first.proxy.onRequest({ verb: 'patch' }, holdRequest(gate))
  await made.app.set({ a: '2' })
  // The one worker is at one of the two, and the other waits for it.
  await gate.reached
  await eventually(async () => (await first.metric('reloader_workqueue_depth')) === 1)
  expect(await state(first)).toEqual({ pending: 2, failing: 0, outOfDate: 0, aged: true })
  held()
  gate.open()
  await eventually(() => made.web.rolls === 1 && made.db.rolls === 1)
  await eventually(async () => !(await state(first)).aged)
  expect(await first.metric('reloader_workqueue_depth')).toBe(0)

  const refused = { verb: 'patch', name: 'web' } as const
  first.proxy.onRequest(refused, refuseWith(500))
  await made.key.set({ password: 'the-second-value' })
  await eventually(async () => (await state(first)).outOfDate === 1)
  expect(await state(first)).toEqual({ pending: 1, failing: 1, outOfDate: 1, aged: true })
  await first.kill('SIGKILL')

  let heal = () => {}
  const second = await installation.start({
    prepare: (proxy) => {
      heal = proxy.onRequest(refused, refuseWith(500))
    },
  })
  await eventually(async () => (await state(second)).outOfDate === 1)
  expect(await state(second)).toEqual({ pending: 0, failing: 1, outOfDate: 1, aged: true })
  heal()
  await eventually(() => made.web.rolls === 2)
  await eventually(async () => (await state(second)).outOfDate === 0)
  expect(await state(second)).toEqual(calm)
})
