// A real helm release: what it applies over seconds is one rollout, its own.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AUTO, configMapNamed, configObject, envFrom, workloadObject } from '../harness/fixtures.ts'
import { useWorld } from '../harness/world.ts'
import { helm, revisionsOf, rolledOut } from './real-tools.ts'

const world = useWorld()
const app = configMapNamed('app')
let chart = ''

beforeEach(async () => {
  chart = await mkdtemp(join(tmpdir(), 'reloader-chart-'))
  await mkdir(join(chart, 'templates'))
  await writeFile(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: shop\nversion: 1.0.0\n')
})
afterEach(() => rm(chart, { recursive: true, force: true }))

/** Sixty objects: the ConfigMap that is used, its Deployment, and ConfigMaps that nobody uses. */
async function writeChart({
  config,
  deployment,
}: {
  readonly config: string
  readonly deployment: string
}): Promise<void> {
  const env = [{ name: 'VERSION', value: deployment }]
  const others = Array.from({ length: 58 }, (_, i) =>
    configObject(configMapNamed(`filler-${i}`), { version: config }),
  )
  const objects = [
    configObject(app, { version: config }),
    ...others,
    workloadObject('web', { annotations: AUTO, uses: [envFrom(app)], env, replicas: 2 }),
  ]
  // JSON is YAML; helm takes its own braces out of text, and there are none of those.
  const documents = objects.map((each) => JSON.stringify(each))
  await writeFile(join(chart, 'templates', 'all.yaml'), documents.join('\n---\n'))
}

async function installed(flags: readonly string[]) {
  const { ns, controller } = await world.start({ flags })
  await writeChart({ config: '1', deployment: '1' })
  await helm(ns, ['install', 'shop', chart])
  const web = ns.existing('Deployment', 'web')
  await rolledOut(web)
  await controller.decided()
  expect(await revisionsOf(ns, web)).toHaveLength(1)
  return { ns, controller, web }
}

test('an upgrade changes a ConfigMap and, three seconds later among sixty objects, its Deployment: one new ReplicaSet', async () => {
  const { ns, controller, web } = await installed(['--settle=500ms'])
  await writeChart({ config: '2', deployment: '2' })
  await helm(ns, ['upgrade', 'shop', chart], { eachWriteMs: 50 })
  await controller.decided()
  await rolledOut(web)
  expect(await revisionsOf(ns, web)).toHaveLength(2)
  expect([web.rolls, web.templateChanges]).toEqual([0, 1])
  expect((await web.stamps()).variables).toEqual([])
})

test('an upgrade that changes a ConfigMap alone is one new ReplicaSet, of ours', async () => {
  const { ns, controller, web } = await installed(['--settle-release=1s'])
  await writeChart({ config: '2', deployment: '1' })
  await helm(ns, ['upgrade', 'shop', chart])
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await rolledOut(web)
  expect(await revisionsOf(ns, web)).toHaveLength(2)
})

test('a rollback is one new rollout, of helm, and the stamps of ours that it finds are no cause for another', async () => {
  const { ns, controller, web } = await installed(['--settle-release=1s'])
  await writeChart({ config: '2', deployment: '2' })
  await helm(ns, ['upgrade', 'shop', chart])
  await controller.decided()
  const before = web.templateChanges
  await helm(ns, ['rollback', 'shop', '1'])
  await controller.decided()
  expect(web.templateChanges).toBe(before + 1)
})
