import { createServer as createHttpServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { kubeconfig, listen, problem } from '../../test/kube/connection-bench.ts'
import { loadConnection } from './load-connection.ts'

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
