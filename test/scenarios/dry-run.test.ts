// behaviour.md section 5: `--dry-run` does everything but write, and says what it would do.
import { expect, test } from 'vitest'
import { eventually, nextSecond } from './harness/eventually.ts'
import { AUTO, configMapNamed, envFrom } from './harness/fixtures.ts'
import { incumbentHash, stampVariableName } from './harness/stamps.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const app = configMapNamed('app')
const WRITES = ['create', 'update', 'patch', 'delete'] as const

test('a change is decided and told, and nothing at all is written', async () => {
  const { ns, controller, installation } = await world.start({ flags: ['--dry-run'] })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.hasSeen(await config.get(), await web.get())
  await eventually(() =>
    controller.proxy.requestsLike({ verb: 'get', name: 'app' }).some(({ finished }) => finished),
  )
  await config.set({ a: '2' })
  const line = await eventually(() =>
    controller.logs.find((each) => /would/i.test(each.msg ?? '') && JSON.stringify(each).includes('web')),
  )
  expect(JSON.stringify(line)).toContain('app')
  expect(controller.proxy.requestsLike({ verb: WRITES })).toEqual([])
  expect(await installation.shards()).toEqual([])
  expect(web.templateChanges).toBe(0)
})

test('before a switch from the incumbent it lists the workloads whose stamp shows a missed change', async () => {
  const ns = await world.namespace()
  const config = await ns.configMap('app', { a: '1' })
  const env = [{ name: stampVariableName(app), value: incumbentHash({ a: '1' }) }]
  await ns.workload('stale', { annotations: AUTO, uses: [envFrom(app)], env })
  await nextSecond()
  await nextSecond()
  await config.set({ a: '2' })
  const installation = await world.install({ namespaces: [ns], flags: ['--dry-run'] })
  const controller = await installation.start()
  await eventually(() =>
    controller.logs.some((each) => /would/i.test(each.msg ?? '') && JSON.stringify(each).includes('stale')),
  )
  expect(controller.proxy.requestsLike({ verb: WRITES })).toEqual([])
})
