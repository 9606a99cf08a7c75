// behaviour.md section 6, last row: whatever becomes of a watch, no change is lost and nothing rolls without cause.
import { expect, test } from 'vitest'
import type { ApiProxy } from './harness/api-proxy.ts'
import { eventually } from './harness/eventually.ts'
import { atFirst, cutWatches, refuseWith, watchesOf } from './harness/faults.ts'
import { AUTO, configMapNamed, envFrom } from './harness/fixtures.ts'
import type { LineEdit } from './harness/watch-stream.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const WATCHED = ['configmaps', 'secrets', 'deployments', 'statefulsets', 'daemonsets']

/** A workload whose config changes during the fault, and one whose config does not. */
async function begin(flags: readonly string[] = []) {
  const { ns, controller, installation } = await world.start({ flags })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', {
    annotations: AUTO,
    uses: [envFrom(configMapNamed('app'))],
    replicas: 0,
  })
  await ns.configMap('calm', { a: '1' })
  const calm = await ns.workload('calm', {
    annotations: AUTO,
    uses: [envFrom(configMapNamed('calm'))],
    replicas: 0,
  })
  await controller.decided()
  const rolls = (times: number) => ({ [web.id]: times, [calm.id]: 0 })
  return { ns, controller, installation, config, web, calm, rolls }
}

test('every watch is cut and configs change meanwhile', async () => {
  const { controller, config, rolls } = await begin()
  const heal = cutWatches(controller.proxy, { resource: WATCHED })
  await config.set({ a: '2' })
  heal()
  expect(await controller.rolls(rolls(1))).toEqual(rolls(1))
})

test.each([
  [
    'an ERROR event in the stream',
    (proxy: ApiProxy) => {
      const status = {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        reason: 'Expired',
        code: 410,
        message: 'too old resource version',
      }
      for (const stream of watchesOf(proxy, { resource: WATCHED })) {
        stream.send(`${JSON.stringify({ type: 'ERROR', object: status })}\n`)
        stream.end()
      }
    },
  ],
  [
    'an answer to the next watch',
    (proxy: ApiProxy) => {
      const gone = refuseWith(410, { reason: 'Expired' })
      for (const resource of WATCHED) proxy.onRequest({ verb: 'watch', resource }, atFirst(1, gone))
      for (const stream of watchesOf(proxy, { resource: WATCHED })) stream.cut()
    },
  ],
])('410 as %s: the place in history is gone, and it lists again', async (_, provoke) => {
  const { controller, config, rolls } = await begin()
  for (const stream of watchesOf(controller.proxy, { resource: WATCHED })) stream.pause()
  await config.set({ a: '2' })
  provoke(controller.proxy)
  expect(await controller.rolls(rolls(1))).toEqual(rolls(1))
})

test('a config that is deleted while the watch is away is gone after the next list, and its return with other content rolls', async () => {
  const { controller, config, rolls } = await begin()
  const heal = cutWatches(controller.proxy, { resource: 'configmaps' })
  await config.delete()
  heal()
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls(rolls(1))).toEqual(rolls(1))
})

test('a deletion that no watch showed rolls once with reload-on-delete', async () => {
  const { controller, config, rolls } = await begin(['--reload-on-delete=true'])
  const heal = cutWatches(controller.proxy, { resource: WATCHED })
  await config.delete()
  heal()
  expect(await controller.rolls(rolls(1))).toEqual(rolls(1))
})

test.each([
  ['429 with Retry-After', refuseWith(429, { reason: 'TooManyRequests', headers: { 'retry-after': '1' } })],
  ['500', refuseWith(500)],
  ['503', refuseWith(503, { reason: 'ServiceUnavailable' })],
])('watches and lists are answered with %s for a while', async (_, fault) => {
  const { controller, config, rolls } = await begin()
  for (const resource of WATCHED) {
    controller.proxy.onRequest({ verb: ['watch', 'list'], resource }, atFirst(2, fault))
  }
  for (const stream of watchesOf(controller.proxy, { resource: WATCHED })) stream.cut()
  await config.set({ a: '2' })
  expect(await controller.rolls(rolls(1))).toEqual(rolls(1))
})

test.each([
  ['half a line, and then the end', '{"type":"MODIFIED","object":{"apiVersion":"v1","kind":"Config'],
  ['a line that is no JSON', 'this is no JSON\n'],
  ['a line of another shape', '{"type":"MODIFIED"}\n'],
])('the stream carries %s', async (_, text) => {
  const { controller, config, rolls } = await begin()
  for (const stream of watchesOf(controller.proxy, { resource: WATCHED })) {
    stream.pause()
    stream.send(text)
    stream.end()
  }
  await config.set({ a: '2' })
  expect(await controller.rolls(rolls(1))).toEqual(rolls(1))
})

test('every event comes twice', async () => {
  const { controller, config, rolls } = await begin()
  const twice: LineEdit = (line) => [line, line]
  for (const stream of watchesOf(controller.proxy, { resource: WATCHED })) stream.edit(twice)
  await config.set({ a: '2' })
  expect(await controller.rolls(rolls(1))).toEqual(rolls(1))
  await config.set({ a: '3' })
  expect(await controller.rolls(rolls(2))).toEqual(rolls(2))
})

test('events come in pairs the wrong way round, so that the last thing told of a config is old', async () => {
  const { ns, controller, config, rolls } = await begin()
  let held: string | undefined
  const swapped: LineEdit = (line) => {
    if (held === undefined) {
      held = line
      return []
    }
    const pair = [line, held]
    held = undefined
    return pair
  }
  const streams = watchesOf(controller.proxy, { resource: 'configmaps' })
  for (const stream of streams) stream.edit(swapped)
  await config.set({ a: '2' })
  await config.set({ a: '3' })
  await eventually(() => ns.watch.rolls('Deployment/web') >= 1)
  for (const stream of streams) stream.edit(undefined)
  expect(await controller.rolls(rolls(1))).toEqual(rolls(1))
})

test('an old event is replayed: nothing rolls', async () => {
  const { controller, config, rolls } = await begin()
  const seen: string[] = []
  const streams = watchesOf(controller.proxy, { resource: ['configmaps', 'deployments'] })
  for (const stream of streams) {
    stream.edit((line) => {
      seen.push(line)
      return [line]
    })
  }
  await config.set({ a: '2' })
  expect(await controller.rolls(rolls(1))).toEqual(rolls(1))
  const old = seen.filter((line) => line.includes('"app"') || line.includes('"web"'))
  expect(old.length).toBeGreaterThan(0)
  for (const stream of streams) {
    const plural = stream.request.resource === 'configmaps' ? '"app"' : '"web"'
    for (const line of old.filter((each) => each.includes(plural))) stream.send(`${line}\n`)
  }
  expect(await controller.rolls(rolls(1))).toEqual(rolls(1))
})

test('the watch of configs lags behind that of workloads: what came with a template is judged all the same', async () => {
  const { controller, config, web, rolls } = await begin()
  const streams = watchesOf(controller.proxy, { resource: 'configmaps' })
  for (const stream of streams) stream.pause()
  await config.set({ a: '2' })
  const changed = await web.editTemplate(({ spec }) => {
    for (const container of spec.containers) container.env = [{ name: 'VERSION', value: '2' }]
  })
  await controller.hasSeen({ ...changed, kind: 'Deployment' })
  for (const stream of streams) stream.resume()
  expect(await controller.rolls(rolls(0))).toEqual(rolls(0))
})

test('the watch of configs lags behind that of workloads: one that is made after a change has read it', async () => {
  const { ns, controller, config } = await begin()
  const streams = watchesOf(controller.proxy, { resource: 'configmaps' })
  for (const stream of streams) stream.pause()
  await config.set({ a: '2' })
  const late = await ns.workload('late', { annotations: AUTO, uses: [envFrom(configMapNamed('app'))] })
  await controller.hasSeen({ ...(await late.get()), kind: 'Deployment' })
  for (const stream of streams) stream.resume()
  expect(await controller.rolls({ [late.id]: 0 })).toEqual({ [late.id]: 0 })
  await config.set({ a: '3' })
  expect(await controller.rolls({ [late.id]: 1 })).toEqual({ [late.id]: 1 })
})

test('a stored version that is older than the record is settled by a fresh read, not believed', async () => {
  const { controller, installation, config, rolls, web } = await begin()
  await config.set({ a: '2' })
  expect(await controller.rolls(rolls(1))).toEqual(rolls(1))
  await installation.recorded(web)
  await controller.kill('SIGTERM')
  const { metadata } = await config.get()
  const next = await installation.start({
    prepare: (proxy) => {
      proxy.onRequest({ verb: 'watch', resource: 'configmaps' }, async (exchange) => {
        await exchange.forward()
        for (const stream of watchesOf(proxy, { resource: 'configmaps' })) {
          stream.edit((line) => [
            line.replaceAll(`"resourceVersion":"${metadata.resourceVersion}"`, '"resourceVersion":"1"'),
          ])
        }
      })
    },
  })
  expect(await next.rolls(rolls(1))).toEqual(rolls(1))
})
