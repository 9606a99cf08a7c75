import { expect, test } from 'vitest'
import type { Access } from '../../kube/access-review.ts'
import { controllerRights } from './controller-rights.ts'
import { lackingRights } from './lacking-rights.ts'

const rights = controllerRights({
  name: 'reloader',
  configTypes: ['Secret'],
  workloadKinds: ['Deployment'],
  selectsNamespaces: true,
  elects: true,
})

async function ask(may: (access: Access) => boolean, namespaces?: readonly string[]) {
  const asked: string[] = []
  const review = {
    may: async (access: Access) => {
      const { verb, group, resource, namespace, name } = access
      asked.push([verb, `${resource}.${group}`, namespace, name].join(' '))
      return may(access)
    },
  }
  const places = { namespaces, ownNamespace: 'home' }
  const { signal } = new AbortController()
  return { asked, lacking: await lackingRights(rights, places, { review, signal }) }
}

test('every verb of every right is asked for once, where it is needed', async () => {
  const { asked, lacking } = await ask(() => true)
  expect(lacking).toEqual([])
  expect(asked.toSorted()).toEqual(
    [
      ...['get', 'list', 'watch'].flatMap((verb) => [`${verb} secrets.  `, `${verb} namespaces.  `]),
      ...['get', 'list', 'watch', 'patch'].map((verb) => `${verb} deployments.apps  `),
      ...['create', 'patch'].map((verb) => `${verb} events.  `),
      ...['get', 'list', 'watch', 'create', 'update'].map((verb) => `${verb} configmaps. home `),
      ...['get', 'update'].map((verb) => `${verb} secrets. home reloader-digest-key`),
      'create leases.coordination.k8s.io home ',
      ...['get', 'update'].map((verb) => `${verb} leases.coordination.k8s.io home stakater-reloader-lock`),
    ].toSorted(),
  )
})

test('of a right only the verbs that are missing are told, in each namespace where they are', async () => {
  const refused = ({ verb, resource, namespace }: Access) =>
    resource === 'secrets' && namespace === 'b' && verb !== 'get'
  const { lacking } = await ask((access) => !refused(access), ['a', 'b'])
  expect(lacking).toMatchObject([{ resource: 'secrets', namespace: 'b', verbs: ['list', 'watch'] }])
})

test('an API server that does not answer such questions is an error', async () => {
  const none = () => {
    throw new Error('no such thing')
  }
  await expect(ask(none)).rejects.toThrow('no such thing')
})
