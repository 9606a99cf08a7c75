import { expect, test } from 'vitest'
import { FakeApi } from '../../test/kube/fake-api.ts'
import { pass, start } from '../../test/kube/reflector-bench.ts'

const behind = ({ reflector }: ReturnType<typeof start>) =>
  Math.round(performance.now() - reflector.shownUntil())

test('while a watch works all is shown up to now, however quiet it is', async () => {
  const bench = start(new FakeApi())
  await bench.reflector.settled
  await pass(100_000)
  expect(behind(bench)).toBe(0)
})

test('what came since the last list where watching is forbidden is not shown', async () => {
  const api = new FakeApi()
  api.denied.watch = 403
  const bench = start(api)
  await bench.reflector.settled
  await pass(9_000)
  expect(behind(bench)).toBe(9_000)
  await pass(7_000)
  expect(behind(bench)).toBeLessThan(7_000)
})

test('a watch that is away has shown what it told last, until it tells something again', async () => {
  const api = new FakeApi()
  api.faults.watch.push({ kind: 'reset', after: 2 })
  const bench = start(api)
  await bench.reflector.settled
  api.denied.watch = 503
  await pass(10_000)
  api.put('a')
  await pass(20_000)
  expect(behind(bench)).toBe(20_000)
  delete api.denied.watch
  api.put('b')
  await pass(60_000)
  expect(behind(bench)).toBe(0)
})

test('where there is nothing to list, nothing is left to be shown', async () => {
  const api = new FakeApi()
  api.denied.list = 403
  api.denied.watch = 403
  const bench = start(api)
  await bench.reflector.settled
  await pass(5_000)
  expect([bench.reflector.phase(), behind(bench)]).toEqual(['forbidden', 0])
})
