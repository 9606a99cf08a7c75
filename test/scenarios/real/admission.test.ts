// Admission: a webhook that changes workloads, and a policy that refuses to let them be changed.
import { expect, test } from 'vitest'
import { serveMutatingWebhook } from '../../controlplane/webhook.ts'
import { eventually } from '../harness/eventually.ts'
import { AUTO, configMapNamed, envFrom } from '../harness/fixtures.ts'
import { useWorld } from '../harness/world.ts'
import { controlPlane } from './real-tools.ts'

const world = useWorld()
const uses = [envFrom(configMapNamed('app'))]

test('a webhook that changes every workload it sees is called by no adoption, and a roll passes through it once', async () => {
  const { server, ca, adminToken } = controlPlane()
  const { ns, controller, installation } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  let mutations = 0
  const webhook = await serveMutatingWebhook(
    { server, ca, token: adminToken },
    {
      name: `mutate-${ns.name}`,
      namespace: ns.name,
      resources: ['deployments'],
      mutate({ name }) {
        if (name !== 'web') return []
        mutations += 1
        return [{ op: 'add', path: '/spec/template/metadata/labels/mutation', value: String(mutations) }]
      },
    },
  )
  try {
    const web = await ns.workload('web', { annotations: AUTO, uses, replicas: 0 })
    const { generation } = (await web.get()).metadata
    await controller.decided()
    await installation.recorded(web)
    expect(controller.proxy.requestsLike({ verb: 'patch', name: 'web' })).toEqual([])
    await controller.kill('SIGKILL')
    const next = await installation.start()
    await next.decided()
    expect((await web.get()).metadata.generation).toBe(generation)
    await config.set({ a: '2' })
    await eventually(() => web.templateChanges >= 1)
    await next.decided()
    expect(web.templateChanges).toBe(1)
    expect(next.proxy.requestsLike({ verb: 'patch', name: 'web' })).toHaveLength(1)
  } finally {
    await webhook.close()
  }
})

test('a policy denies the change of one workload: the others roll, and it rolls when the policy is gone', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const denied = await ns.workload('denied', { annotations: AUTO, uses, replicas: 0 })
  const free = await ns.workload('free', { annotations: AUTO, uses, replicas: 0 })
  await controller.decided()
  const allow = await denyUpdatesOf('denied', ns.name)
  await config.set({ a: '2' })
  const meanwhile = { [denied.id]: 0, [free.id]: 1 }
  expect(await controller.rolls(meanwhile, { pending: 1 })).toEqual(meanwhile)
  const [event] = await eventually(async () => {
    const events = await denied.events('ReloadFail')
    return events.length > 0 && events
  })
  expect(event?.type).toBe('Warning')
  await allow()
  const healed = { [denied.id]: 1, [free.id]: 1 }
  expect(await controller.rolls(healed)).toEqual(healed)
})

/** A ValidatingAdmissionPolicy against every UPDATE of the Deployment; resolves when it holds, and returns what lifts it. */
async function denyUpdatesOf(name: string, namespace: string): Promise<() => Promise<void>> {
  const root = '/apis/admissionregistration.k8s.io/v1'
  const policy = `deny-${namespace}`
  await world.api.call('POST', `${root}/validatingadmissionpolicies`, {
    body: {
      metadata: { name: policy },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments'] },
          ],
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        },
        validations: [
          { expression: `object.metadata.name != '${name}'`, message: 'this one stays as it is' },
        ],
      },
    },
  })
  await world.api.call('POST', `${root}/validatingadmissionpolicybindings`, {
    body: { metadata: { name: policy }, spec: { policyName: policy, validationActions: ['Deny'] } },
  })
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}?dryRun=All`
  const body = { metadata: { annotations: { probe: 'x' } } }
  const refused = () =>
    world.api.call('PATCH', path, { body, contentType: 'application/merge-patch+json' }).then(
      () => false,
      () => true,
    )
  await eventually(refused, { what: 'the policy to hold' })
  return async () => {
    await world.api.call('DELETE', `${root}/validatingadmissionpolicybindings/${policy}`)
    await world.api.call('DELETE', `${root}/validatingadmissionpolicies/${policy}`)
    await eventually(async () => !(await refused()), { what: 'the policy to be gone' })
  }
}
