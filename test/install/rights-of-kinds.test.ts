// The rights that kinds beside Deployments need: under the ServiceAccount that the chart made each is rolled, without a refusal.
import { describe, expect, test } from 'vitest'
import { canonical } from '../../scripts/render/patch-between.ts'
import { controllerRights } from '../../src/cli/rights/controller-rights.ts'
import { rulesOf } from '../../src/cli/rights/right.ts'
import type { ConfigType } from '../../src/types/config.ts'
import type { WorkloadKind } from '../../src/types/workload.ts'
import { defineKinds, removeKinds } from '../scenarios/harness/custom-kinds.ts'
import { eventually } from '../scenarios/harness/eventually.ts'
import { AUTO, configMapNamed, envFrom } from '../scenarios/harness/fixtures.ts'
import { createCronJob, createJob, untilRuns } from '../scenarios/harness/jobs.ts'
import { CUSTOM_KINDS, type CustomKind } from '../scenarios/harness/kinds.ts'
import {
  defineClasses,
  mountClass,
  mountingPod,
  providerClass,
  removeClasses,
} from '../scenarios/harness/provider-classes.ts'
import { useInstallWorld } from './install-world.ts'
import { may } from './installed.ts'
import { rendered } from './rendered.ts'

const world = useInstallWorld()
const uses = [envFrom(configMapNamed('app'))]

/** The release with these values, and its controller. */
async function started(values: Readonly<Record<string, unknown>>, custom: readonly CustomKind[] = []) {
  const home = await world.namespace({}, custom)
  await world.release(home, { values: { reloader: values } })
  const config = await home.configMap('app', { a: '1' })
  return {
    home,
    config,
    user: `system:serviceaccount:${home.name}:reloader-reloader`,
    run: async () => {
      const controller = await world.controller(home, [home])
      await controller.decided()
      return controller
    },
  }
}

test('a Job is made again, and a CronJob starts one', async () => {
  const { home, config, run } = await started({})
  const job = await createJob(world.api, home, { name: 'once', uses })
  const cronJob = await createCronJob(home, 'nightly', { uses })
  const controller = await run()
  await config.set({ a: '2' })
  await job.otherThan(job.made.metadata.uid)
  await untilRuns(home, cronJob, 1)
  await controller.decided()
  expect(controller.refused()).toEqual([])
})

test('with ignoreJobs a CronJob still starts one, and no Job can be deleted', async () => {
  const { home, config, run, user } = await started({ ignoreJobs: true })
  const cronJob = await createCronJob(home, 'nightly', { uses, cronJob: { concurrencyPolicy: 'Forbid' } })
  const controller = await run()
  await config.set({ a: '2' })
  await untilRuns(home, cronJob, 1)
  expect(controller.refused()).toEqual([])
  expect(await may(user, ['delete', 'jobs.batch', `--namespace=${home.name}`])).toBe(false)
})

test('with ignoreJobs and ignoreCronJobs nothing of their group can be read', async () => {
  const { home, config, run, user } = await started({ ignoreJobs: true, ignoreCronJobs: true })
  const web = await home.workload('web', { annotations: AUTO, uses })
  const controller = await run()
  await config.set({ a: '2' })
  await controller.decided()
  expect([web.rolls, controller.refused()]).toEqual([1, []])
  for (const resource of ['jobs.batch', 'cronjobs.batch'])
    expect(await may(user, ['list', resource, `--namespace=${home.name}`])).toBe(false)
})

test('Rollouts and DeploymentConfigs are rolled where the values say so', async () => {
  await defineKinds(world.api, CUSTOM_KINDS)
  world.afterwards(() => removeKinds(world.api, CUSTOM_KINDS))
  const values = { isArgoRollouts: true, isOpenshift: true }
  const { home, config, run } = await started(values, CUSTOM_KINDS)
  const all = await Promise.all(
    CUSTOM_KINDS.map((kind) => home.workload(kind.toLowerCase(), { kind, annotations: AUTO, uses })),
  )
  const controller = await run()
  await config.set({ a: '2' })
  await controller.decided()
  expect([all.map(({ rolls }) => rolls), controller.refused()]).toEqual([[1, 1], []])
})

test('a rotation of a SecretProviderClass rolls with enableCSIIntegration', async () => {
  await defineClasses(world.api)
  world.afterwards(() => removeClasses(world.api))
  const { home, run } = await started({ enableCSIIntegration: true })
  await providerClass(home, 'vault')
  const web = await home.workload('web', { annotations: AUTO, uses: [mountClass('vault')] })
  const where = { api: world.api, ns: home }
  const pod = await mountingPod(where, { pod: 'web-a', className: 'vault', objects: { db: 'v1' } })
  const controller = await run()
  await pod.rotate({ db: 'v2' })
  await eventually(() => web.rolls === 1, { what: 'the roll' })
  expect(controller.refused()).toEqual([])
})

describe('what the chart grants is what the program asks for', () => {
  const CONFIGS: readonly ConfigType[] = ['ConfigMap', 'Secret']
  const APPS: readonly WorkloadKind[] = ['Deployment', 'StatefulSet', 'DaemonSet']
  const JOBS: readonly WorkloadKind[] = ['CronJob', 'Job']
  const rows: readonly (readonly [
    Readonly<Record<string, unknown>>,
    readonly WorkloadKind[],
    readonly ConfigType[],
  ])[] = [
    [{}, [...APPS, ...JOBS], CONFIGS],
    [{ ignoreJobs: true }, [...APPS, 'CronJob'], CONFIGS],
    [{ ignoreCronJobs: true }, [...APPS, 'Job'], CONFIGS],
    [{ ignoreJobs: true, ignoreCronJobs: true }, APPS, CONFIGS],
    [{ isArgoRollouts: true }, [...APPS, ...JOBS, 'Rollout'], CONFIGS],
    [{ isOpenshift: true }, [...APPS, ...JOBS, 'DeploymentConfig'], CONFIGS],
    [{ enableCSIIntegration: true }, [...APPS, ...JOBS], [...CONFIGS, 'SecretProviderClass']],
    [{ ignoreSecrets: true }, [...APPS, ...JOBS], ['ConfigMap']],
  ]

  test.each(rows)('reloader: %j', async (values, workloadKinds, configTypes) => {
    const { find } = await rendered({ reloader: values })
    const rest = { name: 'reloader-reloader', selectsNamespaces: false, elects: false }
    const rights = controllerRights({ ...rest, workloadKinds, configTypes })
    const expected = rulesOf(rights.filter(({ place }) => place === 'scope'))
    expect(grants(find('ClusterRole').rules)).toEqual(grants(expected))
  })
})

/** One line for each verb of each resource, however they are put together in rules. */
function grants(rules: unknown): readonly string[] {
  const all = rules as readonly { apiGroups: string[]; resources: string[]; verbs: string[] }[]
  const lines = all.flatMap(({ apiGroups, resources, verbs }) =>
    resources.flatMap((resource) => verbs.map((verb) => canonical([apiGroups, resource, verb]))),
  )
  return [...new Set(lines)].sort()
}
