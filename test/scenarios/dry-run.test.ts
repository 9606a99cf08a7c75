// behaviour.md section 5: `--dry-run` does everything but write, and says what it would do.
import { expect, onTestFinished, test } from 'vitest'
import type { LackingRight } from '../../src/cli/rights/lacking-rights.ts'
import type { PolicyRule } from './cluster.ts'
import { defineKinds, removeKinds } from './harness/custom-kinds.ts'
import { eventually, nextSecond } from './harness/eventually.ts'
import { refuseWith } from './harness/faults.ts'
import { AUTO, configMapNamed, envFrom, secretNamed } from './harness/fixtures.ts'
import type { Controller, InstallationOptions } from './harness/installation.ts'
import { documentedPermissions } from './harness/permissions.ts'
import { incumbentHash, stampVariableName } from './harness/stamps.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const app = configMapNamed('app')
const WRITES = ['create', 'update', 'patch', 'delete'] as const

/** A review asks what one may do, and stores nothing. */
function writesOf({ proxy }: Controller) {
  return proxy.requestsLike({
    verb: WRITES,
    where: ({ resource }) => resource !== 'selfsubjectaccessreviews',
  })
}

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
  expect(writesOf(controller)).toEqual([])
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
  expect(writesOf(controller)).toEqual([])
})

/** Runs to its end, and returns what it said. */
async function reported(options: InstallationOptions) {
  const installation = await world.install({ ...options, flags: ['--dry-run', '--once'] })
  const controller = await installation.start({ wait: false })
  const { code } = await controller.exited
  expect(code, controller.output.join('\n')).toBe(0)
  expect(writesOf(controller)).toEqual([])
  const report = controller.logs.find(({ msg }) => msg === 'Dry run report')
  return { report, controller, home: installation.home.name }
}

test('told once, it says who follows what and why, and that nothing is missing, and ends', async () => {
  const ns = await world.namespace()
  await ns.configMap('app', { a: '1' })
  const uses = [envFrom(app), envFrom(secretNamed('missing'))]
  const annotations = { ...AUTO, 'reloader.stakater.com/settle': 'soon' }
  await ns.workload('web', { annotations, uses, replicas: 0 })
  await ns.workload('other', { uses, replicas: 0 })
  const { report, controller, home } = await reported({ namespaces: [ns] })
  expect(report).toMatchObject({
    rolls: 0,
    looksAt: { namespaces: [ns.name] },
    records: { namespace: home, name: 'reloader', workloads: 0 },
    inSight: { Deployment: 2 },
    namespaces: [{ namespace: ns.name, workloads: { Deployment: 1 }, configs: { ConfigMap: 1, Secret: 1 } }],
    workloads: [
      {
        workload: { kind: 'Deployment', namespace: ns.name, name: 'web' },
        follows: [
          {
            kind: 'ConfigMap',
            name: 'app',
            reason: 'Auto',
            via: 'containers[app].envFrom',
            state: 'present',
          },
          {
            kind: 'Secret',
            name: 'missing',
            reason: 'Auto',
            via: 'containers[app].envFrom',
            state: 'absent',
          },
        ],
        ignored: [{ annotation: 'reloader.stakater.com/settle', entry: 'soon' }],
      },
    ],
    lacking: [],
  })
  expect(controller.logs.some(({ msg }) => msg === 'listening')).toBe(false)
})

test('it waits for a kind that rolls do not wait for, because a report tells of all that is there', async () => {
  await defineKinds(world.api, ['DeploymentConfig'])
  onTestFinished(() => removeKinds(world.api, ['DeploymentConfig']))
  const ns = await world.namespace({ custom: ['DeploymentConfig'] })
  await ns.workload('web', { kind: 'DeploymentConfig', annotations: AUTO, uses: [envFrom(app)] })
  const permissions = documentedPermissions({ name: 'reloader', custom: ['DeploymentConfig'] })
  const installation = await world.install({ namespaces: [ns], flags: ['--dry-run', '--once'], permissions })
  let recover = () => {}
  const controller = await installation.start({
    wait: false,
    prepare(proxy) {
      const reads = { verb: ['list', 'watch'], resource: 'deploymentconfigs' } as const
      recover = proxy.onRequest(reads, refuseWith(503, { reason: 'ServiceUnavailable' }))
    },
  })
  const refused = () => controller.proxy.requestsLike({ resource: 'deploymentconfigs' }).length
  await eventually(() => refused() >= 3, { what: 'the list to fail' })
  recover()
  await controller.exited
  const report = controller.logs.find(({ msg }) => msg === 'Dry run report')
  expect(report).toMatchObject({ inSight: { DeploymentConfig: 1 } })
})

test('what the credentials lack for the real work is named', async () => {
  const ns = await world.namespace()
  const { clusterRules, namespaceRules } = documentedPermissions({ name: 'reloader' })
  const permissions = {
    clusterRules: clusterRules.flatMap((rule) => withVerbs(rule, isRead)),
    namespaceRules: namespaceRules.flatMap((rule) => withVerbs(rule, isRead)),
  }
  const { report, home } = await reported({ namespaces: [ns], permissions })
  const lacking = report?.lacking as readonly LackingRight[]
  const missing = (rules: readonly PolicyRule[], namespace: string) =>
    rules
      .flatMap((rule) => withVerbs(rule, (verb) => !isRead(verb)))
      .flatMap(({ resources, verbs }) => resources.map((resource) => [verbs.join(), resource, namespace]))
  expect(lacking.map(({ verbs, resource, namespace }) => [verbs.join(), resource, namespace])).toEqual([
    ...missing(clusterRules, ns.name),
    ...missing(namespaceRules, home),
  ])
  expect(lacking).toContainEqual(expect.objectContaining({ resource: 'deployments', verbs: ['patch'] }))
})

function isRead(verb: string): boolean {
  return ['get', 'list', 'watch'].includes(verb)
}

/** The rule with only these of its verbs; none where it has none of them. */
function withVerbs(rule: PolicyRule, wanted: (verb: string) => boolean): readonly PolicyRule[] {
  const verbs = rule.verbs.filter(wanted)
  return verbs.length === 0 ? [] : [{ ...rule, verbs }]
}
