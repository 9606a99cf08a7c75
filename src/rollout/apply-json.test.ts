import { expect, test } from 'vitest'
import { apiError, CONFLICT, NOT_FOUND, SERVER_ERROR } from '../../test/fake/fake-client.ts'
import { isConflict, isInvalid, isNotFound } from '../kube/api-error.ts'
import type { KubeObject } from '../types/object.ts'
import { applyJsonPatch, type JsonPatchClient } from './apply-json.ts'
import type { JsonPatchOperation } from './json-patch.ts'

const HOLDER = {
  ref: { kind: 'Rollout', namespace: 'shop', name: 'web' },
  uid: 'web-uid',
  resourceVersion: '100',
} as const
const INVALID = apiError(422, 'Invalid')
const OPERATION: JsonPatchOperation = { op: 'add', path: '/spec/restartAt', value: 'now' }
const signal = new AbortController().signal

type Version = Pick<KubeObject['metadata'], 'uid' | 'resourceVersion'>

interface Server {
  /** What each GET shows, in turn; an error is its answer. */
  readonly shown: readonly (Version | Error)[]
  readonly patch?: Error
}

function serving({ shown, patch }: Server) {
  const requests: string[] = []
  const answers = [...shown]
  const client: JsonPatchClient = {
    async getWorkload() {
      requests.push('get')
      const answer = answers.shift() ?? SERVER_ERROR
      if (answer instanceof Error) throw answer
      return { metadata: { name: 'web', ...answer } }
    },
    async jsonPatchWorkload(_, operations) {
      requests.push(`patch ${operations.map(({ op, path }) => `${op} ${path}`).join(', ')}`)
      if (patch !== undefined) throw patch
      return { metadata: { name: 'web', uid: 'web-uid', resourceVersion: '101' } }
    },
    isConflict,
    isNotFound,
    isInvalid,
  }
  const apply = () => applyJsonPatch(client, () => [OPERATION], { holder: HOLDER, signal })
  return { requests, apply }
}

const PLANNED = { uid: 'web-uid', resourceVersion: '100' }
const LATER = { uid: 'web-uid', resourceVersion: '101' }
const PATCH = 'patch test /metadata/uid, replace /metadata/resourceVersion, add /spec/restartAt'

test('one GET, and one PATCH that names the version first', async () => {
  const { requests, apply } = serving({ shown: [PLANNED] })
  expect(await apply()).toMatchObject({ state: 'applied', object: { metadata: { resourceVersion: '101' } } })
  expect(requests).toEqual(['get', PATCH])
})

test.each([
  ['another version', LATER],
  ['another object of that name', { uid: 'other', resourceVersion: '100' }],
])('%s than planned is a conflict, and nothing is sent', async (_, shown) => {
  const { requests, apply } = serving({ shown: [shown] })
  expect(await apply()).toEqual({ state: 'conflict' })
  expect(requests).toEqual(['get'])
})

test.each<[string, Server, string]>([
  ['that is refused as outdated is a conflict', { shown: [PLANNED], patch: CONFLICT }, 'conflict'],
  [
    'that leads nowhere since somebody wrote is a conflict',
    { shown: [PLANNED, LATER], patch: INVALID },
    'conflict',
  ],
  ['of what is gone is the end', { shown: [PLANNED], patch: NOT_FOUND }, 'gone'],
  ['of what was gone before is the end', { shown: [NOT_FOUND] }, 'gone'],
])('a patch %s', async (_, server, state) => {
  expect(await serving(server).apply()).toEqual({ state })
})

test.each<[string, Server, Error]>([
  ['an object that the API server does not like', { shown: [PLANNED, PLANNED], patch: INVALID }, INVALID],
  ['no answer to why', { shown: [PLANNED, SERVER_ERROR], patch: INVALID }, INVALID],
  ['a refusal', { shown: [PLANNED], patch: apiError(403, 'Forbidden') }, apiError(403, 'Forbidden')],
  ['no object', { shown: [SERVER_ERROR] }, SERVER_ERROR],
])('%s is a failure', async (_, server, error) => {
  await expect(serving(server).apply()).rejects.toMatchObject({ message: error.message })
})
