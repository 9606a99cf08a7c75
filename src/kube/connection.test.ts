import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createAuthority } from '../../test/controlplane/certificates.ts'
import { ConnectionProblem } from './api-error.ts'
import { type ConnectionOptions, loadConnection } from './connection.ts'
import { createClient } from './http-client.ts'

const authority = createAuthority()
const serving = authority.issueServer(['127.0.0.1', 'localhost', 'kube.test'])
const pods = { group: '', version: 'v1', plural: 'pods' }
const web = { namespace: 'shop', name: 'web' }
const answer = JSON.stringify({ metadata: { name: 'web', uid: 'u', resourceVersion: '1' } })

let home: string
const closing: (() => unknown)[] = []

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'reloader-connection-'))
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  rmSync(home, { recursive: true })
  vi.useRealTimers()
})

async function listen(server: {
  listen(port: number, host: string, done: () => void): unknown
  address(): unknown
  close(done: () => void): unknown
}) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return (server.address() as AddressInfo).port
}

interface Api {
  readonly port: number
  readonly authorizations: (string | undefined)[]
  readonly users: string[]
  readonly headers: Record<string, string | string[] | undefined>[]
  /** Tokens that are answered 401. */
  readonly refused: Set<string>
}

/** A TLS server that asks for a client certificate and notes who came. */
async function startApi(): Promise<Api> {
  const api: Omit<Api, 'port'> = { authorizations: [], users: [], headers: [], refused: new Set() }
  const server = createHttpsServer(
    {
      cert: serving.certificate,
      key: serving.key,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      const { authorization } = request.headers
      api.authorizations.push(authorization)
      api.headers.push(request.headers)
      const { subject } = (request.socket as TLSSocket).getPeerCertificate()
      api.users.push(String(subject?.CN ?? ''))
      response.writeHead(api.refused.has(authorization ?? '') ? 401 : 200).end(answer)
    },
  )
  const port = await listen(server)
  closing.unshift(() => server.closeAllConnections())
  return { ...api, port }
}

function file(name: string, text: string): string {
  const path = join(home, name)
  writeFileSync(path, text, { mode: 0o700 })
  return path
}

interface Context {
  readonly cluster?: object
  readonly user?: object
  readonly context?: object
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** A kubeconfig with one context; JSON is YAML. */
function kubeconfig(name: string, server: string, { cluster, user, context }: Context = {}): string {
  return file(
    name,
    JSON.stringify({
      clusters: [
        {
          name: 'c',
          cluster: { server, 'certificate-authority-data': base64(authority.certificate), ...cluster },
        },
      ],
      users: [{ name: 'u', user: user ?? {} }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', ...context } }],
      'current-context': 'x',
    }),
  )
}

async function getWeb(options: ConnectionOptions, times = 1): Promise<void> {
  const client = createClient({ connection: await loadConnection(options), userAgent: 'x' })
  closing.unshift(() => client.close())
  for (let i = 0; i < times; i += 1) await client.get(pods, web)
}

const problem = async (options: Partial<ConnectionOptions>) => {
  const error = await loadConnection({ env: { HOME: home }, ...options })
    .then((connection) => connection.credentials())
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ConnectionProblem)
  const { message } = error as Error
  expect(message).not.toContain('\n')
  return message
}

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
    `Cannot use the context y of ${noCurrent}: there is none, but x`,
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

const plugin = `#!/bin/sh
echo run >> "$(dirname "$0")/runs"
cat "$(dirname "$0")/answer"
printf '%s' "$KUBERNETES_EXEC_INFO" > "$(dirname "$0")/info"
printf '%s' "$EXTRA" > "$(dirname "$0")/extra"
`

async function runs(): Promise<number> {
  const { readFile } = await import('node:fs/promises')
  return (await readFile(join(home, 'runs'), 'utf8')).trim().split('\n').length
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
  expect(await runs()).toBe(1)
  const { readFileSync } = await import('node:fs')
  expect(JSON.parse(readFileSync(join(home, 'info'), 'utf8'))).toMatchObject({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: { interactive: false, cluster: { server: `https://127.0.0.1:${api.port}` } },
  })
  expect(readFileSync(join(home, 'extra'), 'utf8')).toBe('more')
  api.refused.add('Bearer one')
  file('answer', credential({ token: 'two', expirationTimestamp: new Date(Date.now() - 1).toISOString() }))
  await client.get(pods, web)
  expect(await runs()).toBe(2)
  await client.get(pods, web)
  expect(await runs()).toBe(3)
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
  expect(await runs()).toBe(1)
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

const jwt = (expiresAt: number) =>
  `h.${Buffer.from(JSON.stringify({ exp: Math.floor(expiresAt / 1000) })).toString('base64url')}.s`

/** An identity provider that gives a fresh token for every refresh token it knows. */
async function startProvider(
  known: string,
): Promise<{ url: string; forms: URLSearchParams[]; server: Server }> {
  const forms: URLSearchParams[] = []
  const server = createHttpServer(async (request, response) => {
    const { port } = server.address() as AddressInfo
    if (request.url === '/.well-known/openid-configuration') {
      response.end(JSON.stringify({ token_endpoint: `http://127.0.0.1:${port}/token` }))
      return
    }
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const form = new URLSearchParams(Buffer.concat(chunks).toString())
    forms.push(form)
    const ok = form.get('refresh_token') === known
    response
      .writeHead(ok ? 200 : 400)
      .end(JSON.stringify(ok ? { id_token: jwt(Date.now() + 3_600_000), refresh_token: 'next' } : {}))
  })
  return { url: `http://127.0.0.1:${await listen(server)}`, forms, server }
}

test('an OIDC id token is used until it expires, and then the refresh token buys one', async () => {
  const provider = await startProvider('first')
  const oidc = (config: object) => ({
    user: {
      'auth-provider': {
        name: 'oidc',
        config: { 'client-id': 'me', 'client-secret': 's', 'idp-issuer-url': provider.url, ...config },
      },
    },
  })
  const good = jwt(Date.now() + 3_600_000)
  const fresh = await loadConnection({
    env: {},
    kubeconfig: kubeconfig('a', 'https://x:1', oidc({ 'id-token': good })),
  })
  expect((await fresh.credentials()).headers.authorization).toBe(`Bearer ${good}`)
  const old = { 'id-token': jwt(Date.now() - 1), 'refresh-token': 'first' }
  const stale = await loadConnection({ env: {}, kubeconfig: kubeconfig('b', 'https://x:1', oidc(old)) })
  const [one, two] = await Promise.all([stale.credentials(), stale.credentials()])
  expect(one.headers.authorization).toMatch(/^Bearer h\./)
  expect(two.headers).toEqual(one.headers)
  expect((await stale.credentials()).headers).toEqual(one.headers)
  expect(provider.forms.map((form) => form.toString())).toEqual([
    'grant_type=refresh_token&refresh_token=first&client_id=me&client_secret=s',
  ])
  expect(
    await problem({ kubeconfig: kubeconfig('c', 'https://x:1', oidc({ 'id-token': jwt(0) })) }),
  ).toContain('Cannot log in as u: its id-token has expired and there is no refresh-token')
  expect(
    await problem({
      kubeconfig: kubeconfig('d', 'https://x:1', oidc({ ...old, 'refresh-token': 'unknown' })),
    }),
  ).toContain('answered 400')
})

/** An HTTP proxy that tunnels every CONNECT to one port of this machine. */
async function startProxy(port: number): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const proxy = createHttpServer()
  const sockets: Socket[] = []
  proxy.on('connect', (request, socket: Socket) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim())
    if (asked.length > 1 && request.headers['proxy-authorization'] === undefined) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      return
    }
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(upstream).pipe(socket)
    })
    upstream.on('error', () => {})
    socket.on('error', () => {})
    sockets.push(socket, upstream)
  })
  const url = `127.0.0.1:${await listen(proxy)}`
  closing.unshift(() => {
    for (const socket of sockets) socket.destroy()
    proxy.closeAllConnections()
  })
  return { url, asked }
}

test('requests and watches go through the proxy that the kubeconfig or the environment names', async () => {
  const api = await startApi()
  const proxy = await startProxy(api.port)
  const server = 'https://kube.test:6443'
  await getWeb({ env: { HTTPS_PROXY: `http://${proxy.url}` }, kubeconfig: kubeconfig('a', server) }, 3)
  await getWeb({
    env: {},
    kubeconfig: kubeconfig('b', server, { cluster: { 'proxy-url': `http://me:pa%20ss@${proxy.url}` } }),
  })
  expect(proxy.asked).toEqual(['kube.test:6443', `kube.test:6443 Basic ${base64('me:pa ss')}`])
  await expect(
    getWeb({ env: { https_proxy: proxy.url }, kubeconfig: kubeconfig('c', server) }),
  ).rejects.toThrow(
    `Cannot talk to the API server ${server}: the proxy ${proxy.url} opened no tunnel: it answered 407`,
  )
  expect(api.users).toHaveLength(4)
})

/** A SOCKS 5 proxy that asks for user `me` and password `secret`. */
async function startSocks(port: number): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const sockets: Socket[] = []
  const server = createTcpServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    let stage = 0
    socket.on('data', (bytes: Buffer) => {
      stage += 1
      if (stage === 1) socket.write(Buffer.from([5, 2]))
      else if (stage === 2) {
        asked.push(
          bytes
            .subarray(2)
            .toString('latin1')
            .replace(/[^a-z]/g, ' '),
        )
        socket.write(Buffer.from([1, 0]))
      } else if (stage === 3) {
        asked.push(`${bytes.subarray(5, -2)}:${bytes.readUInt16BE(bytes.length - 2)}`)
        socket.removeAllListeners('data')
        const upstream = connect(port, '127.0.0.1', () => {
          // In two pieces, and with an address of another kind than was asked for.
          socket.write(Buffer.from([5, 0, 0]))
          setImmediate(() => socket.write(Buffer.from([1, 127, 0, 0, 1, 0, 80])))
          socket.pipe(upstream).pipe(socket)
        })
        upstream.on('error', () => {})
        sockets.push(upstream)
      }
    })
  })
  const url = `127.0.0.1:${await listen(server)}`
  closing.unshift(() => {
    for (const socket of sockets) socket.destroy()
  })
  return { url, asked }
}

test('requests go through a SOCKS 5 proxy, which resolves the name', async () => {
  const api = await startApi()
  const proxy = await startSocks(api.port)
  await getWeb(
    {
      env: {},
      kubeconfig: kubeconfig('a', 'https://kube.test:6443', {
        cluster: { 'proxy-url': `socks5://me:secret@${proxy.url}` },
      }),
    },
    2,
  )
  expect(proxy.asked).toEqual(['me secret', 'kube.test:6443'])
  expect(api.users).toHaveLength(2)
})
