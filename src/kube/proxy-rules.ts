// Which proxy stands between us and a server, by the rules of Go's golang.org/x/net/http/httpproxy, which client-go follows.
import { BlockList, isIP, isIPv6 } from 'node:net'
import { bareHost, portOf } from '../net/address.ts'

type Environment = Readonly<Record<string, string | undefined>>

function variable(env: Environment, name: string): string {
  return env[name] || env[name.toLowerCase()] || ''
}

/** The proxy URL that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name for `server`; never one for this machine itself. */
export function proxyFor(server: string, env: Environment): string | undefined {
  const url = new URL(server)
  const proxy = variable(env, url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY')
  if (proxy === '' || isLoopback(bareHost(url))) return undefined
  if (isExempt(url, variable(env, 'NO_PROXY'))) return undefined
  return proxy.includes('://') ? proxy : `http://${proxy}`
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function isExempt(url: URL, noProxy: string): boolean {
  return noProxy.split(',').some((entry) => exempts(entry.trim().toLowerCase(), url))
}

function exempts(entry: string, url: URL): boolean {
  if (entry === '') return false
  if (entry === '*') return true
  const host = bareHost(url)
  if (entry.includes('/')) return isInRange(host, entry)
  const { name, port } = splitPort(entry)
  if (port !== undefined && port !== portOf(url)) return false
  if (isIP(name) !== 0) return name === host
  const suffix = name.replace(/^\*?\./, '.')
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`)
}

function splitPort(entry: string): { name: string; port?: number } {
  const match = /^\[?(.*?)\]?:(\d+)$/.exec(entry)
  if (match === null || isIPv6(entry)) return { name: entry.replace(/^\[(.*)\]$/, '$1') }
  return { name: match[1] ?? '', port: Number(match[2]) }
}

function isInRange(host: string, range: string): boolean {
  const [network = '', bits = ''] = range.split('/')
  const family = isIP(host)
  if (family === 0 || family !== isIP(network)) return false
  if (!/^\d+$/.test(bits) || Number(bits) > (family === 6 ? 128 : 32)) return false
  const list = new BlockList()
  list.addSubnet(network, Number(bits), family === 6 ? 'ipv6' : 'ipv4')
  return list.check(host, family === 6 ? 'ipv6' : 'ipv4')
}
