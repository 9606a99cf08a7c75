import { describe, expect, it, vi } from 'vitest'
import { workload } from '../../../test/builders.ts'
import { FakeClient } from '../../../test/fake/fake-client.ts'
import type { Observation } from '../../types/plan.ts'
import type { StampChange, Workload, WorkloadRef } from '../../types/workload.ts'
import { createPatchRoll } from './patch-roll.ts'

const NOW = '2026-03-01T12:00:00Z'
const VARIABLE = { container: 'app', name: 'STAKATER_A_CONFIGMAP', value: 'v' }
const CHANGE: StampChange = { set: [VARIABLE], remove: [], annotations: {}, recordFirst: false }
const PLURALS = {
  Deployment: 'deployments',
  Rollout: 'rollouts',
  DeploymentConfig: 'deploymentconfigs',
} as const
type Kind = keyof typeof PLURALS

function setUp() {
  const client = new FakeClient()
  const update = vi.fn()
  const patchRoll = createPatchRoll({ client, pausedAtAnnotation: 'paused-at', update })
  /** An object on the server, as the version that a plan is made from. */
  const put = (kind: Kind, name: string) => {
    const ref: WorkloadRef = { kind, namespace: 'shop', name }
    const spec = { template: { spec: { containers: [{ name: 'app' }] } } }
    const { uid, resourceVersion } = client.put(PLURALS[kind], {
      metadata: { namespace: 'shop', name },
      spec,
    }).metadata
    return { ref, uid, resourceVersion }
  }
  const roll = (subject: Workload, change = CHANGE) => {
    const observation: Observation = {
      workload: subject,
      configs: [],
      policy: { strategy: 'env-vars', reloadOnCreate: false, reloadOnDelete: false, adopt: 'heal' },
      bornUnseen: false,
      now: NOW,
      digestKeyId: 'key',
    }
    return patchRoll(observation, { stamps: [], change, signal: new AbortController().signal })
  }
  const patches = () => client.requests.filter(({ verb }) => verb === 'patch')
  return { client, update, put, roll, patches }
}

const ADDED = {
  op: 'add',
  path: '/spec/template/spec/containers/0/env/-',
  value: { name: VARIABLE.name, value: 'v' },
}

describe('a roll', () => {
  it.each(['Rollout', 'DeploymentConfig'] as const)(
    'of a %s reads it and sends a JSON patch',
    async (kind) => {
      const { client, put, roll, patches, update } = setUp()
      const holder = put(kind, 'web')
      const subject = { ...workload(), ...holder }
      expect(await roll(subject)).toMatchObject({ state: 'applied' })
      expect(client.requested('get', 'patch')).toEqual([
        `get ${PLURALS[kind]} web`,
        `patch ${PLURALS[kind]} web`,
      ])
      expect(patches()[0]?.body).toEqual([
        { op: 'test', path: '/metadata/uid', value: holder.uid },
        { op: 'replace', path: '/metadata/resourceVersion', value: holder.resourceVersion },
        { op: 'add', path: '/spec/template/spec/containers/0/env', value: [] },
        ADDED,
      ])
      expect(update).toHaveBeenCalledExactlyOnceWith(client.object(PLURALS[kind], holder.ref), subject)
    },
  )

  it('of a Rollout that borrows its pod template writes the Deployment, in the version that was seen', async () => {
    const { put, roll, patches, update } = setUp()
    const [rollout, lender] = [put('Rollout', 'canary'), put('Deployment', 'web')]
    expect(await roll({ ...workload(), ...rollout, lender })).toMatchObject({ state: 'applied' })
    expect(patches()).toMatchObject([
      {
        resource: 'deployments',
        name: 'web',
        body: { metadata: { uid: lender.uid, resourceVersion: lender.resourceVersion } },
      },
    ])
    expect(update).toHaveBeenCalledExactlyOnceWith(expect.anything(), lender)
  })

  it('of a Rollout that is restarted writes the Rollout, whoever has its pod template', async () => {
    const { put, roll, patches, update } = setUp()
    const [rollout, lender] = [put('Rollout', 'canary'), put('Deployment', 'web')]
    const subject = { ...workload(), ...rollout, lender, restart: { at: '2026-03-01T13:00:00Z' } }
    const change = { ...CHANGE, set: [], annotations: { stamp: 'v' } }
    expect(await roll(subject, change)).toMatchObject({ state: 'applied' })
    expect(patches()).toMatchObject([{ resource: 'rollouts', name: 'canary' }])
    expect(patches()[0]?.body).toEqual([
      { op: 'test', path: '/metadata/uid', value: rollout.uid },
      { op: 'replace', path: '/metadata/resourceVersion', value: rollout.resourceVersion },
      { op: 'add', path: '/metadata/annotations', value: {} },
      { op: 'add', path: '/metadata/annotations/stamp', value: 'v' },
      { op: 'add', path: '/spec/restartAt', value: '2026-03-01T13:00:01Z' },
    ])
    expect(update).toHaveBeenCalledExactlyOnceWith(expect.anything(), subject)
  })

  it('of a Rollout or of what it borrows, in another version than planned, is a conflict', async () => {
    const { put, roll, update } = setUp()
    const [rollout, lender] = [put('Rollout', 'canary'), put('Deployment', 'web')]
    put('Deployment', 'web')
    expect(await roll({ ...workload(), ...rollout, lender })).toEqual({ state: 'conflict' })
    put('Rollout', 'canary')
    expect(await roll({ ...workload(), ...rollout })).toEqual({ state: 'conflict' })
    expect(update).not.toHaveBeenCalled()
  })
})
