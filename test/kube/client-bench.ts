// What tests of the client share: a server that answers as it is told, and a client of it.
import { afterEach, beforeEach, expect, vi } from 'vitest'
import type { KubeClient } from '../../src/kube/client.ts'
import type { Connection, Credentials } from '../../src/kube/connection.ts'
import { createClient } from '../../src/kube/http-client.ts'
import type { ResponseSeen } from '../../src/kube/transport.ts'
import { json, type ScriptedServer, startScriptedServer } from './scripted-server.ts'

/** What is asked for. */
export const pods = { group: '', version: 'v1', plural: 'pods' }
export const deployments = { group: 'apps', version: 'v1', plural: 'deployments' }
export const web = { namespace: 'shop', name: 'web' }
/** An object as the server sends it. */
export const object = (name: string, resourceVersion = '1') => ({
  metadata: { name, namespace: 'shop', uid: `u-${name}`, resourceVersion },
})
/** A page of a list. */
export const page = (names: string[], metadata: object) => ({
  kind: 'PodList',
  metadata,
  items: names.map((name) => object(name)),
})
/** An answer that says no. */
export const status = (code: number, rest: object = {}) =>
  json({ kind: 'Status', code, message: `said ${code}`, ...rest }, { status: code })
export const nameOf = ({ metadata }: { metadata: { name: string } }) => metadata.name

/** Made anew for each test. */
export let server: ScriptedServer
export let client: KubeClient
export let responses: ResponseSeen[]

/** A connection whose token changes when it is refused. */
export function connectionTo(url: string): Connection {
  let token = 1
  const tls = {}
  return {
    server: url,
    source: 'the test',
    async credentials(): Promise<Credentials> {
      return { headers: { authorization: `Bearer t${token}` }, tls }
    },
    renew() {
      token += 1
    },
  }
}

beforeEach(async () => {
  server = await startScriptedServer()
  responses = []
  client = createClient({
    connection: connectionTo(server.url),
    userAgent: 'reloader/1.2.3',
    onResponse: (response) => responses.push(response),
  })
})
afterEach(async () => {
  client.close()
  await server.stop()
})

/** Resolves when every connection is closed. */
export const noSockets = () => vi.waitFor(() => expect(server.sockets.size).toBe(0))
