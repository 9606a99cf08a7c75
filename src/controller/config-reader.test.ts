import { describe, expect, it, vi } from 'vitest'
import { TEST_KEY } from '../../test/builders.ts'
import { FakeClient, FORBIDDEN, SERVER_ERROR } from '../../test/fake/fake-client.ts'
import { mountedClass } from '../../test/pod-statuses.ts'
import { changedKeys, digestContent, digestOf, digestVersions } from '../decide/content/digest.ts'
import { reduceConfig } from '../decide/reduce-config.ts'
import { DEFAULT_ANNOTATION_NAMES } from '../decide/settings/annotation-names.ts'
import type { RawObject } from '../kube/raw-object.ts'
import { CONFIG_RESOURCES, type Config, type ConfigType } from '../types/config.ts'
import type { ConfigRecord } from '../types/record.ts'
import { type ConfigReaderOptions, createConfigReader, type ReadResult } from './config-reader.ts'

const signal = new AbortController().signal
const READ = { incumbentHash: false, signal }

function setUp(options: Partial<ConfigReaderOptions> = {}) {
  const client = new FakeClient()
  const onRead = vi.fn()
  const reader = createConfigReader({
    client,
    onRead,
    digest: (object, { ref, incumbentHash }) =>
      digestContent(object, { type: ref.kind, key: TEST_KEY, incumbentHash }),
    digestVersions: (config, { incumbentHash }) => digestVersions(config, { key: TEST_KEY, incumbentHash }),
    reduce: (object, previous) =>
      reduceConfig(object, { type: previous.ref.kind, names: DEFAULT_ANNOTATION_NAMES, previous }),
    ...options,
  })
  return { client, reader, onRead }
}

/** Writes a config and returns it as the watch would show it. */
function put(
  client: FakeClient,
  name: string,
  data: Readonly<Record<string, string>> = {},
  type: ConfigType = 'ConfigMap',
): Config {
  return shown(
    client.put(CONFIG_RESOURCES[type].plural, { metadata: { namespace: 'shop', name }, data }),
    type,
  )
}

function shown(object: RawObject, type: ConfigType = 'ConfigMap'): Config {
  return reduceConfig(object, { type, names: DEFAULT_ANNOTATION_NAMES })
}

function contentOf(result: ReadResult) {
  if (result.state !== 'present' || result.content === undefined)
    throw new Error(`Cannot use ${result.state}: no content`)
  return result.content
}

const ref = (name: string) => ({ kind: 'ConfigMap', namespace: 'shop', name }) as const

describe('reading the content of a config', () => {
  it('asks once for however many readers of one version, at the same time and later', async () => {
    const { client, reader } = setUp()
    const config = put(client, 'conf', { a: '1' })
    const results = await Promise.all([1, 2, 3].map(() => reader.read(config, READ)))
    expect(new Set(results).size).toBe(1)
    expect(await reader.read(config, READ)).toBe(results[0])
    expect(client.requested('get')).toEqual(['get configmaps conf'])
  })

  it('asks again for another version, and for an object of the same name', async () => {
    const { client, reader } = setUp()
    const first = await reader.read(put(client, 'conf', { a: '1' }), READ)
    const second = await reader.read(put(client, 'conf', { a: '2' }), READ)
    client.remove('configmaps', ref('conf'))
    const third = await reader.read(put(client, 'conf', { a: '1' }), READ)
    const digests = [first, second, third].map((result) => digestOf(contentOf(result), 'all'))
    expect(digests[0]).toBe(digests[2])
    expect(digests[0]).not.toBe(digests[1])
    expect(client.requested('get')).toHaveLength(3)
  })

  it('tells what the config was when it was read, which may be later than what was asked for', async () => {
    const { client, reader } = setUp()
    const old = put(client, 'conf', { a: '1' })
    const now = put(client, 'conf', { a: '2' })
    const result = await reader.read(old, READ)
    expect(contentOf(result).resourceVersion).toBe(now.resourceVersion)
    expect(result).toMatchObject({
      config: { resourceVersion: now.resourceVersion, firstSeen: old.firstSeen },
    })
  })

  it('keeps no value: not in what it returns and not in what it remembers', async () => {
    const { client, reader } = setUp()
    const secret = put(client, 'conf', { password: Buffer.from('hunter2').toString('base64') }, 'Secret')
    const result = await reader.read(secret, READ)
    const text = JSON.stringify(result, (_key, value) => (value instanceof Map ? [...value] : value))
    expect(text).not.toContain('hunter2')
    expect(text).not.toContain(Buffer.from('hunter2').toString('base64'))
    expect(text).toContain('password')
  })

  it('does not remember a failure', async () => {
    const { client, reader, onRead } = setUp()
    const config = put(client, 'conf')
    client.before = () => {
      throw SERVER_ERROR
    }
    const failed = await reader.read(config, READ)
    expect(failed).toEqual({ state: 'unreadable', problem: 'the server answered 500', config })
    client.before = () => {}
    expect((await reader.read(config, READ)).state).toBe('present')
    expect(onRead.mock.calls.map(([, state]) => state)).toEqual(['unreadable', 'present'])
  })

  it('does not forget a later read because an earlier one failed', async () => {
    const { client, reader } = setUp()
    const old = put(client, 'conf', { a: '1' })
    let fail = () => {}
    client.before = () => new Promise((_resolve, reject) => (fail = () => reject(FORBIDDEN)))
    const failing = reader.read(old, READ)
    client.before = () => {}
    const now = put(client, 'conf', { a: '2' })
    await reader.read(now, READ)
    fail()
    expect((await failing).state).toBe('unreadable')
    expect((await reader.read(now, READ)).state).toBe('present')
    expect(client.requested('get')).toHaveLength(2)
  })

  it('says that a config is absent when the answer is 404', async () => {
    const { client, reader, onRead } = setUp()
    const config = put(client, 'conf')
    client.remove('configmaps', ref('conf'))
    expect(await reader.read(config, READ)).toEqual({ state: 'absent', verified: true })
    expect(onRead).toHaveBeenCalledExactlyOnceWith(config.ref, 'absent')
  })

  it("reads again when the incumbent's hash is asked for and was not made, and only then", async () => {
    const { client, reader } = setUp()
    const config = put(client, 'conf', { a: '1' })
    expect(contentOf(await reader.read(config, READ)).incumbentHash).toBeUndefined()
    const hashed = await reader.read(config, { incumbentHash: true, signal })
    expect(contentOf(hashed).incumbentHash).toMatch(/^[0-9a-f]{40}$/)
    expect(await reader.read(config, READ)).toBe(hashed)
    expect(client.requested('get')).toHaveLength(2)
  })

  it('remembers no more than it is told to, the least recently used going first', async () => {
    const { client, reader } = setUp({ maxEntries: 2 })
    const [a, b, c] = ['a', 'b', 'c'].map((name) => put(client, name)) as [Config, Config, Config]
    await reader.read(a, READ)
    await reader.read(b, READ)
    await reader.read(a, READ)
    await reader.read(c, READ)
    client.requests.length = 0
    await reader.read(a, READ)
    await reader.read(c, READ)
    await reader.read(b, READ)
    expect(client.requested('get')).toEqual(['get configmaps b'])
  })

  it('is a failure like others when the signal aborts, and nobody is told to believe it', async () => {
    const { client, reader } = setUp()
    const config = put(client, 'conf')
    client.before = () => {
      throw new DOMException('stopped', 'AbortError')
    }
    expect((await reader.read(config, READ)).state).toBe('unreadable')
    client.before = () => {}
    expect((await reader.read(config, READ)).state).toBe('present')
  })

  it('keeps nobody waiting for an answer that is long in coming, shares it all the same, and has it once it came', async () => {
    const { client, reader, onRead } = setUp({ patienceMs: 10 })
    const config = put(client, 'conf', { a: '1' })
    let answer = () => {}
    const held = new Promise<void>((resolve) => {
      answer = resolve
    })
    client.before = () => held
    const late = { state: 'unreadable', problem: 'the API server has not answered for 10 ms', config }
    expect(await Promise.all([reader.read(config, READ), reader.read(config, READ)])).toEqual([late, late])
    expect(await reader.exists(ref('other'), { signal })).toMatchObject({ state: 'unreadable' })
    answer()
    await vi.waitFor(() => expect(onRead).toHaveBeenCalled())
    expect((await reader.read(config, READ)).state).toBe('present')
    expect(client.requested('get')).toEqual(['get configmaps conf'])
  })
})

describe('a SecretProviderClass', () => {
  it('is read without a request: the store shows all there is', async () => {
    const { client, reader, onRead } = setUp()
    const config = mountedClass('100', 'v1')
    const content = contentOf(await reader.read(config, READ))
    expect(content).toEqual(digestVersions(config, { key: TEST_KEY }))
    await reader.read(mountedClass('101', 'v2'), READ)
    const record = { state: 'present', ...content, keys: 'all', digest: 'x' } as const
    expect(reader.changedKeys(config.ref, record)).toEqual(['db'])
    expect([client.requests, onRead.mock.calls]).toEqual([[], []])
  })

  it('is never absent, and nobody is asked', async () => {
    const { client, reader } = setUp()
    const { ref } = mountedClass('100', 'v1')
    expect(await reader.exists(ref, { signal })).toEqual({ state: 'outOfScope' })
    expect(client.requests).toEqual([])
  })
})

describe('asking whether a config exists', () => {
  it('costs one request without content, and is remembered until the store shows a change', async () => {
    const { client, reader } = setUp()
    const absent = { state: 'absent', verified: true }
    expect(await reader.exists(ref('conf'), { signal })).toEqual(absent)
    expect(await reader.exists(ref('conf'), { signal })).toEqual(absent)
    expect(client.requested('get', 'getMetadata')).toEqual(['getMetadata configmaps conf'])
    put(client, 'conf')
    reader.forget(ref('conf'))
    expect(await reader.exists(ref('conf'), { signal })).toEqual({ state: 'outOfScope' })
    expect(client.requested('getMetadata')).toHaveLength(2)
  })

  it('says what it held in an earlier version, as far as that is known', async () => {
    const { client, reader } = setUp()
    const first = put(client, 'conf', { a: '1' })
    const now = put(client, 'conf', { a: '2' })
    const at = (version: string) => reader.readAt(now, { version, signal })
    const earlier = await at(first.resourceVersion)
    expect(earlier?.resourceVersion).toBe(first.resourceVersion)
    expect(earlier && changedKeys(earlier, contentOf(await reader.read(now, READ)))).toEqual(['a'])
    expect(await at('1')).toBeUndefined()
    client.before = () => {
      throw FORBIDDEN
    }
    expect(await at(first.resourceVersion)).toBeUndefined()
    await expect(
      reader.readAt(now, { version: '1', signal: AbortSignal.abort(new Error('enough')) }),
    ).rejects.toThrow('enough')
  })

  it('does not take an error for absence, and does not remember it', async () => {
    const { client, reader } = setUp()
    client.before = () => {
      throw FORBIDDEN
    }
    expect(await reader.exists(ref('conf'), { signal })).toEqual({
      state: 'unreadable',
      problem: 'the server answered 403',
    })
    client.before = () => {}
    expect((await reader.exists(ref('conf'), { signal })).state).toBe('absent')
  })

  it('does not take what was read before it vanished for an answer, nor the other way round', async () => {
    const { client, reader } = setUp()
    const config = put(client, 'conf')
    await reader.read(config, READ)
    client.remove('configmaps', ref('conf'))
    expect((await reader.exists(ref('conf'), { signal })).state).toBe('absent')
    expect((await reader.read(put(client, 'conf'), READ)).state).toBe('present')
  })

  it('leaves content alone when it is told to forget', async () => {
    const { client, reader } = setUp()
    const config = put(client, 'conf')
    await reader.read(config, READ)
    reader.forget(config.ref)
    await reader.read(config, READ)
    expect(client.requested('get')).toHaveLength(1)
  })
})

describe('the names of changed keys', () => {
  const recordOf = ({ uid, resourceVersion }: Config): ConfigRecord => ({
    state: 'present',
    uid,
    resourceVersion,
    keys: 'all',
    digest: 'x',
  })

  it('are those that differ between the recorded version and the last read', async () => {
    const { client, reader } = setUp()
    const before = put(client, 'conf', { a: '1', b: '1', c: '1' })
    await reader.read(before, READ)
    await reader.read(put(client, 'conf', { a: '1', b: '2', d: '1' }), READ)
    expect(reader.changedKeys(ref('conf'), recordOf(before))).toEqual(['b', 'c', 'd'])
  })

  it('are not known where the recorded version was not read, or not since', async () => {
    const { client, reader } = setUp()
    const before = put(client, 'conf', { a: '1' })
    expect(reader.changedKeys(ref('conf'), recordOf(before))).toEqual([])
    await reader.read(before, READ)
    expect(reader.changedKeys(ref('conf'), recordOf(before))).toEqual([])
    const between = put(client, 'conf', { a: '2' })
    await reader.read(put(client, 'conf', { a: '3' }), READ)
    expect(reader.changedKeys(ref('conf'), recordOf(between))).toEqual([])
    expect(reader.changedKeys(ref('conf'), { state: 'absent' })).toEqual([])
    expect(reader.changedKeys(ref('conf'), undefined)).toEqual([])
  })
})
