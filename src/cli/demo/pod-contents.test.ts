import { expect, test } from 'vitest'
import { createCertificate } from './certificate.ts'
import { contentsOf, differences, secretNames } from './pod-contents.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')
const nothingSecret = () => false

test('a pod is asked for its variables and its files', async () => {
  const answers: Readonly<Record<string, Record<string, string>>> = {
    env: { FLAG: 'on' },
    files: { '/etc/app/pool.properties': base64('size=1\n') },
  }
  const client = { askPod: async (_pod: unknown, path: string) => answers[path] ?? {} }
  const pod = { kind: 'Pod', metadata: { name: 'p', namespace: 'default' } }
  expect(await contentsOf(client, pod)).toEqual({ FLAG: 'on', '/etc/app/pool.properties': 'size=1\n' })
})

test('what differs is told, and how it was stamped is not', () => {
  const old = { FLAG: 'false', SAME: '1', STAKATER_FLAGS_CONFIGMAP: 'a' }
  const present = { FLAG: 'true', SAME: '1', STAKATER_FLAGS_CONFIGMAP: 'b', NEW: 'x' }
  expect(differences(old, present, nothingSecret)).toEqual(['FLAG false → true', 'NEW (none) → x'])
})

test('nothing of a Secret is told but that it changed', () => {
  const told = differences({ TOKEN: 'hunter2' }, { TOKEN: 'hunter3' }, (name) => name === 'TOKEN')
  expect(told).toEqual(['TOKEN changed'])
  expect(differences({ '/etc/tls/tls.key': 'a' }, { '/etc/tls/tls.key': 'b' }, nothingSecret)).toEqual([])
})

test('a certificate is told by its serial number', () => {
  const make = () =>
    createCertificate({ dnsName: 'a', notBefore: new Date(), notAfter: new Date(Date.now() + 60_000) })
  const path = '/etc/tls/tls.crt'
  const [told] = differences({ [path]: make().certificate }, { [path]: make().certificate }, nothingSecret)
  expect(told).toMatch(/^tls\.crt #[0-9a-f]{8} → #[0-9a-f]{8}$/)
})

test('what comes from Secrets is found: variables by key and as a whole, and files', () => {
  const container = {
    name: 'app',
    env: [
      { name: 'KEY', valueFrom: { secretKeyRef: { name: 'master', key: 'key' } } },
      { name: 'PLAIN', value: '1' },
    ],
    volumeMounts: [
      { name: 'pass', mountPath: '/etc/pass' },
      { name: 'conf', mountPath: '/etc/conf' },
    ],
    envFrom: [{ secretRef: { name: 'token' } }, { configMapRef: { name: 'flags' } }],
  }
  const secret = { kind: 'Secret', metadata: { name: 'token' }, data: { API_TOKEN: base64('x') } }
  const volumes = [
    { name: 'pass', secret: { secretName: 'master' } },
    { name: 'conf', configMap: { name: 'flags' } },
  ]
  const isSecret = secretNames({ kind: 'Pod', spec: { containers: [container], volumes } }, [secret])
  const names = ['KEY', 'API_TOKEN', '/etc/pass/word', 'PLAIN', 'FLAG', '/etc/conf/word']
  expect(names.filter(isSecret)).toEqual(['KEY', 'API_TOKEN', '/etc/pass/word'])
})
