import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { createAuthority } from '../../test/controlplane/certificates.ts'
import {
  authority,
  closing,
  file,
  home,
  kubeconfig,
  pods,
  problem,
  startApi,
  web,
} from '../../test/kube/connection-bench.ts'
import { createClient } from './http-client.ts'
import { loadConnection } from './load-connection.ts'

test('a kubeconfig given, then those of KUBECONFIG, then ~/.kube/config, then the pod: the first there is', async () => {
  mkdirSync(join(home, '.kube'))
  const pod = join(home, 'pod')
  mkdirSync(pod)
  for (const [name, text] of [
    ['token', 't'],
    ['ca.crt', authority.certificate],
    ['namespace', 'ns\n'],
  ])
    file(`pod/${name}`, text ?? '')
  const env = { HOME: home, KUBERNETES_SERVICE_HOST: '::1', KUBERNETES_SERVICE_PORT: '443' }
  const options = { env, serviceAccountDirectory: pod }
  const inPod = await loadConnection(options)
  expect([inPod.server, inPod.namespace, inPod.source]).toEqual([
    'https://[::1]:443',
    'ns',
    `the service account in ${pod}`,
  ])
  const atHome = kubeconfig('.kube/config', 'https://home:1')
  expect(await loadConnection(options)).toMatchObject({
    server: 'https://home:1',
    source: `context x of ${atHome}`,
  })
  const KUBECONFIG = kubeconfig('env', 'https://env:1', { context: { namespace: 'mine' } })
  expect(await loadConnection({ ...options, env: { ...env, KUBECONFIG } })).toMatchObject({
    server: 'https://env:1',
    namespace: 'mine',
  })
  const given = kubeconfig('given', 'https://given:1')
  expect((await loadConnection({ ...options, env: { ...env, KUBECONFIG }, kubeconfig: given })).server).toBe(
    'https://given:1',
  )
})

test('several files are merged: the first that names a thing wins, missing ones are passed over', async () => {
  const a = file(
    'a',
    'contexts:\n- name: x\n  context: {cluster: c, user: u}\nusers:\n- name: u\n  user: {token: from-a}\n',
  )
  const b = kubeconfig('b', 'https://b:1', { user: { token: 'from-b' }, context: { namespace: 'not this' } })
  const connection = await loadConnection({ env: { KUBECONFIG: `${join(home, 'none')}:${a}:${b}` } })
  expect(connection.server).toBe('https://b:1')
  expect(connection.namespace).toBeUndefined()
  expect((await connection.credentials()).headers.authorization).toBe('Bearer from-a')
})

test('each problem with a kubeconfig is one line that names the file', async () => {
  const bad = file('bad', 'a: [')
  const empty = file('empty', '')
  const noCurrent = file('no-current', '{"contexts":[{"name":"x","context":{"cluster":"c","user":"u"}}]}')
  const given = kubeconfig('given', 'nonsense')
  expect(await problem({ kubeconfig: join(home, 'none') })).toContain(
    `Cannot read the kubeconfig ${home}/none: ENOENT`,
  )
  expect(await problem({ env: { KUBECONFIG: `${home}/no:${home}/none` } })).toBe(
    `Cannot read a kubeconfig: none of ${home}/no, ${home}/none exists`,
  )
  expect(await problem({ kubeconfig: bad })).toContain(`Cannot read the kubeconfig ${bad}:`)
  expect(await problem({ kubeconfig: empty })).toContain('it is not a mapping')
  expect(await problem({ kubeconfig: noCurrent })).toContain(`${noCurrent}: it names no current-context`)
  expect(await problem({ kubeconfig: noCurrent, context: 'y' })).toBe(
    `Cannot use the context y of ${noCurrent}: there is no such one, only x`,
  )
  expect(await problem({ kubeconfig: noCurrent, context: 'x' })).toContain('there is no cluster c')
  expect(await problem({ kubeconfig: given })).toBe(
    `Cannot use the context x of ${given}: the server nonsense is no http or https URL`,
  )
  expect(await problem({})).toBe(
    `Cannot find a Kubernetes cluster: KUBECONFIG is not set, ${home}/.kube/config does not exist, and this process does not run in a pod`,
  )
  expect(await problem({ context: 'x' })).toContain('there is no kubeconfig file')
  const gcp = kubeconfig('gcp', 'https://x:1', { user: { 'auth-provider': { name: 'gcp' } } })
  expect(await problem({ kubeconfig: gcp })).toBe(
    'Cannot log in as u: the auth-provider gcp is gone from Kubernetes clients, use its exec plugin',
  )
})

test('the token and CA of a pod are read again, and connections follow the CA', async () => {
  const api = await startApi()
  for (const [name, text] of [
    ['token', 'one'],
    ['ca.crt', createAuthority().certificate],
  ])
    file(name ?? '', text ?? '')
  const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(api.port) }
  vi.useFakeTimers({ toFake: ['performance'] })
  const client = createClient({
    connection: await loadConnection({ env, serviceAccountDirectory: home }),
    userAgent: 'x',
  })
  closing.unshift(() => client.close())
  await expect(client.get(pods, web)).rejects.toThrow(/certificate/)
  file('ca.crt', authority.certificate)
  vi.advanceTimersByTime(60_001)
  await client.get(pods, web)
  expect(api.authorizations).toEqual(['Bearer one'])
  expect(await problem({ env, serviceAccountDirectory: join(home, 'none') })).toContain(
    'Cannot read the service account of this pod: ENOENT',
  )
})
