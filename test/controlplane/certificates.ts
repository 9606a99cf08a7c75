// X.509 certificates for servers and clients on this machine, made with nothing but node:crypto.
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIPv4 } from 'node:net'

/** A certificate and its key, both PEM. */
export interface Certificate {
  readonly certificate: string
  readonly key: string
}

/** A certificate authority: its certificate, to be trusted, and what issues others under it. */
export interface Authority {
  readonly certificate: string
  /** A serving certificate for these host names and IPv4 addresses. */
  issueServer(hosts: readonly string[]): Certificate
  /** A client certificate; Kubernetes reads the user from `commonName` and the groups from `organizations`. */
  issueClient(commonName: string, organizations?: readonly string[]): Certificate
}

interface Subject {
  readonly commonName: string
  readonly organizations: readonly string[]
}

interface Content {
  readonly issuer: Subject
  readonly subject: Subject
  readonly publicKey: KeyObject
  readonly signingKey: KeyObject
  readonly extensions: readonly Uint8Array[]
}

const AUTHORITY: Subject = { commonName: 'reloader test authority', organizations: [] }
const DAY_MS = 86_400_000

const OID = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const

const TAG = {
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const
/** The certificate signs others and nothing else (RFC 5280, 4.2.1.3). */
const SIGNS_CERTIFICATES = Uint8Array.of(0x03, 0x02, 0x02, 0x04)
/** The key makes digital signatures. */
const SIGNS_HANDSHAKES = Uint8Array.of(0x03, 0x02, 0x07, 0x80)

/** Makes a certificate authority that lives as long as the object: its key is nowhere else. */
export function createAuthority(): Authority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certificate = encodeCertificate({
    issuer: AUTHORITY,
    subject: AUTHORITY,
    publicKey,
    signingKey: privateKey,
    extensions: [
      extension(OID.basicConstraints, der(TAG.sequence, Uint8Array.of(0x01, 0x01, 0xff))),
      extension(OID.keyUsage, SIGNS_CERTIFICATES),
    ],
  })
  const issue = (subject: Subject, extensions: readonly Uint8Array[]): Certificate => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const content = { issuer: AUTHORITY, subject, publicKey: pair.publicKey, signingKey: privateKey }
    return {
      certificate: encodeCertificate({
        ...content,
        extensions: [extension(OID.keyUsage, SIGNS_HANDSHAKES), ...extensions],
      }),
      key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    }
  }
  return {
    certificate,
    issueServer: (hosts) =>
      issue({ commonName: 'server', organizations: [] }, [usedFor(OID.serverAuth), reachedAt(hosts)]),
    issueClient: (commonName, organizations = []) =>
      issue({ commonName, organizations }, [usedFor(OID.clientAuth)]),
  }
}

/** The PEM text of a certificate, valid from yesterday for a year (RFC 5280, 4.1). */
function encodeCertificate({ issuer, subject, publicKey, signingKey, extensions }: Content): string {
  const algorithm = der(TAG.sequence, oid(OID.ecdsaWithSha256))
  const version3 = der(0xa0, der(TAG.integer, Uint8Array.of(2)))
  const now = Date.now()
  const body = der(
    TAG.sequence,
    version3,
    der(TAG.integer, Uint8Array.of(0x01, ...randomBytes(15))),
    algorithm,
    name(issuer),
    der(TAG.sequence, time(now - DAY_MS), time(now + 365 * DAY_MS)),
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(TAG.sequence, ...extensions)),
  )
  const signed = der(TAG.sequence, body, algorithm, bits(sign('sha256', body, signingKey)))
  const lines =
    Buffer.from(signed)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

function name({ commonName, organizations }: Subject): Uint8Array {
  const part = (type: string, value: string) =>
    der(TAG.set, der(TAG.sequence, oid(type), der(TAG.utf8, Buffer.from(value))))
  return der(
    TAG.sequence,
    ...organizations.map((each) => part(OID.organization, each)),
    part(OID.commonName, commonName),
  )
}

function extension(type: string, value: Uint8Array): Uint8Array {
  return der(TAG.sequence, oid(type), der(TAG.octets, value))
}

function usedFor(purpose: string): Uint8Array {
  return extension(OID.extendedKeyUsage, der(TAG.sequence, oid(purpose)))
}

/** The alternative names: dNSName has the tag [2], iPAddress [7] (RFC 5280, 4.2.1.6). */
function reachedAt(hosts: readonly string[]): Uint8Array {
  const names = hosts.map((host) =>
    isIPv4(host) ? der(0x87, Uint8Array.from(host.split('.'), Number)) : der(0x82, Buffer.from(host)),
  )
  return extension(OID.subjectAltName, der(TAG.sequence, ...names))
}

/** GeneralizedTime to the second, in UTC. */
function time(ms: number): Uint8Array {
  return der(TAG.time, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`))
}

function bits(value: Uint8Array): Uint8Array {
  return der(TAG.bits, Uint8Array.of(0), value)
}

/** An object identifier: the first two numbers share a byte, the rest are in base 128. */
function oid(text: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  return der(TAG.oid, Uint8Array.of(first * 40 + second, ...rest.flatMap(base128)))
}

function base128(value: number): number[] {
  const digits = [value & 0x7f]
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
  return digits
}

/** One tag, length, value of DER (X.690, 8.1). */
function der(tag: number, ...values: readonly Uint8Array[]): Uint8Array {
  const value = Buffer.concat(values)
  return Buffer.concat([Uint8Array.of(tag, ...derLength(value.length)), value])
}

function derLength(length: number): number[] {
  if (length < 0x80) return [length]
  const bytes: number[] = []
  for (let left = length; left > 0; left >>>= 8) bytes.unshift(left & 0xff)
  return [0x80 | bytes.length, ...bytes]
}
