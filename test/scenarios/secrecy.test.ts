// behaviour.md I5: the bytes of a Secret exist only inside the function that digests them.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from './harness/eventually.ts'
import { atFirst, forbid, refuseWith } from './harness/faults.ts'
import { AUTO, envFrom, envKey, mount, secretNamed } from './harness/fixtures.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const key = secretNamed('key')

// Logs, metrics, Events, records and stamps are searched for Secret bytes after every scenario (invariants.ts); these two
// go through as much as they can.

test('no byte of a Secret is in any log, metric, Event, record or stamp, not even where things go wrong', async () => {
  const { ns, controller } = await world.start({
    flags: ['--log-level=trace', '--reload-on-delete=true', '--reload-on-create=true'],
  })
  const secret = await ns.secret('key', { password: 'hush-first-password', 'hush-key': 'hush-second-value' })
  const spec = { uses: [envFrom(key), mount(key), envKey(key, 'password')], replicas: 0 }
  const web = await ns.workload('web', { annotations: AUTO, ...spec })
  const other = await ns.workload('other', {
    annotations: { ...AUTO, 'reloader.stakater.com/reload-strategy': 'annotations' },
    ...spec,
  })
  await controller.decided()
  const { proxy } = controller
  proxy.onRequest({ verb: 'get', resource: 'secrets', name: 'key' }, atFirst(1, refuseWith(500)))
  proxy.onRequest({ verb: 'patch', name: 'web' }, atFirst(1, forbid()))
  await secret.set({ password: 'hush-third-password' })
  const once = { [web.id]: 1, [other.id]: 1 }
  expect(await controller.rolls(once)).toEqual(once)
  await secret.delete()
  const twice = { [web.id]: 2, [other.id]: 2 }
  expect(await controller.rolls(twice)).toEqual(twice)
  expect(ns.secretValues.size).toBeGreaterThan(3)
})

test('no byte of a Secret is left in the memory of the process once it was digested', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'reloader-heap-'))
  try {
    const env = { NODE_OPTIONS: `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${directory}` }
    const { ns, controller } = await world.start({ env })
    const secret = await ns.secret('key', { password: 'hush-first-password' })
    const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(key)] })
    await controller.decided()
    await secret.set({ password: 'hush-second-password' })
    expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
    process.kill(controller.pid, 'SIGUSR2')
    const heap = await eventually(() => snapshotIn(directory), { what: 'the heap snapshot' })
    // What must be in it shows that the snapshot is one of this process.
    expect(heap).toContain('STAKATER_')
    for (const value of ['hush-first-password', 'hush-second-password']) {
      expect(heap.includes(value)).toBe(false)
      expect(heap.includes(Buffer.from(value).toString('base64'))).toBe(false)
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})

/** The text of the snapshot once it is whole: undefined before. */
async function snapshotIn(directory: string): Promise<string | undefined> {
  const [name] = (await readdir(directory)).filter((each) => each.endsWith('.heapsnapshot'))
  if (name === undefined) return undefined
  const text = await readFile(join(directory, name), 'utf8')
  return text.trimEnd().endsWith('}') ? text : undefined
}
