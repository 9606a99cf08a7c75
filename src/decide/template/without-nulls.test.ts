import { expect, test } from 'vitest'
import { deployment, reduced } from '../../../test/builders.ts'
import type { KubeObject } from '../../types/object.ts'
import { withoutNulls } from './without-nulls.ts'

const AUTO = { 'reloader.stakater.com/auto': 'true' }
const { metadata } = deployment({ annotations: AUTO })

function rollout(spec: unknown, status?: unknown): KubeObject {
  return Object.assign({ metadata }, { spec, status })
}

test('a Rollout with nulls wherever a list or an object may be is read as one that leaves them out', () => {
  const uses = { name: 'app', envFrom: [{ configMapRef: { name: 'conf' } }] }
  const nulls = { env: null, volumeMounts: null, ports: null }
  const plain = rollout({ template: { spec: { containers: [uses] } } })
  const holed = rollout(
    {
      template: {
        metadata: { annotations: null, labels: null },
        spec: {
          volumes: null,
          initContainers: null,
          imagePullSecrets: null,
          containers: [{ ...uses, ...nulls, envFrom: [null, ...uses.envFrom] }],
        },
      },
    },
    null,
  )
  const read = (object: KubeObject) => reduced(object, { kind: 'Rollout', imagePullSecrets: true })
  const { templates: _hashes, ...expected } = read(plain)
  expect(expected.references).toHaveLength(1)
  expect(read(holed)).toMatchObject(expected)
})

test('what is no null stays, in its order', () => {
  const spec = { a: [1, '', false, { b: 0 }, []], c: {} }
  expect(withoutNulls(rollout(spec, { conditions: [] }))).toEqual(rollout(spec, { conditions: [] }))
})
