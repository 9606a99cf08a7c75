import { rmSync, writeFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { createAuthority } from '../../test/controlplane/certificates.ts'
import {
  authority,
  base64,
  closing,
  file,
  getWeb,
  kubeconfig,
  pods,
  startApi,
  web,
} from '../../test/kube/connection-bench.ts'
import { createClient } from './http-client.ts'
import { loadConnection } from './load-connection.ts'

test('a client certificate in a file beside the kubeconfig is shown to the server', async () => {
  const api = await startApi()
  const { certificate, key } = authority.issueClient('alice')
  file('alice.crt', certificate)
  file('alice.key', key)
  await getWeb({
    env: {},
    kubeconfig: kubeconfig('k', `https://127.0.0.1:${api.port}`, {
      user: { 'client-certificate': 'alice.crt', 'client-key': 'alice.key' },
    }),
  })
  expect(api.users).toEqual(['alice'])
})

test('a server whose certificate does not fit is refused, unless the kubeconfig says how it is to be read', async () => {
  const api = await startApi()
  const server = `https://127.0.0.1:${api.port}`
  const other = base64(createAuthority().certificate)
  await expect(
    getWeb({
      env: {},
      kubeconfig: kubeconfig('a', server, { cluster: { 'certificate-authority-data': other } }),
    }),
  ).rejects.toThrow(/^Cannot talk to the API server https:\/\/127\.0\.0\.1:\d+: .*certificate/)
  await expect(
    getWeb({ env: {}, kubeconfig: kubeconfig('b', server, { cluster: { 'tls-server-name': 'elsewhere' } }) }),
  ).rejects.toThrow(/elsewhere/)
  await getWeb({
    env: {},
    kubeconfig: kubeconfig('c', server, { cluster: { 'tls-server-name': 'kube.test' } }),
  })
  await getWeb({
    env: {},
    kubeconfig: kubeconfig('d', server, {
      cluster: { 'certificate-authority-data': '', 'insecure-skip-tls-verify': true },
    }),
  })
  expect(api.users).toHaveLength(2)
})

test('password, token and impersonation become headers', async () => {
  const of = async (user: object) =>
    (await loadConnection({ env: {}, kubeconfig: kubeconfig('k', 'https://x:1', { user }) })).credentials()
  expect((await of({ username: 'a', password: 'b' })).headers).toEqual({ authorization: 'Basic YTpi' })
  expect(
    (
      await of({
        token: 't',
        as: 'me',
        'as-groups': ['g', 'h'],
        'as-uid': '7',
        'as-user-extra': { 'a/b': ['c'] },
      })
    ).headers,
  ).toEqual({
    authorization: 'Bearer t',
    'impersonate-user': 'me',
    'impersonate-group': ['g', 'h'],
    'impersonate-uid': '7',
    'impersonate-extra-a%2Fb': ['c'],
  })
})

test('a token file is read again after a minute, and at once when its token is refused', async () => {
  const api = await startApi()
  const token = file('token', 'one\n')
  const options = {
    env: {},
    kubeconfig: kubeconfig('k', `https://127.0.0.1:${api.port}`, { user: { tokenFile: 'token' } }),
  }
  const connection = await loadConnection(options)
  const client = createClient({ connection, userAgent: 'x' })
  closing.unshift(() => client.close())
  vi.useFakeTimers({ toFake: ['performance'] })
  await client.get(pods, web)
  writeFileSync(token, 'two')
  await client.get(pods, web)
  vi.advanceTimersByTime(60_001)
  await client.get(pods, web)
  writeFileSync(token, 'three')
  api.refused.add('Bearer two')
  await client.get(pods, web)
  rmSync(token)
  vi.advanceTimersByTime(60_001)
  await client.get(pods, web)
  expect(api.authorizations.map((each) => each?.slice(7))).toEqual([
    'one',
    'one',
    'two',
    'two',
    'three',
    'three',
  ])
})
