import { X509Certificate } from 'node:crypto'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { expect, it } from 'vitest'
import { type Certificate, createAuthority } from './certificates.ts'
import { listenLocally } from './ports.ts'

/** Shakes hands with a server that has this certificate; undefined when all is well, else what the client objects to. */
async function objection({ certificate, key }: Certificate, ca: string): Promise<string | undefined> {
  const server = createServer({ cert: certificate, key })
  const port = await listenLocally(server)
  const socket: TLSSocket = connect({ host: '127.0.0.1', port, ca })
  const outcome = await new Promise<string | undefined>((resolve) => {
    socket.once('secureConnect', () => resolve(undefined))
    socket.once('error', (error) => resolve('code' in error ? String(error.code) : error.message))
  })
  socket.destroy()
  await new Promise((resolve) => server.close(resolve))
  return outcome
}

it('a server is trusted by who trusts its authority, at the addresses it was issued for', async () => {
  const authority = createAuthority()
  const serving = authority.issueServer(['127.0.0.1', 'localhost'])
  expect(await objection(serving, authority.certificate)).toBeUndefined()
  expect(await objection(serving, createAuthority().certificate)).toBe('CERT_SIGNATURE_FAILURE')
  expect(await objection(authority.issueServer(['localhost']), authority.certificate)).toBe(
    'ERR_TLS_CERT_ALTNAME_INVALID',
  )
})

it('a client certificate names the user and the groups', () => {
  const authority = createAuthority()
  const client = new X509Certificate(authority.issueClient('jane', ['team-a', 'team-b']).certificate)
  expect(client.subject).toBe('O=team-a\nO=team-b\nCN=jane')
  expect(client.checkIssued(new X509Certificate(authority.certificate))).toBe(true)
  expect(client.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
})
