import { expect, test } from 'vitest'
import { FakeApi } from '../../test/kube/fake-api.ts'
import { pass, running, start, stop } from '../../test/kube/reflector-bench.ts'

test('where watching is forbidden the resource is listed, said so once, and listed again every ten to fifteen seconds', async () => {
  const api = new FakeApi()
  api.denied.watch = 403
  api.put('a')
  const bench = start(api)
  await bench.reflector.settled
  expect(bench.reflector.phase()).toBe('polling')
  expect(bench.problems.map(({ verb, namespace }) => `${verb} ${namespace}`)).toEqual(['watch '])
  api.put('b')
  await pass(16_000)
  expect(bench.content()).toEqual(api.content())
  for (let i = 0; i < 30_000; i += 1) {
    await pass(10)
    if (bench.reflector.phase() !== 'polling') throw new Error(`it calls itself ${bench.reflector.phase()}`)
  }
  expect(bench.problems).toHaveLength(1)
  expect(bench.contexts.every(({ context }) => context.source === 'poll')).toBe(true)
  expect(bench.contexts.map(({ name }) => name)).toEqual(['a', 'b'])
})

test('a poll tells reduce at which version its namespace was listed before', async () => {
  const api = new FakeApi()
  api.denied.watch = 403
  api.put('a')
  const bench = start(api)
  await bench.reflector.settled
  api.put('a')
  expect(await bench.reflector.pollNow('default')).toBe(true)
  api.put('a')
  expect(await bench.reflector.pollNow('default')).toBe(true)
  expect(bench.contexts.map(({ context }) => context.previousListResourceVersion)).toEqual([
    undefined,
    '2',
    '3',
  ])
})

test('polls asked for at the same time are one list, of the namespace alone, begun after the asking', async () => {
  const api = new FakeApi()
  api.denied.watch = 403
  const bench = start(api)
  await bench.reflector.settled
  api.requests.length = 0
  api.put('a')
  api.put('b', 'other')
  const answers = await Promise.all([bench.reflector.pollNow('default'), bench.reflector.pollNow('default')])
  expect(answers).toEqual([true, true])
  expect(api.requests).toEqual(['list default'])
  expect(bench.content()).toEqual(api.content().filter((each) => each.startsWith('default/')))
  await bench.reflector.pollNow()
  expect(bench.content()).toEqual(api.content())
})

test('a poll that fails answers false', async () => {
  const api = new FakeApi()
  api.denied.watch = 403
  const bench = start(api)
  await bench.reflector.settled
  api.faults.list.push({ kind: 'reset' }, { kind: 'reset' })
  expect(await bench.reflector.pollNow('default')).toBe(false)
  expect(await bench.reflector.pollNow()).toBe(false)
})

test('a right to watch that is granted later is noticed within two minutes', async () => {
  const api = new FakeApi()
  api.denied.watch = 403
  const bench = start(api)
  await bench.reflector.settled
  delete api.denied.watch
  await pass(120_000)
  expect(bench.reflector.phase()).toBe('watching')
  expect(await bench.reflector.pollNow()).toBe(true)
})

test('a list that is forbidden settles the reflector, is said once, and is tried until it is allowed', async () => {
  const api = new FakeApi()
  api.denied.watch = 403
  api.denied.list = 403
  api.put('a')
  const bench = start(api)
  await bench.reflector.settled
  expect(bench.reflector.phase()).toBe('forbidden')
  expect(bench.writer.store.isSynced('')).toBe(false)
  await pass(120_000)
  expect(bench.problems.map(({ verb }) => verb)).toEqual(['list'])
  delete api.denied.list
  delete api.denied.watch
  await pass(46_000)
  expect(bench.content()).toEqual(api.content())
})

test('after an abort nothing is open and nobody waits', async () => {
  const api = new FakeApi()
  api.denied.watch = 403
  const bench = start(api)
  await bench.reflector.settled
  const asked = bench.reflector.pollNow()
  stop.abort()
  await running
  expect(await asked).toBe(false)
  expect(api.openWatches).toBe(0)
})
