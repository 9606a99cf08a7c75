// Argo Rollouts and DeploymentConfigs: the core rules, and what is theirs alone (behaviour.md sections 3 and 4).
import { beforeAll, expect, test } from 'vitest'
import { defineKinds, removeKinds } from './harness/custom-kinds.ts'
import { AUTO, configMapNamed, envFrom, secretNamed } from './harness/fixtures.ts'
import { CUSTOM_KINDS } from './harness/kinds.ts'
import { documentedPermissions } from './harness/permissions.ts'
import { stampVariableName } from './harness/stamps.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const app = configMapNamed('app')
const flags = ['--is-Argo-Rollouts=true']
const permissions = documentedPermissions({ name: 'reloader', custom: CUSTOM_KINDS })
const RESTART = { ...AUTO, 'reloader.stakater.com/rollout-strategy': 'restart' }

beforeAll(() => defineKinds(world.api, CUSTOM_KINDS))

async function start(more: readonly string[] = []) {
  const ns = await world.namespace({ custom: CUSTOM_KINDS })
  return world.start({ namespaces: [ns], flags: [...flags, ...more], permissions })
}

test.each(CUSTOM_KINDS)('a %s is adopted untouched, and rolled once for each change', async (kind) => {
  const { ns, controller, installation } = await start()
  const config = await ns.configMap('app', { a: '1' })
  const secret = await ns.secret('other', { password: 'first-secret' })
  const web = await ns.workload('web', {
    kind,
    annotations: AUTO,
    uses: [envFrom(app), envFrom(secretNamed('other'))],
  })
  await controller.decided()
  await installation.recorded(web)
  expect(controller.proxy.requestsLike({ verb: 'patch', namespace: ns.name, name: 'web' })).toEqual([])
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await secret.set({ password: 'second-secret' })
  expect(await controller.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
  const { variables } = await web.stamps()
  expect(variables.map(({ name }) => name).sort()).toEqual([
    stampVariableName(app),
    stampVariableName(secretNamed('other')),
  ])
  expect((await web.events('Reloaded')).length).toBeGreaterThan(0)
})
