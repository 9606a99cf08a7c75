import { expect, test, vi } from 'vitest'
import { FakeApi } from '../../test/kube/fake-api.ts'
import { pass, start, toStored } from '../../test/kube/reflector-bench.ts'
import { ApiError } from './api-error.ts'

test('a stream of initial events is taken in at once, as a list', async () => {
  const api = new FakeApi()
  api.put('a')
  api.put('b', 'other')
  const { reflector, content, changes, writer, contexts } = start(api)
  await reflector.settled
  expect(content()).toEqual(api.content())
  expect(changes.map(({ type, from }) => `${type} ${from}`)).toEqual(['added sync', 'added sync'])
  expect(writer.store.isSynced('')).toBe(true)
  expect(reflector.phase()).toBe('watching')
  expect(contexts.map(({ context }) => context.source)).toEqual(['list', 'list'])
})

test('events of the watch follow, without another request', async () => {
  const api = new FakeApi()
  const bench = start(api)
  await bench.reflector.settled
  api.put('a')
  api.put('a')
  api.put('b')
  api.remove('b')
  await pass(0)
  expect(bench.content()).toEqual(api.content())
  expect(bench.changes.map(({ type, from }) => `${type} ${from}`)).toEqual([
    'added watch',
    'modified watch',
    'added watch',
    'deleted watch',
  ])
  expect(bench.changes.at(-1)).toMatchObject({ old: { resourceVersion: '4' }, resourceVersion: '5' })
  expect(api.requests).toEqual(['watch-list'])
})

test.each([400, 422])(
  'a server that answers %i to the stream is listed page by page and watched from there',
  async (code) => {
    const api = new FakeApi()
    api.put('a')
    api.faults.watch.push({ kind: 'status', code })
    const bench = start(api)
    await bench.reflector.settled
    await pass(0)
    expect(bench.content()).toEqual(api.content())
    expect(api.requests).toEqual(['watch-list', 'list', 'watch 2'])
  },
)

test('a stream without the end of the initial events is given up after ten silent seconds', async () => {
  const api = new FakeApi()
  api.put('a')
  api.faults.watch.push({ kind: 'no-initial-end' })
  const bench = start(api)
  await pass(9_000)
  expect(bench.content()).toEqual([])
  await pass(1_500)
  expect(bench.content()).toEqual(api.content())
  expect(bench.reflector.phase()).toBe('watching')
})

test.each([
  ['a reset', { kind: 'reset' as const }],
  ['half a line', { kind: 'half-line' as const }],
  ['a 500', { kind: 'status' as const, code: 500 }],
  ['a 503', { kind: 'status' as const, code: 503 }],
])('after %s the watch is resumed from where it was, and nothing is listed again', async (_name, fault) => {
  const api = new FakeApi()
  api.faults.watch.push({ ...fault, after: 2 })
  const bench = start(api)
  await bench.reflector.settled
  api.put('a')
  await pass(0)
  api.put('b')
  await pass(1_000)
  expect(bench.content()).toEqual(api.content())
  expect(api.requests).toEqual(['watch-list', 'watch 2'])
  expect(bench.changes).toHaveLength(2)
  expect(bench.retries).toHaveLength(1)
})

test('a 410, at the start of a watch or within it, leads to a new list that tells only the differences', async () => {
  const api = new FakeApi()
  api.put('kept')
  api.put('gone')
  api.faults.watch.push({ kind: 'reset', after: 3 })
  const bench = start(api)
  await bench.reflector.settled
  bench.changes.length = 0
  api.remove('gone')
  api.put('new')
  api.compact()
  await pass(2_000)
  expect(bench.content()).toEqual(api.content())
  expect(bench.changes.map(({ type, from }) => `${type} ${from}`)).toEqual(['deleted list', 'added list'])
  expect(bench.lists).toBe(2)
})

test('a 429 is left alone for as long as it asks', async () => {
  const api = new FakeApi()
  api.faults.watch.push({ kind: 'status', code: 429, retryAfterMs: 40_000 })
  const bench = start(api)
  await pass(39_999)
  expect(api.requests).toHaveLength(1)
  await pass(20_001)
  expect(api.requests).toHaveLength(2)
  expect(bench.reflector.phase()).toBe('watching')
})

test('a silent watch is resumed, and one that stays silent is listed again', async () => {
  const api = new FakeApi()
  api.put('a')
  api.faults.watch.push({ kind: 'silence', after: 2 }, { kind: 'silence' })
  const bench = start(api)
  await bench.reflector.settled
  api.restore()
  await pass(151_000)
  expect(api.requests).toEqual(['watch-list', 'watch 2'])
  await pass(152_000)
  expect(api.requests).toEqual(['watch-list', 'watch 2', 'watch-list'])
  expect(bench.content()).toEqual(api.content())
})

test('watches that end at once are begun again ever more slowly', async () => {
  const api = new FakeApi()
  api.faults.watch.push({ kind: 'end', after: 1 })
  for (let i = 0; i < 100; i += 1) api.faults.watch.push({ kind: 'end' })
  start(api)
  await pass(60_000)
  expect(api.requests.length).toBeLessThan(12)
  expect(api.requests.length).toBeGreaterThan(5)
})

test('repeated and reordered events change nothing twice and never go back', async () => {
  const api = new FakeApi()
  api.faults.watch.push({ kind: 'reorder', after: 5 })
  const bench = start(api)
  await bench.reflector.settled
  api.put('a')
  api.put('a')
  api.remove('a')
  api.put('b')
  await pass(0)
  expect(bench.content()).toEqual(api.content())
  expect(bench.changes.map(({ type }) => type)).toEqual(['added', 'modified', 'deleted', 'added'])
})

test('an optional resource that is not served is missing, although RBAC refuses it, and is found once it is served', async () => {
  const api = new FakeApi()
  api.served = false
  api.denied.watch = 403
  api.denied.list = 403
  api.put('a')
  const bench = start(api, { optional: true })
  await bench.reflector.settled
  expect(bench.reflector.phase()).toBe('missing')
  expect([api.requests, bench.problems]).toEqual([[], []])
  api.served = true
  delete api.denied.watch
  delete api.denied.list
  await pass(9_000)
  expect(bench.reflector.phase()).toBe('watching')
  expect(bench.changes.map(({ type }) => type)).toEqual(['added'])
})

test('nobody waits for an optional resource whose API is down, and it is there when that is back', async () => {
  const api = new FakeApi()
  api.put('a')
  const serves = vi.fn().mockRejectedValue(new ApiError('service unavailable', { code: 503, reason: '' }))
  const bench = start(api, { client: { ...api.client, serves }, optional: true })
  await bench.reflector.settled
  expect(bench.writer.store.isSynced('')).toBe(false)
  expect(bench.reflector.phase()).toBe('listing')
  serves.mockResolvedValue(true)
  await pass(2_000)
  expect(bench.content()).toEqual(api.content())
})

test('a resource that is always there is waited for', async () => {
  const api = new FakeApi()
  api.faults.watch.push({ kind: 'reset' })
  const settled = vi.fn()
  void start(api).reflector.settled.then(settled)
  await pass(100)
  expect(settled).not.toHaveBeenCalled()
  await pass(900)
  expect(settled).toHaveBeenCalled()
})

test('a resource that the server does not know settles the reflector, and is found when it is installed', async () => {
  const api = new FakeApi()
  api.denied.watch = 404
  api.denied.list = 404
  api.put('a')
  const bench = start(api)
  await bench.reflector.settled
  expect(bench.reflector.phase()).toBe('missing')
  expect(bench.problems).toEqual([])
  delete api.denied.list
  delete api.denied.watch
  await pass(9_000)
  expect(bench.content()).toEqual(api.content())
})

test('an object at which reduce throws is left out and named, and the others go on', async () => {
  const api = new FakeApi()
  api.put('bad')
  api.put('good')
  const bad: string[] = []
  const bench = start(api, {
    reduce(object) {
      if (object.metadata.name === 'bad') throw new Error('no')
      return toStored(object)
    },
    onBadObject: ({ name }) => bad.push(name),
  })
  await bench.reflector.settled
  expect([...bench.writer.store.list()].map(({ ref }) => ref.name)).toEqual(['good'])
  expect(bad).toEqual(['bad'])
})
