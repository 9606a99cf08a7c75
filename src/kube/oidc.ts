// The `oidc` auth-provider of kubeconfig users: an id token, and a refresh token that buys the next one.
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { problemText } from '../types/problem-text.ts'
import { ConnectionProblem } from './api-error.ts'
import { type Fields, textOf } from './kubeconfig.ts'
import { isRecord, parseJson } from './raw-object.ts'

/** An id token and how long it is good for. */
export interface IdToken {
  readonly token: string
  /** In ms since 1970, a little before its end. */
  readonly expiresAt: number
}

/** How long an identity provider may take for one answer. */
const TIMEOUT_MS = 30_000
/** A token that ends within this time is renewed; client-go takes the same. */
const LEEWAY_MS = 10_000

/** Asks for id tokens. What it gets is kept in memory; the kubeconfig file is not rewritten. */
export interface OidcTokens {
  /** A token that has not expired. Throws `ConnectionProblem`. */
  token(): Promise<IdToken>
}

/** The tokens of the user `userName`, whose `auth-provider.config` is `config`. `ca`: PEM, for the identity provider. */
export function createOidcTokens({
  config,
  userName,
  ca,
}: {
  config: Fields
  userName: string
  ca?: string
}): OidcTokens {
  let idToken = textOf(config, 'id-token')
  let refreshToken = textOf(config, 'refresh-token')
  return {
    async token() {
      const expiresAt = idToken === undefined ? 0 : expiryOf(idToken)
      if (idToken !== undefined && expiresAt - LEEWAY_MS > Date.now())
        return { token: idToken, expiresAt: expiresAt - LEEWAY_MS }
      try {
        if (refreshToken === undefined)
          throw new Error('its id-token has expired and there is no refresh-token')
        const answer = await refresh({ config, refreshToken, ...(ca && { ca }) })
        idToken = textOf(answer, 'id_token')
        refreshToken = textOf(answer, 'refresh_token') ?? refreshToken
        if (idToken === undefined) throw new Error('the identity provider gave no id_token')
        return { token: idToken, expiresAt: expiryOf(idToken) - LEEWAY_MS }
      } catch (error) {
        throw new ConnectionProblem(`Cannot log in as ${userName}: ${problemText(error)}`, { cause: error })
      }
    },
  }
}

/** The `exp` of a JSON Web Token in ms, 0 if it has none that can be read. */
function expiryOf(token: string): number {
  try {
    const payload = parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    return isRecord(payload) && typeof payload.exp === 'number' ? payload.exp * 1000 : 0
  } catch {
    return 0
  }
}

interface Refresh {
  readonly config: Fields
  readonly refreshToken: string
  readonly ca?: string
}

/** RFC 6749 section 6, at the token endpoint that OpenID Connect Discovery names. */
async function refresh({ config, refreshToken, ca }: Refresh): Promise<Fields> {
  const issuer = textOf(config, 'idp-issuer-url')
  const clientId = textOf(config, 'client-id')
  if (issuer === undefined || clientId === undefined)
    throw new Error('idp-issuer-url or client-id is missing')
  const common = { ...(ca && { ca }) }
  const discovery = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, common)
  const endpoint = textOf(discovery, 'token_endpoint')
  if (endpoint === undefined) throw new Error(`${issuer} names no token_endpoint`)
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: clientId,
  })
  const secret = textOf(config, 'client-secret')
  if (secret !== undefined) form.set('client_secret', secret)
  return fetchJson(endpoint, { ...common, form })
}

interface Fetch {
  readonly ca?: string
  /** Sent as a POST. */
  readonly form?: URLSearchParams
}

/** One small JSON answer. Not the global fetch, which takes no CA. */
function fetchJson(url: string, { ca, form }: Fetch): Promise<Fields> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method: form === undefined ? 'GET' : 'POST',
      headers: form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' },
      timeout: TIMEOUT_MS,
      ...(ca !== undefined && { ca }),
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)))
    request.on('error', (error) =>
      reject(new Error(`${new URL(url).origin}: ${problemText(error)}`, { cause: error })),
    )
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const status = response.statusCode ?? 0
        if (status >= 300) reject(new Error(`${new URL(url).origin} answered ${status}`))
        else resolve(asFields(Buffer.concat(chunks).toString()))
      })
    })
    request.end(form?.toString())
  })
}

function asFields(text: string): Fields {
  try {
    const value = parseJson(text)
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}
