import { beforeEach, describe, expect, it, vi } from 'vitest'
import { deployment, reduced } from '../../../test/builders.ts'
import { AUTO, readsAll } from '../../../test/fake/workbench.ts'
import { borrow } from '../../decide/kinds/loan.ts'
import { DEFAULT_ANNOTATION_NAMES as names } from '../../decide/settings/annotation-names.ts'
import { createStore } from '../../kube/store.ts'
import type { Workload } from '../../types/workload.ts'
import { createBorrowedTemplates } from './borrowed-templates.ts'

function setUp() {
  const rollouts = createStore<Workload>()
  const deployments = createStore<Workload>()
  const onUnsupported = vi.fn()
  const borrowed = createBorrowedTemplates({
    rollouts: rollouts.store,
    deployments: deployments.store,
    borrow: (borrower, lender, seen) => borrow(borrower, lender, { names, autoReloadAll: false, ...seen }),
    onUnsupported,
  })
  const told: string[] = []
  for (const store of [borrowed.rollouts, borrowed.deployments]) {
    store.onChange((change) => {
      const { ref, settings } = change.type === 'deleted' ? change.old : change.new
      told.push(`${change.type} ${ref.kind}${settings.optedIn ? '' : ', not opted in'}`)
    })
  }
  let version = 100
  const next = () => {
    version += 1
    return String(version)
  }
  const deploy = (reads = 'conf', name = 'web') => {
    const metadata = { name, uid: `${name}-uid`, resourceVersion: next(), generation: version }
    const object = deployment({ annotations: AUTO, spec: readsAll(reads), metadata })
    const previous = deployments.store.get('shop', name)
    deployments.set(reduced(object, { lends: true, previous }), 'watch')
  }
  const roll = (workloadRef: unknown = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }) => {
    const { metadata } = deployment({ metadata: { name: 'canary', uid: 'c-uid', resourceVersion: next() } })
    const object = Object.assign({ metadata }, { spec: { workloadRef } })
    rollouts.set(reduced(object, { kind: 'Rollout' }), 'watch')
  }
  const gone = { from: 'watch' } as const
  return {
    ...borrowed,
    deploy,
    roll,
    removeRollout: () => rollouts.delete({ namespace: 'shop', name: 'canary' }, gone),
    removeDeployment: () => deployments.delete({ namespace: 'shop', name: 'web' }, gone),
    sync: () => [rollouts, deployments],
    onUnsupported,
    canary: () => borrowed.rollouts.get('shop', 'canary'),
    web: () => borrowed.deployments.get('shop', 'web'),
    /** What was told since this was asked last. */
    told: () => told.splice(0),
  }
}

let bench = setUp()
beforeEach(() => {
  bench = setUp()
})

describe('a Rollout and the Deployment that it names', () => {
  it('come together when the Rollout comes last', () => {
    bench.deploy()
    bench.roll()
    expect(bench.told()).toEqual(['added Deployment', 'modified Deployment, not opted in', 'added Rollout'])
    expect(bench.canary()?.references).toMatchObject([{ name: 'conf' }])
    expect(bench.web()?.settings.optedIn).toBe(false)
  })

  it('come together when the Deployment comes last', () => {
    bench.roll()
    expect([bench.told(), bench.canary(), [...bench.rollouts.list()]]).toEqual([[], undefined, []])
    bench.deploy()
    expect(bench.told()).toEqual(['added Deployment, not opted in', 'added Rollout'])
  })

  it('change together', () => {
    bench.deploy()
    bench.roll()
    bench.told()
    bench.deploy('new')
    expect(bench.told()).toEqual(['modified Deployment, not opted in', 'modified Rollout'])
    expect(bench.canary()?.references).toMatchObject([{ name: 'new' }])
    expect(bench.canary()?.templates).toHaveLength(2)
  })

  it('part: the Deployment is its own again, followed since nobody knows when', () => {
    bench.deploy()
    bench.roll()
    bench.told()
    bench.removeRollout()
    expect(bench.told()).toEqual(['modified Deployment', 'deleted Rollout'])
    expect(bench.web()?.settings.optedIn).toBe(true)
    expect(bench.web()).not.toHaveProperty('followedSince')
    bench.deploy()
    expect(bench.web()).not.toHaveProperty('followedSince')
  })

  it('are still two: without the Deployment the Rollout is out of sight, and not told as gone', () => {
    bench.deploy()
    bench.roll()
    bench.told()
    bench.removeDeployment()
    expect([bench.told(), bench.canary()]).toEqual([['deleted Deployment, not opted in'], undefined])
    bench.deploy()
    expect(bench.told()).toEqual(['added Deployment, not opted in', 'added Rollout'])
    bench.removeDeployment()
    bench.told()
    bench.removeRollout()
    expect(bench.told()).toEqual(['deleted Rollout, not opted in'])
  })

  it('may be others later', () => {
    bench.deploy()
    bench.deploy('other', 'other')
    bench.roll()
    bench.told()
    bench.roll({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'other' })
    expect(bench.told()).toEqual([
      'modified Deployment',
      'modified Deployment, not opted in',
      'modified Rollout',
    ])
    expect(bench.canary()?.lender?.ref.name).toBe('other')
  })
})

it('a Rollout with a pod template of its own is shown as it is', () => {
  bench.deploy()
  bench.roll(null)
  expect([bench.canary()?.ref.name, bench.web()?.settings.optedIn]).toEqual(['canary', true])
})

it.each([
  ['of a kind that cannot be written', { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web' }],
  ['of another group', { apiVersion: 'other/v1', kind: 'Deployment', name: 'web' }],
])('a template %s is told of once, and nothing comes of it', (_, workloadRef) => {
  bench.deploy()
  bench.roll(workloadRef)
  bench.roll(workloadRef)
  expect([bench.onUnsupported.mock.calls.length, bench.canary()]).toEqual([1, undefined])
  expect(bench.web()?.settings.optedIn).toBe(true)
})

it('Rollouts are synced where both kinds are', () => {
  const [rollouts, deployments] = bench.sync()
  rollouts?.startReplace('').commit('list')
  expect(bench.rollouts.isSynced('shop')).toBe(false)
  deployments?.startReplace('').commit('list')
  expect([bench.rollouts.isSynced('shop'), bench.deployments.isSynced('')]).toEqual([true, true])
})
