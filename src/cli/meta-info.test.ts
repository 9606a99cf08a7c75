import { expect, test, vi } from 'vitest'
import { FakeClient, FORBIDDEN } from '../../test/fake/fake-client.ts'
import { META_INFO_NAME } from '../types/own-objects.ts'
import { publishMetaInfo, withoutSecrets } from './meta-info.ts'
import { parseCommand } from './options/options.ts'

const WHERE = { namespace: 'reloader', name: META_INFO_NAME }
const signal = new AbortController().signal

function publishedOptions(argv: readonly string[]): Readonly<Record<string, unknown>> {
  const command = parseCommand([...argv], {})
  if (command.kind !== 'run') throw new Error('Cannot read options: it is not a run')
  return command.options.published
}

function setUp(argv: readonly string[] = []) {
  const client = new FakeClient()
  const log = { warn: vi.fn() }
  const build = { version: '1.2.3', commit: 'abc' }
  const parts = { client, build, namespace: 'reloader', name: 'rel', published: publishedOptions(argv), log }
  return { client, log, publish: () => publishMetaInfo(parts, signal) }
}

test('what runs here stands in a ConfigMap that is labelled for those who look for it', async () => {
  const { client, publish } = setUp()
  await publish()
  const { metadata, data } = client.object('configmaps', WHERE) as unknown as {
    readonly metadata: { readonly labels: object }
    readonly data: Record<string, string>
  }
  expect(metadata.labels).toEqual({ 'reloader.stakater.com/meta-info': 'reloader' })
  expect(JSON.parse(data.buildInfo ?? '')).toMatchObject({ releaseVersion: '1.2.3', commitHash: 'abc' })
  expect(JSON.parse(data.deploymentInfo ?? '')).toEqual({ name: 'rel', namespace: 'reloader' })
  expect(Object.keys(JSON.parse(data.reloaderOptions ?? ''))).toHaveLength(34)
})

test('it is written where it says something else, and not again', async () => {
  const { client, publish } = setUp()
  client.put('configmaps', { metadata: { ...WHERE }, data: { buildInfo: '{}' } })
  await publish()
  await publish()
  expect(client.requested('create', 'update')).toEqual([`update configmaps ${META_INFO_NAME}`])
})

test('a refusal is one warning', async () => {
  const { client, log, publish } = setUp()
  client.before = () => {
    throw FORBIDDEN
  }
  await publish()
  expect(log.warn.mock.calls).toEqual([[expect.stringContaining(`reloader/${META_INFO_NAME}`)]])
})

test('the options are named as the incumbent names them', () => {
  const argv = ['--resources-to-ignore=secrets', '--namespace-selector=team:a', '--reload-on-create=True']
  expect(publishedOptions(argv)).toMatchObject({
    resourcesToIgnore: ['secrets'],
    namespaceSelectors: ['team=a'],
    resourceSelectors: [],
    reloadOnCreate: true,
    reloadStrategy: 'env-vars',
    webhookUrl: '',
  })
})

test.each([
  ['', ''],
  ['https://hooks.example.com', 'https://hooks.example.com/'],
  ['https://hooks.example.com:8443/services/T0/B0/token', 'https://hooks.example.com:8443/***'],
  ['https://user:secret@hooks.example.com', 'https://hooks.example.com/***'],
  ['http://hooks.example.com/?key=secret', 'http://hooks.example.com/***'],
])('of the URL %j is published %j', (url, published) => {
  expect(withoutSecrets(url)).toBe(published)
})
