// RBAC is enforced here: the documented rules are enough for everything, and less than them is said clearly.
import { expect, test } from 'vitest'
import { AUTO, configMapNamed, envFrom, mount, secretNamed } from '../harness/fixtures.ts'
import { documentedPermissions } from '../harness/permissions.ts'
import { useWorld } from '../harness/world.ts'

const world = useWorld()
const uses = [envFrom(configMapNamed('app')), mount(secretNamed('key'))]

test('with exactly the documented rules nothing is ever forbidden', async () => {
  const ns = await world.namespace()
  const installation = await world.install({ namespaces: [ns], flags: ['--settle=400ms'] })
  await installation.home.secret('reloader-digest-key', {})
  const controller = await installation.start()
  const config = await ns.configMap('app', { a: '1' })
  const secret = await ns.secret('key', { a: 'the-first-value' })
  const web = await ns.workload('web', { annotations: AUTO, uses })
  await controller.decided()
  await config.set({ a: '2' })
  await secret.set({ a: 'the-second-value' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await installation.recorded(web)
  await controller.kill('SIGTERM')
  const next = await installation.start()
  await next.decided()
  const all = [controller, next].flatMap(({ proxy }) => proxy.requests)
  expect(
    all.filter(({ status }) => status === 403).map(({ verb, resource }) => `${verb} ${resource}`),
  ).toEqual([])
  expect(await next.metric('reloader_forbidden')).toBe(0)
})

test('without patch on Deployments one warning names verb, resource and remedy, and StatefulSets are rolled', async () => {
  const ns = await world.namespace()
  const documented = documentedPermissions({ name: 'reloader' })
  const clusterRules = documented.clusterRules.flatMap((rule) =>
    rule.resources.includes('deployments')
      ? [
          { ...rule, resources: ['statefulsets', 'daemonsets'] },
          { ...rule, resources: ['deployments'], verbs: ['get', 'list', 'watch'] },
        ]
      : [rule],
  )
  const installation = await world.install({ namespaces: [ns], permissions: { ...documented, clusterRules } })
  const controller = await installation.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses, replicas: 0 })
  const set = await ns.workload('set', { kind: 'StatefulSet', annotations: AUTO, uses, replicas: 0 })
  await installation.recorded(web, set)
  await config.set({ a: '2' })
  await expect.poll(() => set.rolls).toBe(1)
  await expect.poll(async () => (await web.events('ReloadFail')).length).toBeGreaterThanOrEqual(1)
  expect(web.rolls).toBe(0)
  const warnings = controller.logs.filter(
    (line) =>
      line.level === 'warning' &&
      /patch/.test(JSON.stringify(line)) &&
      /deployments/.test(JSON.stringify(line)),
  )
  expect(warnings).toHaveLength(1)
})
