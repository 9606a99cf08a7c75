import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  authority,
  closing,
  file,
  getWeb,
  home,
  kubeconfig,
  pods,
  problem,
  startApi,
  web,
} from '../../test/kube/connection-bench.ts'
import { createClient } from './http-client.ts'
import { loadConnection } from './load-connection.ts'

const plugin = `#!/bin/sh
echo run >> "$(dirname "$0")/runs"
cat "$(dirname "$0")/answer"
printf '%s' "$KUBERNETES_EXEC_INFO" > "$(dirname "$0")/info"
printf '%s' "$EXTRA" > "$(dirname "$0")/extra"
`

function runs(): number {
  return readFileSync(join(home, 'runs'), 'utf8').trim().split('\n').length
}

const credential = (status: object) =>
  JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status })

test('an exec plugin beside the kubeconfig is run once for many requests, and again when its token is refused or expires', async () => {
  const api = await startApi()
  file('login', plugin)
  file(
    'answer',
    credential({ token: 'one', expirationTimestamp: new Date(Date.now() + 3_600_000).toISOString() }),
  )
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: './login',
    env: [{ name: 'EXTRA', value: 'more' }],
    provideClusterInfo: true,
  }
  const path = kubeconfig('k', `https://127.0.0.1:${api.port}`, { user: { exec } })
  const client = createClient({
    connection: await loadConnection({ env: { PATH: process.env.PATH }, kubeconfig: path }),
    userAgent: 'x',
  })
  closing.unshift(() => client.close())
  await Promise.all([client.get(pods, web), client.get(pods, web), client.get(pods, web)])
  expect(runs()).toBe(1)
  expect(JSON.parse(readFileSync(join(home, 'info'), 'utf8'))).toMatchObject({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: { interactive: false, cluster: { server: `https://127.0.0.1:${api.port}` } },
  })
  expect(readFileSync(join(home, 'extra'), 'utf8')).toBe('more')
  api.refused.add('Bearer one')
  file('answer', credential({ token: 'two', expirationTimestamp: new Date(Date.now() - 1).toISOString() }))
  await client.get(pods, web)
  expect(runs()).toBe(2)
  await client.get(pods, web)
  expect(runs()).toBe(3)
  expect(api.authorizations.at(-1)).toBe('Bearer two')
})

test('an exec plugin may give a client certificate', async () => {
  const api = await startApi()
  file('login', plugin)
  const { certificate, key } = authority.issueClient('bob')
  file('answer', credential({ clientCertificateData: certificate, clientKeyData: key }))
  await getWeb(
    {
      env: { PATH: process.env.PATH },
      kubeconfig: kubeconfig('k', `https://127.0.0.1:${api.port}`, {
        user: { exec: { command: './login' } },
      }),
    },
    3,
  )
  expect(api.users).toEqual(['bob', 'bob', 'bob'])
  expect(runs()).toBe(1)
})

test('an exec plugin that fails is named with what it said, and its token is never quoted', async () => {
  file('fails', '#!/bin/sh\necho "token expired" >&2\necho "log in again" >&2\nexit 3\n')
  file('babbles', '#!/bin/sh\necho secret-token\n')
  const env = { PATH: process.env.PATH }
  const fail = (exec: object) =>
    problem({ env, kubeconfig: kubeconfig('k', 'https://x:1', { user: { exec } }) })
  expect(await fail({ command: './fails' })).toBe(
    `Cannot get credentials from ${home}/fails: token expired; log in again`,
  )
  expect(await fail({ command: './babbles' })).toBe(
    `Cannot get credentials from ${home}/babbles: it is not valid JSON`,
  )
  expect(await fail({ command: 'no-such-plugin', installHint: 'install it\nso' })).toBe(
    'Cannot get credentials from no-such-plugin: the program is not there (install it)',
  )
})
