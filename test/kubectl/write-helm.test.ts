// Helm on the embedded server: the chart goes in, changes, goes back and goes away. Run by `npm run test:cluster`.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CHART } from '../../scripts/render/chart.ts'
import { numberAt } from '../../src/embedded/object/json.ts'
import { findHelm } from '../controlplane/binaries.ts'
import { run } from '../install/tools.ts'
import { startWriteWorld, type WriteWorld } from './write-world.ts'

let world: WriteWorld
let home: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'reloader-helm-'))
  world = await startWriteWorld({})
})
afterAll(async () => {
  await world.stop()
  await rm(home, { recursive: true, force: true })
})

async function helm(...args: readonly string[]): Promise<string> {
  const env = { HOME: home, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home }
  const { code, stderr, stdout } = await run(
    await findHelm(),
    [...args, `--kubeconfig=${world.kubeconfig}`],
    { env },
  )
  if (code !== 0) throw new Error(`Cannot go on: helm ${args.join(' ')}: ${stderr}`)
  return stdout
}

function replicas(): number | undefined {
  const place = { kind: 'Deployment', namespace: 'default', name: 'r-reloader' }
  return numberAt(world.embedded.api.objects.get(place), 'spec', 'replicas')
}

test('the chart is installed, upgraded, rolled back and uninstalled', async () => {
  await helm('install', 'r', CHART, '--namespace=default')
  expect(replicas()).toBe(1)
  await helm(
    'upgrade',
    'r',
    CHART,
    '--namespace=default',
    '--set=reloader.deployment.replicas=2',
    '--set=reloader.enableHA=true',
  )
  expect(replicas()).toBe(2)
  await helm('rollback', 'r', '1', '--namespace=default')
  expect(replicas()).toBe(1)
  expect(await helm('history', 'r', '--namespace=default')).toMatch(/Rollback to 1/)
  await helm('uninstall', 'r', '--namespace=default')
  expect(replicas()).toBeUndefined()
})
