// The same requests to the embedded API server and to a real control plane. Where the answers differ, the embedded server
// is wrong. Run by `npm run test:cluster`.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLUSTER_FILE_VARIABLE, connectControlPlane } from '../controlplane/share.ts'
import type { Cluster } from '../scenarios/cluster.ts'
import { startEmbeddedCluster } from '../scenarios/embedded-cluster.ts'
import { eventually } from '../scenarios/harness/eventually.ts'
import { CASES } from './cases.ts'
import type { ContractCase } from './contract-case.ts'
import { type Answer, type Json, senderFor } from './exchange.ts'
import { normalise } from './normalise.ts'

let embedded: Cluster
let real: Cluster

beforeAll(async () => {
  embedded = await startEmbeddedCluster()
  real = connectControlPlane(process.env[CLUSTER_FILE_VARIABLE] ?? '')
})
afterAll(() => embedded.stop())

/** Timestamps have whole seconds, so two writes can only be told apart when they are in different ones. */
function nextSecond(): Promise<void> {
  return sleep(1050)
}

/** The answers of one server to the steps of a case, in a namespace of its own. */
async function play(cluster: Cluster, { steps, ignored, timed = false }: ContractCase): Promise<Json> {
  const namespace = `contract-${randomBytes(4).toString('hex')}`
  const send = senderFor(cluster, namespace)
  await send({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: namespace } } })
  const answers: Answer[] = []
  for (const step of steps) {
    if (timed) await nextSecond()
    if (step === 'compact') await cluster.compact()
    else if ('until' in step)
      await eventually(async () => step.holds(await send(step.until)), { what: step.until.path })
    else answers.push(await send(typeof step === 'function' ? step(answers) : step))
  }
  await send({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` })
  return normalise(answers, namespace, { ...ignored, timed })
}

describe('the embedded server answers as the real one', () => {
  test.for(CASES)('$name', async (each) => {
    const [ours, theirs] = await Promise.all([play(embedded, each), play(real, each)])
    expect(ours).toEqual(theirs)
  })
})
