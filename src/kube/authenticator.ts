// Every way in which a kubeconfig user shows who they are: token, token file, password, exec plugin, OIDC.
import { ConnectionProblem } from './api-error.ts'
import { runExecPlugin } from './exec-credential.ts'
import { createFileText } from './file-text.ts'
import { type Fields, fieldsOf, type KubeconfigContext, textOf } from './kubeconfig.ts'
import { createOidcTokens } from './oidc.ts'
import { pemReader, readNamed } from './pem-reader.ts'

/** What one way of logging in adds to a request; the certificate is PEM. */
export interface Login {
  readonly authorization?: string
  readonly cert?: string
  readonly key?: string
}

/** One way of logging in. */
export interface Authenticator {
  /** Kept until it expires. Throws `ConnectionProblem`. */
  login(): Promise<Login>
  /** The server refused a login with this authorization: get another one, unless that was done already. */
  renew(refused: unknown): void
}

/** The way that the user of `context` asks for. Throws `ConnectionProblem` for one that no longer exists. */
export function authenticatorOf(
  { user, userName, cluster }: KubeconfigContext,
  env: Readonly<Record<string, string | undefined>>,
): Authenticator {
  const exec = fieldsOf(user, 'exec')
  if (Object.keys(exec).length > 0) return keepingAuthenticator(() => runExecPlugin(exec, { env, cluster }))
  const provider = fieldsOf(user, 'auth-provider')
  const name = textOf(provider, 'name')
  if (name === 'oidc') return oidcAuthenticator(fieldsOf(provider, 'config'), userName)
  if (name === undefined) return fixedAuthenticator(user)
  throw new ConnectionProblem(
    `Cannot log in as ${userName}: the auth-provider ${name} is gone from Kubernetes clients, use its exec plugin`,
  )
}

/** A token, a token file, a password, or nothing but the client certificate. */
function fixedAuthenticator(user: Fields): Authenticator {
  const tokenPath = textOf(user, 'tokenFile')
  const file = tokenPath === undefined ? undefined : createFileText(tokenPath)
  const fixed = authorizationOf(user)
  return {
    async login() {
      const authorization = file === undefined ? fixed : `Bearer ${readNamed(file, 'tokenFile').trim()}`
      return authorization === undefined ? {} : { authorization }
    },
    renew: () => file?.forget(),
  }
}

function authorizationOf(user: Fields): string | undefined {
  const token = textOf(user, 'token')
  if (token !== undefined) return `Bearer ${token}`
  const name = textOf(user, 'username')
  if (name === undefined) return undefined
  return `Basic ${Buffer.from(`${name}:${textOf(user, 'password') ?? ''}`).toString('base64')}`
}

function oidcAuthenticator(config: Fields, userName: string): Authenticator {
  const ca = pemReader(config, 'idp-certificate-authority')()
  const tokens = createOidcTokens({ config, userName, ...(ca !== undefined && { ca }) })
  return keepingAuthenticator(() => tokens.token())
}

/** What a program or an identity provider gives. */
interface Issued {
  readonly token?: string
  readonly cert?: string
  readonly key?: string
  /** In ms since 1970; undefined: until it is refused. */
  readonly expiresAt?: number
}

/** Keeps what `issue` gives until it expires; however many ask at once, it is called once. */
function keepingAuthenticator(issue: () => Promise<Issued>): Authenticator {
  let kept: { readonly login: Login; readonly expiresAt: number } | undefined
  let underWay: Promise<Login> | undefined

  async function next(): Promise<Login> {
    try {
      const { token, cert, key, expiresAt = Number.POSITIVE_INFINITY } = await issue()
      const login = {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(cert !== undefined && key !== undefined && { cert, key }),
      }
      kept = { login, expiresAt }
      return login
    } finally {
      underWay = undefined
    }
  }
  return {
    async login() {
      if (kept !== undefined && kept.expiresAt > Date.now()) return kept.login
      underWay ??= next()
      return underWay
    },
    renew(refused) {
      if (kept?.login.authorization === refused) kept = undefined
    },
  }
}
