// Alerts (behaviour.md section 5, spec 7.2), sent to real HTTP servers: after each roll, and never in its way.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createAuthority } from '../controlplane/certificates.ts'
import { type Received, type Receiver, startReceiver } from '../receiver.ts'
import { eventually } from './harness/eventually.ts'
import { AUTO, configMapNamed, envFrom, secretNamed } from './harness/fixtures.ts'
import type { Controller } from './harness/installation.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const app = configMapNamed('app')
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const TOKEN = 'a-token-that-nobody-may-see'

async function startSink(...args: Parameters<typeof startReceiver>): Promise<Receiver> {
  const sink = await startReceiver(...args)
  closing.push(sink.close)
  return sink
}

function alertEnv(url: string, sink = 'slack'): Record<string, string> {
  return { ALERT_ON_RELOAD: 'true', ALERT_SINK: sink, ALERT_WEBHOOK_URL: `${url}/services/${TOKEN}` }
}

/** Alerts of the test's own workloads; the barrier rolls some, too. */
function alertsOf({ received }: Receiver): Received[] {
  return received.filter(({ body }) => !body.includes('marker'))
}

function expectNoToken(...controllers: readonly Controller[]): void {
  for (const { output } of controllers) expect(output.join('\n')).not.toContain(TOKEN)
}

test.each([
  ['slack', 200],
  ['teams', 202],
  ['gchat', 200],
  ['webhook', 204],
])('each roll sends one alert to %s', async (sink, status) => {
  const receiver = await startSink(() => status)
  const env = { ...alertEnv(receiver.origin, sink), ALERT_ADDITIONAL_INFO: 'cluster-1' }
  const { ns, controller } = await world.start({ env })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  expect(alertsOf(receiver)).toEqual([])
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await eventually(() => alertsOf(receiver).length > 0)
  const text =
    `cluster-1 : Reloader detected changes in *app* of type *CONFIGMAP* in namespace *${ns.name}*. ` +
    `Hence reloaded *web* of type *Deployment* in namespace *${ns.name}*`
  const bodies = {
    slack: JSON.stringify({ attachments: [{ author_name: 'Reloader', color: 'good', text }] }),
    teams: JSON.stringify({ text }),
    gchat: JSON.stringify({ text }),
    webhook: text.replaceAll('*', ''),
  }
  expect(alertsOf(receiver).map(({ method, target, body }) => [method, target, body])).toEqual([
    ['POST', `/services/${TOKEN}`, bodies[sink as keyof typeof bodies]],
  ])
  const labels = { sink: sink === 'webhook' ? 'raw' : sink, result: 'sent' }
  await eventually(
    async () => (await controller.metric('reloader_alerts_total', labels)) >= receiver.received.length,
  )
  expectNoToken(controller)
})

test('a sink that hangs holds up neither rolls nor the end', async () => {
  const receiver = await startSink(() => 'hang')
  const { ns, controller } = await world.start({ env: alertEnv(receiver.origin) })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  for (const round of [1, 2, 3]) {
    await controller.decided()
    await config.set({ a: `${round + 1}` })
    expect(await controller.rolls({ [web.id]: round })).toEqual({ [web.id]: round })
  }
  expect(receiver.received.length).toBeGreaterThan(0)
  expect(await controller.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  expectNoToken(controller)
})

test('alerts that wait when it is stopped are sent before it ends', async () => {
  const receiver = await startSink()
  const { ns, controller } = await world.start({ env: alertEnv(receiver.origin) })
  const config = await ns.configMap('app', { a: '1' })
  const names = Array.from({ length: 10 }, (_, i) => `web-${i}`)
  const workloads = await Promise.all(
    names.map((name) => ns.workload(name, { annotations: AUTO, uses: [envFrom(app)], replicas: 0 })),
  )
  await controller.decided()
  await config.set({ a: '2' })
  await eventually(() => workloads.every(({ rolls }) => rolls === 1))
  expect(await controller.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  const alerted = alertsOf(receiver).map(({ body }) => /reloaded \*([\w-]+)\*/.exec(body)?.[1])
  expect(alerted.sort()).toEqual(names)
})

test('an alert that fails for a time is sent again; one that is refused is not, and the log says why', async () => {
  const elsewhere = await startSink()
  const redirect = { status: 302, headers: { location: `${elsewhere.origin}/${TOKEN}` } }
  const tries = new Map<string, number>()
  const receiver = await startSink(({ body }) => {
    const count = (tries.get(body) ?? 0) + 1
    tries.set(body, count)
    if (body.includes('*gone*')) return 404
    if (body.includes('*moved*')) return redirect
    return body.includes('*late*') && count === 1 ? 500 : 200
  })
  const { ns, controller } = await world.start({ env: alertEnv(receiver.origin) })
  const config = await ns.configMap('app', { a: '1' })
  for (const name of ['gone', 'moved', 'late'])
    await ns.workload(name, { annotations: AUTO, uses: [envFrom(app)], replicas: 0 })
  await controller.decided()
  await config.set({ a: '2' })
  await controller.rolls({ 'Deployment/gone': 1, 'Deployment/moved': 1, 'Deployment/late': 1 })
  await eventually(() => alertsOf(receiver).filter(({ body }) => body.includes('*late*')).length === 2)
  const countOf = (name: string) => alertsOf(receiver).filter(({ body }) => body.includes(`*${name}*`)).length
  expect([countOf('gone'), countOf('moved'), elsewhere.received.length]).toEqual([1, 1, 0])
  const problems = controller.logs.filter(({ level }) => level === 'error').map(({ msg }) => msg)
  expect(problems.sort()).toEqual([
    `No alert of the roll of Deployment/${ns.name}/gone: Cannot post to ${receiver.origin}: it answered 404`,
    `No alert of the roll of Deployment/${ns.name}/moved: Cannot post to ${receiver.origin}: it answered 302, a redirect, which is not followed`,
  ])
  expectNoToken(controller)
})

test('a roll with several configs is one alert that names them, and what changed in a Secret stays out of it', async () => {
  const receiver = await startSink()
  const { ns, controller } = await world.start({ env: alertEnv(receiver.origin), flags: ['--settle=500ms'] })
  const config = await ns.configMap('app', { a: '1' })
  const secret = await ns.secret('key', { password: 'first-password' })
  const web = await ns.workload('web', {
    annotations: AUTO,
    uses: [envFrom(app), envFrom(secretNamed('key'))],
  })
  await controller.decided()
  await config.set({ a: '2' })
  await secret.set({ password: 'second-password' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await eventually(() => alertsOf(receiver).length > 0)
  const [alert] = alertsOf(receiver)
  expect(alert?.body).toMatch(/\*app\* of type \*CONFIGMAP\*.*\. Also changed: \*key\* of type \*SECRET\*/)
  expect(alert?.body).not.toContain('password')
})

test('no alert is sent where there is nowhere to send it to: one warning at start, and rolls go on', async () => {
  const env = { ...alertEnv('no-url'), ALERT_WEBHOOK_URL: `no-url/${TOKEN}` }
  const { ns, controller } = await world.start({ env })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  const warnings = controller.logs.filter(({ level }) => level === 'warning').map(({ msg }) => msg)
  expect(warnings.filter((msg) => msg?.includes('ALERT_'))).toEqual([
    'ALERT_ON_RELOAD is set, but no alert is sent: ALERT_WEBHOOK_URL is no http or https URL',
  ])
  expectNoToken(controller)
})

/** A proxy that opens tunnels for any name to `port`, and notes who asked for what. */
async function startTunnelProxy(port: number) {
  const asked: string[] = []
  const sockets: Socket[] = []
  const proxy = createHttpServer()
  proxy.on('connect', (request, socket: Socket) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`)
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(upstream).pipe(socket)
    })
    for (const each of [socket, upstream]) sockets.push(each.on('error', () => {}))
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  closing.unshift(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => proxy.close(resolve))
  })
  return { asked, port: (proxy.address() as AddressInfo).port }
}

test('alerts go through the proxy, which sees the host and not the URL, to a server whose certificate is checked', async () => {
  const authority = createAuthority()
  const { key, certificate: cert } = authority.issueServer(['hooks.test'])
  const receiver = await startSink(undefined, (listener) => createHttpsServer({ key, cert }, listener))
  const proxy = await startTunnelProxy(receiver.port)
  const directory = await mkdtemp(join(tmpdir(), 'reloader-alerts-'))
  closing.push(() => rm(directory, { recursive: true }))
  await writeFile(join(directory, 'ca.pem'), authority.certificate)
  const { ns, controller } = await world.start({
    env: {
      ...alertEnv('https://hooks.test'),
      ALERT_WEBHOOK_PROXY: `http://me:${TOKEN}@127.0.0.1:${proxy.port}`,
      NODE_EXTRA_CA_CERTS: join(directory, 'ca.pem'),
    },
  })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await eventually(() => alertsOf(receiver).length > 0)
  expect(alertsOf(receiver)[0]?.target).toBe(`/services/${TOKEN}`)
  const login = Buffer.from(`me:${TOKEN}`).toString('base64')
  expect(new Set(proxy.asked)).toEqual(new Set([`hooks.test:443 Basic ${login}`]))
  expectNoToken(controller)
})
