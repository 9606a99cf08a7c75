// behaviour.md I4: two processes at once, without an election, never make a second roll.
import { expect, test } from 'vitest'
import { createGate, eventually } from './harness/eventually.ts'
import { holdRequest } from './harness/faults.ts'
import { AUTO, configMapNamed, envFrom, secretNamed } from './harness/fixtures.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const uses = [envFrom(configMapNamed('app')), envFrom(secretNamed('key'))]

async function begin(flags: readonly string[] = []) {
  const { ns, controller: one, installation } = await world.start({ flags })
  const two = await installation.start()
  const config = await ns.configMap('app', { a: '1' })
  const secret = await ns.secret('key', { a: 'the-first-value' })
  const web = await ns.workload('web', { annotations: AUTO, uses })
  await one.decided()
  await two.decided()
  return { ns, one, two, installation, config, secret, web }
}

test.each(['env-vars', 'annotations'])('ten changes, two controllers (%s): ten rolls', async (strategy) => {
  const { one, two, config, secret, web } = await begin([`--reload-strategy=${strategy}`])
  for (let round = 1; round <= 10; round += 1) {
    if (round % 2 === 0) await config.set({ a: String(round) })
    else await secret.set({ a: `value-of-round-${round}` })
    await eventually(() => web.rolls === round)
  }
  await one.decided()
  expect(await two.rolls({ [web.id]: 10 })).toEqual({ [web.id]: 10 })
})

test('both plan the same roll from the same version: they send the same bytes, and one of them is refused', async () => {
  const { one, two, config, web } = await begin()
  const gates = [one, two].map(({ proxy }) => {
    const gate = createGate()
    proxy.onRequest({ verb: 'patch', name: 'web' }, holdRequest(gate))
    return gate
  })
  await config.set({ a: '2' })
  await Promise.all(gates.map(({ reached }) => reached))
  for (const gate of gates) gate.open()
  expect(await one.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  expect(await two.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  const [first, second] = [one, two].map(({ proxy }) => proxy.requestsLike({ verb: 'patch', name: 'web' }))
  expect(JSON.stringify(first?.[0]?.body)).toBe(JSON.stringify(second?.[0]?.body))
  expect([first?.[0]?.status, second?.[0]?.status].sort()).toEqual([200, 409])
})

test('what two controllers recorded between them, a third one takes over without a roll or a read', async () => {
  const { ns, one, two, installation, config, web } = await begin()
  const only = await ns.workload('only', { annotations: AUTO, uses })
  await config.set({ a: '2' })
  const expected = { [web.id]: 1, [only.id]: 1 }
  expect(await one.rolls(expected)).toEqual(expected)
  await two.decided()
  await installation.recorded(web, only)
  await Promise.all([one, two].map((each) => each.kill('SIGTERM')))
  const three = await installation.start()
  expect(await three.rolls(expected)).toEqual(expected)
  expect(three.proxy.requestsLike({ verb: 'get', resource: 'configmaps', name: 'app' })).toEqual([])
})

test('a late PATCH of a process that was left behind changes nothing', async () => {
  const { one, two, config, web } = await begin()
  const gate = createGate()
  one.proxy.onRequest({ verb: 'patch', name: 'web' }, holdRequest(gate))
  await config.set({ a: '2' })
  await gate.reached
  expect(await two.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await config.set({ a: '3' })
  expect(await two.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
  gate.open()
  expect(await one.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
})
