import { createPrivateKey, X509Certificate } from 'node:crypto'
import { type AddressInfo, connect } from 'node:net'
import { connect as connectTls, createServer } from 'node:tls'
import { expect, test } from 'vitest'
import { createCertificate } from './certificate.ts'

const notBefore = new Date('2026-01-02T03:04:05Z')
const notAfter = new Date('2026-04-02T03:04:05Z')

test('it says whose it is and how long it holds, and is signed by its own key', () => {
  const { certificate, key } = createCertificate({ dnsName: 'gateway.example.com', notBefore, notAfter })
  const read = new X509Certificate(certificate)
  expect(read.subject).toBe('CN=gateway.example.com')
  expect(read.issuer).toBe(read.subject)
  expect(read.subjectAltName).toBe('DNS:gateway.example.com')
  expect(new Date(read.validFrom)).toEqual(notBefore)
  expect(new Date(read.validTo)).toEqual(notAfter)
  expect(read.verify(read.publicKey)).toBe(true)
  expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true)
})

test('every length that a name can have is written right', () => {
  for (let length = 1; length <= 64; length++) {
    const dnsName = 'a'.repeat(length)
    const { certificate } = createCertificate({ dnsName, notBefore, notAfter })
    expect(new X509Certificate(certificate).checkHost(dnsName)).toBe(dnsName)
  }
})

test('no two have the same serial number, and it is positive', () => {
  const serials = Array.from({ length: 32 }, () => {
    const { certificate } = createCertificate({ dnsName: 'a', notBefore, notAfter })
    return new X509Certificate(certificate).serialNumber
  })
  expect(new Set(serials).size).toBe(32)
  for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/)
})

test('a server that has it is trusted by a client that is given it', async () => {
  const now = Date.now()
  const pair = createCertificate({
    dnsName: 'localhost',
    address: '127.0.0.1',
    notBefore: new Date(now - 60_000),
    notAfter: new Date(now + 60_000),
  })
  const server = createServer({ cert: pair.certificate, key: pair.key }, (socket) => socket.end('hello'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const socket = connectTls({
    socket: connect(port, '127.0.0.1'),
    servername: 'localhost',
    ca: pair.certificate,
  })
  const said = await new Promise<string>((resolve, reject) => {
    socket.once('error', reject).once('data', (data) => resolve(data.toString()))
  })
  expect([said, socket.authorized]).toEqual(['hello', true])
  expect(new X509Certificate(pair.certificate).checkIP('127.0.0.1')).toBe('127.0.0.1')
  socket.destroy()
  await new Promise((resolve) => server.close(resolve))
})
