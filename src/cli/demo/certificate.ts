// Makes a self-signed X.509 certificate with node:crypto alone: the few DER values of RFC 5280 that one needs, written out.
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** What a Secret of type kubernetes.io/tls holds, in PEM. */
export interface TlsPair {
  readonly certificate: string
  readonly key: string
}

export interface CertificateOptions {
  /** Common name and first subject alternative name; at most 64 characters. */
  readonly dnsName: string
  /** One more subject alternative name: an IPv4 address. */
  readonly address?: string
  readonly notBefore: Date
  /** Both dates before 2050: RFC 5280 writes later ones in another form. */
  readonly notAfter: Date
}

const OID = {
  ecdsaWithSha256: '2a8648ce3d040302',
  commonName: '550403',
  subjectAltName: '551d11',
} as const
/** Tags of X.690: what is constructed carries 0x20, what depends on its place 0x80. */
const TAG = {
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
} as const
const SET = 0x31
const [PLACE_0, PLACE_3] = [0xa0, 0xa3]
const [DNS_NAME, IP_ADDRESS] = [0x82, 0x87]
/** Version 3, the one with extensions. */
const V3 = Buffer.of(2)

/** A fresh P-256 key and a certificate for it. */
export function createCertificate({ dnsName, address, notBefore, notAfter }: CertificateOptions): TlsPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = sequence(der(TAG.oid, hex(OID.ecdsaWithSha256)))
  const name = sequence(
    der(SET, sequence(der(TAG.oid, hex(OID.commonName)), der(TAG.utf8, Buffer.from(dnsName)))),
  )
  const toBeSigned = sequence(
    der(PLACE_0, der(TAG.integer, V3)),
    der(TAG.integer, serialNumber()),
    algorithm,
    name,
    sequence(utcTime(notBefore), utcTime(notAfter)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(PLACE_3, sequence(alternativeNames(dnsName, address))),
  )
  const signature = sign('sha256', toBeSigned, privateKey)
  // The first byte of a bit string says how many bits of the last one are unused.
  const certificate = sequence(toBeSigned, algorithm, der(TAG.bits, Buffer.of(0), signature))
  return {
    certificate: pem('CERTIFICATE', certificate),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function alternativeNames(dnsName: string, address: string | undefined): Buffer {
  const names = sequence(
    der(DNS_NAME, Buffer.from(dnsName)),
    ...(address === undefined ? [] : [der(IP_ADDRESS, Buffer.from(address.split('.').map(Number)))]),
  )
  return sequence(der(TAG.oid, hex(OID.subjectAltName)), der(TAG.octets, names))
}

/** Positive and without a leading zero byte: the first byte is from 0x40 to 0x7f. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16)
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0)
  return bytes
}

/** `YYMMDDHHMMSSZ`. */
function utcTime(time: Date): Buffer {
  return der(TAG.utcTime, Buffer.from(`${time.toISOString().replace(/\D/g, '').slice(2, 14)}Z`))
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(TAG.sequence, ...parts)
}

/** A value: its tag, its length, its content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content])
}

/** Up to 127 in one byte; longer ones as the number of bytes that follow, and those. */
function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length)
  const digits = length.toString(16)
  const bytes = hex(digits.length % 2 === 0 ? digits : `0${digits}`)
  return Buffer.concat([Buffer.of(0x80 | bytes.length), bytes])
}

function hex(digits: string): Buffer {
  return Buffer.from(digits, 'hex')
}

function pem(label: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
