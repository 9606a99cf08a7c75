import { afterEach, expect, test } from 'vitest'
import { createApiServer } from './api-server.ts'
import type { Listener } from './http-listener.ts'

const listeners: Listener[] = []
afterEach(async () => {
  for (const each of listeners.splice(0)) await each.close()
})

const configMap = (name: string, data: Record<string, string> = { a: '1' }) => ({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name, namespace: 'default' },
  data,
})

test('a watch over HTTP sends what is there, the end of it, and then every change', async () => {
  const server = createApiServer()
  const listener = await server.listen()
  listeners.push(listener)
  server.objects.create(configMap('one'))
  const query = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
  const stop = new AbortController()
  const response = await fetch(`${listener.url}/api/v1/configmaps?${query}`, {
    headers: { authorization: `Bearer ${server.tokens.issueAdmin()}` },
    signal: stop.signal,
  })
  expect(response.status).toBe(200)
  const seen: string[] = []
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    for (const line of decoder.decode(chunk).trim().split('\n')) {
      const { type, object } = JSON.parse(line)
      seen.push(`${type} ${object.metadata.name ?? ''}`)
    }
    if (seen.length === 2) server.objects.create(configMap('two'))
    if (seen.length >= 3) break
  }
  stop.abort()
  expect(seen).toEqual(['ADDED one', 'BOOKMARK ', 'ADDED two'])
})
