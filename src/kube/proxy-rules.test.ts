import { expect, test } from 'vitest'
import { proxyFor } from './proxy-rules.ts'

const env = (NO_PROXY: string) => ({ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY })

test.each([
  ['https://kube.example.com', 'example.com', false],
  ['https://example.com', 'example.com', false],
  ['https://notexample.com', 'example.com', true],
  ['https://example.com', '.example.com', true],
  ['https://kube.example.com', '.example.com', false],
  ['https://kube.example.com', '*.example.com', false],
  ['https://kube.example.com', '*', false],
  ['https://kube.example.com:6443', 'kube.example.com:6443', false],
  ['https://kube.example.com:6443', 'kube.example.com:443', true],
  ['https://kube.example.com', 'kube.example.com:443', false],
  ['https://10.96.0.1', '10.96.0.0/12', false],
  ['https://10.112.0.1', '10.96.0.0/12', true],
  ['https://10.96.0.1:443', '10.96.0.1', false],
  ['https://[fd00::1]', 'fd00::/8', false],
  ['https://[fd00::1]:6443', '[fd00::1]:6443', false],
  ['https://10.96.0.1', '10.96.0.0/99, nonsense/8,,', true],
  ['https://127.0.0.1:6443', '', false],
  ['https://localhost', '', false],
  ['https://[::1]', '', false],
])('%s with NO_PROXY=%s goes through the proxy: %s', (server, noProxy, proxied) => {
  expect(proxyFor(server, env(noProxy))).toBe(proxied ? 'http://proxy:3128' : undefined)
})

test('the scheme of the server chooses the variable, in capitals or not, and a proxy without scheme is http', () => {
  expect(proxyFor('http://kube', { HTTPS_PROXY: 'https://a', http_proxy: 'b:3128' })).toBe('http://b:3128')
  expect(proxyFor('https://kube', { https_proxy: 'socks5://c' })).toBe('socks5://c')
  expect(proxyFor('https://kube', {})).toBeUndefined()
})
