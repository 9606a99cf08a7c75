// What tests of connections share: a directory, an API server that asks who comes, and kubeconfig files.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { ConnectionProblem } from '../../src/kube/api-error.ts'
import type { ConnectionOptions } from '../../src/kube/connection.ts'
import { createClient } from '../../src/kube/http-client.ts'
import { loadConnection } from '../../src/kube/load-connection.ts'
import { createAuthority } from '../controlplane/certificates.ts'

/** Trusted by the kubeconfig files. */
export const authority = createAuthority()
const serving = authority.issueServer(['127.0.0.1', 'localhost', 'kube.test'])
/** What is asked for. */
export const pods = { group: '', version: 'v1', plural: 'pods' }
export const web = { namespace: 'shop', name: 'web' }
const answer = JSON.stringify({ metadata: { name: 'web', uid: 'u', resourceVersion: '1' } })

/** The directory of the test. */
export let home: string
/** What to end after the test, the last first. */
export const closing: (() => unknown)[] = []

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'reloader-connection-'))
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  rmSync(home, { recursive: true })
  vi.useRealTimers()
})

/** Listens on a free port until the test ends. */
export async function listen(server: {
  listen(port: number, host: string, done: () => void): unknown
  address(): unknown
  close(done: () => void): unknown
}) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return (server.address() as AddressInfo).port
}

/** The API server of a test. */
export interface Api {
  readonly port: number
  readonly authorizations: (string | undefined)[]
  readonly users: string[]
  readonly headers: Record<string, string | string[] | undefined>[]
  /** Tokens that are answered 401. */
  readonly refused: Set<string>
}

/** A TLS server that asks for a client certificate and notes who came. */
export async function startApi(): Promise<Api> {
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

/** Writes a file into the directory of the test. */
export function file(name: string, text: string): string {
  const path = join(home, name)
  writeFileSync(path, text, { mode: 0o700 })
  return path
}

/** The parts of a kubeconfig. */
export interface Context {
  readonly cluster?: object
  readonly user?: object
  readonly context?: object
}

export const base64 = (text: string) => Buffer.from(text).toString('base64')

/** A kubeconfig with one context; JSON is YAML. */
export function kubeconfig(name: string, server: string, { cluster, user, context }: Context = {}): string {
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

/** Asks for one object with the connection that the options lead to. */
export async function getWeb(options: ConnectionOptions, times = 1): Promise<void> {
  const client = createClient({ connection: await loadConnection(options), userAgent: 'x' })
  closing.unshift(() => client.close())
  for (let i = 0; i < times; i += 1) await client.get(pods, web)
}

/** The one line that connecting fails with. */
export const problem = async (options: Partial<ConnectionOptions>) => {
  const error = await loadConnection({ env: { HOME: home }, ...options })
    .then((connection) => connection.credentials())
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ConnectionProblem)
  const { message } = error as Error
  expect(message).not.toContain('\n')
  return message
}
