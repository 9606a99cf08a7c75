// A release from its first day to its last, with the real helm: install, upgrade, rollback, uninstall.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Namespace } from '../scenarios/harness/namespace.ts'
import { rollsAfterChange, useInstallWorld } from './install-world.ts'
import { deploymentOf } from './installed.ts'
import { controlPlane, done, helm, kubectl, run } from './tools.ts'

const world = useInstallWorld()
const name = 'reloader-reloader'
const BUNDLE = join(import.meta.dirname, '..', '..', 'dist', 'reloader.mjs')

/** `kind/name` of what carries the labels of the release, in its namespace and in none. */
async function objectsOf({ name: namespace }: Namespace): Promise<string[]> {
  const list = async (kinds: string, ...scope: string[]) => {
    const { stdout } = await done(kubectl(['get', kinds, '-l=release=reloader', ...scope, '-o=name']))
    return stdout.split('\n').filter((line) => line !== '')
  }
  const namespaced = 'deployments,serviceaccounts,roles,rolebindings,secrets,services,configmaps'
  const inNamespace = await list(namespaced, `--namespace=${namespace}`)
  return [...inNamespace, ...(await list('clusterroles,clusterrolebindings'))].sort()
}

test('install, upgrade and rollback roll nothing by themselves; what is changed in between is rolled once', async () => {
  const home = await world.namespace()
  const app = await world.app(home)
  await world.release(home, { args: ['--wait', '--timeout=60s'] })
  const first = await world.controller(home, [home])
  expect(await rollsAfterChange(app, first)).toBe(1)
  await first.stop()

  const values = { reloader: { watchGlobally: false, reloadOnDelete: true } }
  await world.release(home, { command: 'upgrade', values, args: ['--wait', '--timeout=60s'] })
  expect((await deploymentOf({ namespace: home.name, name })).spec.template.spec.containers[0].args).toEqual([
    '--reload-on-delete=true',
    '--log-level=info',
  ])
  await app.config.set({ a: 'while nothing runs' })
  const second = await world.controller(home, [home])
  await second.decided()
  expect([app.web.rolls, second.refused()]).toEqual([2, []])
  await second.stop()

  await done(helm(['rollback', 'reloader', '1', `--namespace=${home.name}`, '--wait']))
  const third = await world.controller(home, [home])
  expect(await rollsAfterChange(app, third)).toBe(3)
  expect(third.refused()).toEqual([])
})

test('uninstall leaves the digest key and the records, and a new installation goes on from them', async () => {
  const home = await world.namespace()
  const app = await world.app(home)
  await world.release(home)
  const before = await world.controller(home, [home])
  await before.decided()
  await before.stop()
  await done(helm(['uninstall', 'reloader', `--namespace=${home.name}`, '--wait']))
  expect(await objectsOf(home)).toEqual([`secret/${name}-digest-key`])
  const records = (await home.list('ConfigMap')).filter((each) =>
    each.metadata.name.startsWith(`${name}-records-`),
  )
  expect(records).toHaveLength(1)

  await app.config.set({ a: 'while it was not installed' })
  await world.release(home)
  const after = await world.controller(home, [home])
  await after.decided()
  expect(app.web.rolls).toBe(1)
})

test('a cleanup refuses while it is installed; after an uninstall it leaves nothing, and rolls nothing', async () => {
  const home = await world.namespace()
  const app = await world.app(home)
  await world.release(home)
  const controller = await world.controller(home, [home])
  expect(await rollsAfterChange(app, controller)).toBe(1)
  await controller.stop()
  const cleanup = () =>
    run(process.execPath, [BUNDLE, 'cleanup', '--yes', `--namespaces=${home.name}`], {
      env: {
        KUBECONFIG: controlPlane().adminKubeconfig,
        RELOADER_NAMESPACE: home.name,
        RELOADER_DEPLOYMENT_NAME: name,
      },
    })
  const refused = await cleanup()
  expect([refused.code, refused.stdout]).toEqual([
    1,
    expect.stringContaining(`Refused: Reloader still runs: Deployment ${home.name}/${name} has replicas`),
  ])
  await done(helm(['uninstall', 'reloader', `--namespace=${home.name}`, '--wait']))
  expect(await cleanup()).toMatchObject({ code: 0, stderr: '' })
  const left = [...(await home.list('ConfigMap')), ...(await home.list('Secret'))]
  expect(left.filter(({ metadata }) => metadata.name.startsWith('reloader-'))).toEqual([])
  expect(app.web.templateChanges).toBe(1)
})

test('from cluster-wide to one namespace and back, no role is left that nothing uses', async () => {
  const home = await world.namespace()
  await world.release(home)
  const wide = await objectsOf(home)
  await world.release(home, { command: 'upgrade', values: { reloader: { watchGlobally: false } } })
  expect((await objectsOf(home)).filter((each) => each.startsWith('cluster'))).toEqual([])
  await world.release(home, { command: 'upgrade', args: ['--reset-values'] })
  expect(await objectsOf(home)).toEqual(wide)
})

test('the upgrade does not touch the digest key', async () => {
  const home = await world.namespace()
  await world.release(home)
  const controller = await world.controller(home, [home])
  await controller.stop()
  const keyOf = async () =>
    (await home.list('Secret')).find((each) => each.metadata.name === `${name}-digest-key`)?.data
  const key = await keyOf()
  expect(Object.keys(key ?? {})).toEqual(['digest-key'])
  await world.release(home, { command: 'upgrade', values: { reloader: { workers: 8 } } })
  await done(helm(['rollback', 'reloader', '1', `--namespace=${home.name}`]))
  expect(await keyOf()).toEqual(key)
})

test('the notes say what to annotate next, and what of the values came to nothing', async () => {
  const home = await world.namespace()
  const { stdout } = await world.release(home, {
    values: {
      image: { tag: 'v1.4.21' },
      reloader: { serviceMonitor: { enabled: true }, deployment: { replicas: 3, image: { tag: 'v1.0.0' } } },
    },
  })
  expect(stdout).toContain('kubectl annotate deployment/NAME reloader.stakater.com/auto=true')
  for (const note of [
    'reloader.deployment.image is not read',
    'image.tag is v1.4.21',
    'there is no ServiceMonitor',
    'more of them need reloader.enableHA',
  ]) {
    expect(stdout).toContain(note)
  }
})
