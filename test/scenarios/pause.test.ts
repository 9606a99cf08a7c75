// behaviour.md section 4 "pause-period": visible as the incumbent's, and derived from the Deployment at every look.
import { expect, test } from 'vitest'
import type { ApiRequest } from './harness/api-request.ts'
import { createGate, eventually } from './harness/eventually.ts'
import { holdAnswer, holdRequest, refuseWith } from './harness/faults.ts'
import { AUTO, configMapNamed, envFrom } from './harness/fixtures.ts'
import type { WorkloadHandle } from './harness/namespace.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const PERIOD = 'deployment.reloader.stakater.com/pause-period'
const PAUSED_AT = 'deployment.reloader.stakater.com/paused-at'
const uses = [envFrom(configMapNamed('app'))]
const STRATEGIES = ['env-vars', 'annotations'] as const

async function pauseOf(web: WorkloadHandle) {
  const { metadata, spec } = (await web.get()) as {
    readonly metadata: { readonly annotations?: Readonly<Record<string, string>> }
    readonly spec?: { readonly paused?: boolean }
  }
  return { paused: spec?.paused ?? false, at: metadata.annotations?.[PAUSED_AT] }
}

const resumed = (web: WorkloadHandle) =>
  eventually(async () => !(await pauseOf(web)).paused, { what: `${web.id} is resumed` })

async function start(period: string, flags: readonly string[] = []) {
  const { ns, controller, installation } = await world.start({ flags: ['--settle=50ms', ...flags] })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: { ...AUTO, [PERIOD]: period }, uses })
  await controller.decided()
  await installation.recorded(web)
  return { ns, controller, installation, config, web }
}

test.each(STRATEGIES)(
  'a roll pauses the Deployment in the same write, and it goes on when the period is over (%s)',
  async (strategy) => {
    const { controller, config, web } = await start('1h', [`--reload-strategy=${strategy}`])
    await config.set({ a: '2' })
    expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
    const { paused, at } = await pauseOf(web)
    expect([paused, Number.isNaN(Date.parse(at ?? ''))]).toEqual([true, false])
    await config.set({ a: '3' })
    expect(await controller.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
    expect(await pauseOf(web)).toEqual({ paused: true, at })
    await web.annotate({ [PERIOD]: '1s' })
    await resumed(web)
    expect(await pauseOf(web)).toEqual({ paused: false, at: undefined })
    expect(await controller.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
  },
)

test('a pause of somebody else stays, and a roll does not make it ours', async () => {
  const { controller, config, web } = await start('1h')
  await web.edit({ spec: { paused: true } })
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  expect(await pauseOf(web)).toEqual({ paused: true, at: undefined })
})

test('whoever resumes it early has resumed it: no time is left over that would claim a later pause', async () => {
  const { controller, config, web } = await start('1h')
  await config.set({ a: '2' })
  await controller.rolls({ [web.id]: 1 })
  await web.edit({ spec: { paused: false } })
  await eventually(async () => (await pauseOf(web)).at === undefined, { what: 'the time is taken out' })
  await web.edit({ spec: { paused: true } })
  await controller.decided()
  expect(await pauseOf(web)).toEqual({ paused: true, at: undefined })
})

test.each<[string, Record<string, string | null>]>([
  ['opted out', { 'reloader.stakater.com/auto': null }],
  ['asked for no pause any more', { [PERIOD]: null }],
])('it is resumed at once when it is %s', async (_, annotations) => {
  const { controller, config, web } = await start('1h')
  await config.set({ a: '2' })
  await controller.rolls({ [web.id]: 1 })
  await web.annotate(annotations)
  await resumed(web)
})

test('who refuses to let it go on is named by an Event, and it goes on when that is over', async () => {
  const { controller, config, web } = await start('1s')
  const resumes = ({ body }: ApiRequest) => JSON.stringify(body).includes('"paused":false')
  const match = { verb: 'patch', resource: 'deployments', name: 'web', where: resumes } as const
  const heal = controller.proxy.onRequest(match, refuseWith(403, { reason: 'Forbidden', message: 'frozen' }))
  await config.set({ a: '2' })
  const [event] = await eventually(async () => {
    const events = await web.events('ReloadFail')
    return events.length > 0 && events
  })
  expect(event?.message).toMatch(/cannot be resumed after its pause: .*frozen; it is tried again$/)
  expect((await pauseOf(web)).paused).toBe(true)
  heal()
  await resumed(web)
})

test('killed before the PATCH, after it, before the resume and after it: one roll, one pause, and it ends', async () => {
  const { controller, installation, config, web } = await start('1h')
  const patchOfWeb = { verb: 'patch', resource: 'deployments', name: 'web' } as const
  const change = (a: string) => () => config.set({ a })
  const makeItDue = () => web.annotate({ [PERIOD]: '1s' })
  let running = controller
  const killAt = async (fault: typeof holdRequest, provoke: () => Promise<unknown>) => {
    const gate = createGate()
    running.proxy.onRequest(patchOfWeb, fault(gate))
    await provoke()
    await gate.reached
    await running.kill('SIGKILL')
  }
  await killAt(holdRequest, change('2'))
  running = await installation.start()
  expect(await running.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await killAt(holdRequest, makeItDue)
  expect((await pauseOf(web)).paused).toBe(true)
  running = await installation.start()
  await resumed(web)
  await web.annotate({ [PERIOD]: '1h' })
  await running.decided()
  await killAt(holdAnswer, change('3'))
  expect((await pauseOf(web)).paused).toBe(true)
  running = await installation.start()
  await killAt(holdAnswer, makeItDue)
  expect((await pauseOf(web)).paused).toBe(false)
  running = await installation.start()
  expect(await running.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
  expect(await pauseOf(web)).toEqual({ paused: false, at: undefined })
})

test('what the incumbent left paused is resumed at its time', async () => {
  const ns = await world.namespace()
  const installation = await world.install({ namespaces: [ns], flags: ['--settle=50ms'] })
  await ns.configMap('app', { a: '1' })
  const local = new Date(Date.now() - 600_000 + 2 * 3_600_000).toISOString().replace(/\.\d+Z$/, '+02:00')
  const web = await ns.workload('web', { annotations: { ...AUTO, [PERIOD]: '5m', [PAUSED_AT]: local }, uses })
  await web.edit({ spec: { paused: true } })
  const controller = await installation.start()
  await resumed(web)
  expect(await controller.rolls({})).toEqual({})
})
