// What a cleanup does not do: while a controller is alive, where something must stay, and where RBAC forbids it.
import { describe, expect, test } from 'vitest'
import { RECORDS, useCleanupWorld } from '../../../test/cleanup/cleanup-world.ts'

const world = useCleanupWorld()

describe('while a controller is alive', () => {
  const runsReloader = { env: [{ name: 'RELOADER_DEPLOYMENT_NAME', value: 'x' }] }

  function ownDeployment(replicas: number): void {
    const labels = { app: 'reloader' }
    const template = { metadata: { labels }, spec: { containers: [{ name: 'reloader', image: 'reloader' }] } }
    const spec = { replicas, selector: { matchLabels: labels }, template }
    world.create('Deployment', { namespace: world.home, name: 'reloader' }, { spec })
  }

  test.each<[string, () => void, RegExp]>([
    [
      'its Deployment has replicas',
      () => ownDeployment(1),
      /Deployment home-\d+\/reloader has replicas; uninstall it, or scale it to 0/,
    ],
    [
      'a Deployment in scope runs one',
      () => world.workload('Deployment', 'another', { ...runsReloader, spec: { replicas: 1 } }),
      /Deployment shop-\d+\/another has replicas/,
    ],
  ])('it refuses, unless it is forced: %s', async (_name, arrange, line) => {
    world.leaveEverything()
    arrange()
    const { code, text } = await world.run(['--yes'])
    expect([code, world.writes]).toEqual([1, []])
    expect(text).toMatch(/\nRefused: Reloader still runs: [^\n]+\.\n$/)
    expect(text).toMatch(line)
    expect((await world.run(['--yes', '--force'])).code).toBe(0)
  })

  test('it refuses where the Lease is renewed, and goes on where nobody renews it', async () => {
    world.leaveEverything()
    const lease = { kind: 'Lease', namespace: world.home, name: 'stakater-reloader-lock' }
    let renewals = 0
    const renew = () => {
      renewals += 1
      const spec = { holderIdentity: 'pod-1', leaseDurationSeconds: 1, leaseTransitions: renewals }
      world.cluster.api.objects.patch(lease, { spec })
    }
    renew()
    world.onRequest((request) => {
      if (request === 'get leases stakater-reloader-lock') renew()
    })
    const { code, text } = await world.run(['--yes'])
    expect([code, world.writes]).toEqual([1, []])
    expect(text).toContain('Refused: Reloader still runs: pod-1 renews the Lease')
    world.onRequest(() => {})
    const { code: later, text: more } = await world.run(['--yes'])
    expect(later, more).toBe(0)
    expect(more).toContain('Watching for 1 s whether pod-1 still renews its Lease\n')
  })

  test('one that is scaled to 0 is none', async () => {
    world.leaveEverything()
    ownDeployment(0)
    world.workload('Deployment', 'another', runsReloader)
    expect((await world.run(['--yes'])).code).toBe(0)
  })

  test('it refuses where nobody can tell', async () => {
    world.leaveEverything()
    const kubeconfig = await world.cluster.controllerKubeconfig({
      namespace: world.home,
      name: 'blind',
      clusterRules: [],
      namespaceRules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'delete'] }],
    })
    const { code, text } = await world.run(['--yes'], { kubeconfig })
    expect([code, world.writes]).toEqual([1, []])
    expect(text).toMatch(
      /\nRefused: nobody can tell whether Reloader still runs: .+; have it granted, or use --force\.\n$/,
    )
  })
})

test('a journal that still holds a Job stays', async () => {
  world.leaveEverything()
  const { home } = world
  const journal = { kind: 'ConfigMap', namespace: home, name: 'reloader-journal' }
  world.cluster.api.objects.patch(journal, { data: { job: '{}' } })
  const { code, text } = await world.run(['--yes'])
  expect(code).toBe(1)
  expect(world.names('ConfigMap', home)).toContain('reloader-journal')
  expect(text).toContain(`ConfigMap ${home}/reloader-journal: it holds Jobs`)
})

test('the wrong name finds nothing and hears of the right one', async () => {
  const { home } = world
  world.create('ConfigMap', { namespace: home, name: 'rel-records-0', labels: { [RECORDS]: 'rel' } })
  const { code, text } = await world.run()
  expect(code).toBe(0)
  expect(text).toContain(`RELOADER_NAMESPACE=${home} RELOADER_DEPLOYMENT_NAME=rel\n`)
})

test('what is forbidden is one line each, and the rest is done', async () => {
  world.leaveEverything()
  const { home, shop } = world
  const kubeconfig = await world.cluster.controllerKubeconfig({
    namespace: home,
    name: 'cleaner',
    clusterRules: [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list'] }],
    namespaceRules: [
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'delete'] },
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'delete'] },
    ],
  })
  const { code, text } = await world.run(['--yes', '--stamps'], { kubeconfig })
  expect(code).toBe(1)
  for (const line of [
    `Cannot look for the Secret ${home}/reloader-digest-key: `,
    `Cannot look at statefulsets in namespace ${shop}: `,
    `Deployment ${shop}/paused is left as it is: `,
  ]) {
    expect(text.split('\n').filter((each) => each.trim().startsWith(line))).toHaveLength(1)
  }
  expect(world.names('Lease', home)).toEqual([])
})
