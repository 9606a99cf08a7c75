// Webhook mode (behaviour.md section 5): a changed config that an opted-in workload follows is told to a real HTTP server, once for
// all its followers, and nothing is patched.
import { afterEach, expect, test } from 'vitest'
import { type Receiver, startReceiver } from '../receiver.ts'
import { eventually } from './harness/eventually.ts'
import { AUTO, configMapNamed, envFrom, secretNamed } from './harness/fixtures.ts'
import type { Controller, InstallationOptions } from './harness/installation.ts'
import type { Namespace } from './harness/namespace.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const app = configMapNamed('app')
const receivers: Receiver[] = []
afterEach(async () => {
  await Promise.all(receivers.splice(0).map((each) => each.close()))
})

const TOKEN = 'a-token-that-nobody-may-see'

async function startHook(reply?: Receiver['reply']): Promise<Receiver> {
  const receiver = await startReceiver(reply)
  receivers.push(receiver)
  return receiver
}

/** The usual beginning, in webhook mode. */
function startCalling(hook: Receiver, { flags = [], ...options }: Partial<InstallationOptions> = {}) {
  return world.start({ ...options, flags: [`--webhook-url=${hook.origin}/hook?token=${TOKEN}`, ...flags] })
}

interface Call {
  readonly webhook: string
  readonly reason: string
  readonly config: { readonly kind: string; readonly name: string; readonly resourceVersion?: string }
  readonly changedKeys: readonly string[]
}

function callsOf(hook: Receiver): Call[] {
  return hook.bodies() as Call[]
}

/** Waits for this many calls, then until nothing is left to be told, and returns what was told. */
async function told(hook: Receiver, controller: Controller, count: number): Promise<string[]> {
  await eventually(() => hook.received.length >= count, { what: `${count} calls` }).catch(() => {})
  await eventually(
    async () =>
      (await controller.metric('reloader_pending_workloads')) === 0 &&
      (await controller.metric('reloader_workqueue_depth')) === 0,
    { what: 'nothing to be pending' },
  )
  return callsOf(hook).map(({ reason, config }) => `${reason} ${config.kind}/${config.name}`)
}

async function ownEvents(ns: Namespace) {
  return (await ns.events()).filter(({ source }) => source?.component?.startsWith('reloader'))
}

function patchesOf({ proxy }: Controller) {
  const resource = ['deployments', 'statefulsets', 'daemonsets']
  return proxy.requestsLike({ verb: ['patch', 'update', 'create', 'delete'], resource })
}

test('a change is told once for all who follow the config; no workload is touched, and no Event is about a roll', async () => {
  const hook = await startHook()
  const { ns, controller, installation } = await startCalling(hook)
  const config = await ns.configMap('app', { a: '1', b: '1' })
  const names = ['web-0', 'web-1', 'web-2', 'web-3', 'web-4']
  const workloads = await Promise.all(
    names.map((name) => ns.workload(name, { annotations: AUTO, uses: [envFrom(app)], replicas: 0 })),
  )
  const set = await ns.workload('set', {
    kind: 'StatefulSet',
    annotations: AUTO,
    uses: [envFrom(app)],
    replicas: 0,
  })
  await installation.recorded(...workloads, set)
  const changed = await config.set({ a: '2', b: '1' })
  expect(await told(hook, controller, 1)).toEqual(['DigestChanged ConfigMap/app'])
  const { uid, resourceVersion } = changed.metadata
  expect(callsOf(hook)).toEqual([
    {
      webhook: 'update successful',
      reason: 'DigestChanged',
      config: { kind: 'ConfigMap', namespace: ns.name, name: 'app', uid, resourceVersion },
      changedKeys: ['a'],
    },
  ])
  expect(hook.received[0]).toMatchObject({ method: 'POST', target: `/hook?token=${TOKEN}` })
  await config.set({ a: '3', b: '3' })
  expect(await told(hook, controller, 2)).toEqual(Array(2).fill('DigestChanged ConfigMap/app'))
  expect(patchesOf(controller)).toEqual([])
  expect(await ownEvents(ns)).toEqual([])
  expect(await controller.metric('reloader_webhook_calls_total', { result: 'success' })).toBe(2)
  expect(await controller.metric('reloader_reload_executed_total')).toBe(0)
  expect(controller.output.join('\n')).not.toContain(TOKEN)
})

test('what nobody follows, what is ignored, and what changes in labels only is not told', async () => {
  const hook = await startHook()
  const { ns, controller, installation } = await startCalling(hook)
  const followed = await ns.configMap('app', { a: '1' })
  const ignored = await ns.configMap('ignored', { a: '1' })
  await ignored.annotate({ 'reloader.stakater.com/ignore': 'true' })
  const alone = await ns.secret('alone', { a: 'nobody-follows-this' })
  const web = await ns.workload('web', {
    annotations: AUTO,
    uses: [envFrom(app), envFrom(configMapNamed('ignored'))],
  })
  await ns.workload('not-opted-in', { uses: [envFrom(secretNamed('alone'))] })
  await installation.recorded(web)
  await controller.hasSeen(
    await ignored.set({ a: '2' }),
    await alone.set({ a: 'nobody-follows-that' }),
    await followed.label({ team: 'x' }),
  )
  await followed.set({ a: '2' })
  expect(await told(hook, controller, 1)).toEqual(['DigestChanged ConfigMap/app'])
})

test('creations and deletions are told when they count', async () => {
  const hook = await startHook()
  const flags = ['--reload-on-create=true', '--reload-on-delete=true']
  const { ns, controller, installation } = await startCalling(hook, { flags })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await installation.recorded(web)
  const config = await ns.configMap('app', { a: '1' })
  expect(await told(hook, controller, 1)).toEqual(['Created ConfigMap/app'])
  await config.delete()
  expect(await told(hook, controller, 2)).toEqual(['Created ConfigMap/app', 'Deleted ConfigMap/app'])
  expect(callsOf(hook)[1]?.config.resourceVersion).toBeUndefined()
})

test('a change is told although the workload got a new pod template after it', async () => {
  const hook = await startHook()
  const { ns, controller, installation } = await startCalling(hook, { flags: ['--settle=1s'] })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await installation.recorded(web)
  await controller.hasSeen(await config.set({ a: '2' }))
  await web.editTemplate((template) => {
    template.metadata = { ...template.metadata, annotations: { edited: 'yes' } }
  })
  expect(await told(hook, controller, 1)).toEqual(['DigestChanged ConfigMap/app'])
})

test('a call that is not taken is made again until it is, and is not made again after a restart', async () => {
  const replies = [500, 404, 200]
  const hook = await startHook((_message, count) => replies[count - 1] ?? 200)
  const { ns, controller, installation } = await startCalling(hook)
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  const other = await ns.workload('other', { annotations: AUTO, uses: [envFrom(app)] })
  await installation.recorded(web, other)
  await config.set({ a: '2' })
  expect(await told(hook, controller, 3)).toEqual(Array(3).fill('DigestChanged ConfigMap/app'))
  const failures = controller.logs.filter(({ level }) => level === 'warning').map(({ msg }) => msg)
  expect(failures.filter((msg) => msg?.includes('webhook'))).toEqual([
    expect.stringContaining('it answered 500'),
    expect.stringContaining('it answered 404'),
  ])
  expect(await ownEvents(ns)).toEqual([])
  expect(await controller.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  const next = await installation.start()
  await config.set({ a: '3' })
  expect(await told(hook, next, 4)).toHaveLength(4)
  for (const { output } of [controller, next]) expect(output.join('\n')).not.toContain(TOKEN)
})

test('what could not be told before a crash is told at the next start, together with what changed meanwhile', async () => {
  const hook = await startHook(() => 503)
  const { ns, controller, installation } = await startCalling(hook)
  const config = await ns.configMap('app', { a: '1' })
  const later = await ns.configMap('later', { a: '1' })
  const uses = [envFrom(app), envFrom(configMapNamed('later'))]
  const web = await ns.workload('web', { annotations: AUTO, uses })
  await installation.recorded(web)
  await config.set({ a: '2' })
  await eventually(() => hook.received.length > 0)
  await controller.kill('SIGKILL')
  await later.set({ a: '2' })
  const before = hook.received.length
  hook.reply = () => 200
  const next = await installation.start()
  const all = await told(hook, next, before + 2)
  expect(all.slice(before).sort()).toEqual(['DigestChanged ConfigMap/app', 'DigestChanged ConfigMap/later'])
})

test('a receiver that refuses one config keeps no other one waiting', async () => {
  const hook = await startHook(({ body }) => (body.includes('"name":"refused"') ? 400 : 200))
  const { ns, controller, installation } = await startCalling(hook)
  const refused = await ns.configMap('refused', { a: '1' })
  const config = await ns.configMap('app', { a: '1' })
  const uses = [envFrom(app), envFrom(configMapNamed('refused'))]
  const web = await ns.workload('web', { annotations: AUTO, uses })
  await installation.recorded(web)
  await refused.set({ a: '2' })
  await config.set({ a: '2' })
  await eventually(() => callsOf(hook).filter((call) => call.config.name === 'refused').length >= 2)
  expect(callsOf(hook).filter((call) => call.config.name === 'app')).toHaveLength(1)
  hook.reply = () => 200
  await told(hook, controller, 4)
})

test('a redirect is followed with the same call', async () => {
  const hook = await startHook()
  const gate = await startHook(() => ({ status: 308, headers: { location: `${hook.origin}/behind` } }))
  const { ns, controller, installation } = await startCalling(gate)
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await installation.recorded(web)
  await config.set({ a: '2' })
  expect(await told(hook, controller, 1)).toEqual(['DigestChanged ConfigMap/app'])
  expect(hook.received[0]).toMatchObject({ method: 'POST', target: '/behind' })
})

test('a dry run calls nobody, and says whom it would call for', async () => {
  const hook = await startHook()
  const { ns, controller } = await startCalling(hook, { flags: ['--dry-run'] })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.hasSeen(await config.get(), await web.get())
  await eventually(() =>
    controller.proxy.requestsLike({ verb: 'get', name: 'app' }).some(({ finished }) => finished),
  )
  await config.set({ a: '2' })
  await eventually(() =>
    controller.logs.find(
      ({ msg }) => msg === `Would call the webhook for Deployment/${ns.name}/web (dry run)`,
    ),
  )
  expect(hook.received).toEqual([])
})
