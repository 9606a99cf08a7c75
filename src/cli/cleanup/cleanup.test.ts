// The whole command, in this process, against the embedded server.
import { describe, expect, test } from 'vitest'
import { RECORDS, SHA1, useCleanupWorld } from '../../../test/cleanup/cleanup-world.ts'

const world = useCleanupWorld()

const OWN_WRITES = [
  'delete configmaps reloader-journal',
  'delete configmaps reloader-meta-info',
  'delete configmaps reloader-records-0',
  'delete configmaps reloader-records-1',
  'delete leases stakater-reloader-lock',
  'delete secrets reloader-digest-key',
]
const OTHERS = ['other-records-0', 'reloader-records-2', 'reloader-records-copy']
const ALL = ['--yes', '--stamps']

function edit(kind: string, place: { readonly namespace: string; readonly name: string }, edits: number) {
  world.cluster.api.objects.patch({ kind, ...place }, { metadata: { labels: { edit: String(edits) } } })
}

test('without --yes it says everything and writes nothing', async () => {
  world.leaveEverything()
  const { home, shop } = world
  const { code, text } = await world.run()
  expect([code, world.writes]).toEqual([0, []])
  expect(text).toBe(`Cluster: ${world.cluster.server} (context embedded of ${world.cluster.adminKubeconfig})
Installation: reloader in namespace ${home}

Rolls no workload. Stamps stay in pod templates; --stamps takes them out, too.

Resumes, paused by Reloader:
  Deployment ${shop}/both
  Deployment ${shop}/paused

Takes the mark of a pause that is over off:
  Deployment ${shop}/resumed

Removes:
  ConfigMap ${home}/reloader-journal
  ConfigMap ${home}/reloader-records-0
  ConfigMap ${home}/reloader-records-1
  ConfigMap ${home}/reloader-meta-info
  Secret ${home}/reloader-digest-key
  Lease ${home}/stakater-reloader-lock

Nothing was changed: this was a dry run. --yes carries it out.
`)
})

test('with --yes it removes what is ours and nothing else, and changes no pod template', async () => {
  world.leaveEverything()
  const before = world.templates()
  const { code, text } = await world.run(['--yes'])
  expect(code, text).toBe(0)
  expect(world.writes.toSorted()).toEqual([
    ...OWN_WRITES,
    'patch deployments both',
    'patch deployments paused',
    'patch deployments resumed',
  ])
  expect(world.changedSince(before)).toEqual([])
  expect(world.names('ConfigMap', world.home)).toEqual(OTHERS)
  expect(world.names('Secret', world.shop)).toEqual(['reloader-digest-key'])
  const deployments = world.cluster.api.objects.list('Deployment', world.shop)
  const paused = deployments.filter((each) => JSON.stringify(each).includes('"paused":true'))
  expect(paused.map(({ metadata }) => metadata.name)).toEqual(['own-pause'])
  expect(text).toMatch(/\n9 done\.\n$/)
})

test('with --stamps exactly the workloads that it counts get a new pod template, without any stamp', async () => {
  world.leaveEverything()
  const before = world.templates()
  const { code, text } = await world.run(ALL)
  expect(code, text).toBe(0)
  expect(text).toContain('\nRolls 4 workloads: 2 Deployments, 1 StatefulSet, 1 Rollout.\n')
  expect(world.changedSince(before)).toEqual([
    'Deployment both',
    'Deployment stamped',
    'StatefulSet stamped',
    'Rollout stamped',
  ])
  const left = Object.values(world.templates()).join()
  expect(left).not.toMatch(new RegExp(`${SHA1}|uid\\.7|last-reloaded-from`))
  expect(left).toContain('"name":"MINE"')
  expect(left).toContain('"mine":"1"')
})

test('with --stamps a Rollout that was restarted loses its stamp, and is not restarted for that', async () => {
  const annotations = { 'reloader.stakater.com/last-reloaded-from': '{}', mine: '1' }
  world.workload('Rollout', 'restarted', { annotations, spec: { restartAt: '2026-01-01T00:00:00Z' } })
  const spec = () => world.cluster.api.objects.list('Rollout', world.shop).map((each) => each.spec)
  const before = spec()
  const { code, text } = await world.run(ALL)
  expect(code, text).toBe(0)
  expect(text).toContain('\nRolls no workload: ')
  expect(text).toContain(`Takes the stamp of its last restart off:\n  Rollout ${world.shop}/restarted\n`)
  const [left] = world.cluster.api.objects.list('Rollout', world.shop)
  expect([left?.metadata.annotations, spec()]).toEqual([{ mine: '1' }, before])
  expect((await world.run(ALL)).text).toContain('There is nothing to do.')
})

test('run a second time there is nothing to do', async () => {
  world.leaveEverything()
  await world.run(ALL)
  const after = world.writes.length
  const { code, text } = await world.run(ALL)
  expect([code, world.writes.length]).toEqual([0, after])
  expect(text).toContain('There is nothing to do.')
})

test('killed after any of its writes, the next run does the rest', async () => {
  for (let killedAfter = 1; killedAfter <= 13; killedAfter += 1) {
    world.anew()
    world.leaveEverything()
    const before = world.templates()
    const kill = new AbortController()
    world.onRequest(() => {
      if (world.writes.length >= killedAfter) kill.abort(new Error('killed'))
    })
    await world.run(ALL, { signal: kill.signal }).catch(() => {})
    world.onRequest(() => {})
    const { code, text } = await world.run(ALL)
    expect(code, text).toBe(0)
    expect(world.changedSince(before)).toHaveLength(4)
    expect([world.names('ConfigMap', world.home), world.names('Lease', world.home)]).toEqual([OTHERS, []])
  }
})

describe('in a race', () => {
  test('a workload that somebody writes in between is looked at anew', async () => {
    world.leaveEverything()
    let edits = 0
    world.onRequest((request) => {
      if (request !== 'patch deployments stamped' || edits === 2) return
      edits += 1
      edit('Deployment', { namespace: world.shop, name: 'stamped' }, edits)
    })
    const { code, text } = await world.run(ALL)
    expect([code, edits], text).toEqual([0, 2])
    expect(Object.values(world.templates()).join()).not.toContain(SHA1)
  })

  test('one that is written all the time is left, and the rest is done', async () => {
    world.leaveEverything()
    let edits = 0
    world.onRequest((request) => {
      if (request !== 'patch deployments stamped') return
      edits += 1
      edit('Deployment', { namespace: world.shop, name: 'stamped' }, edits)
    })
    const { code, text } = await world.run(ALL)
    expect(code).toBe(1)
    expect(text).toContain('stamped is left as it is: somebody else writes it all the time; run this again\n')
    expect(world.names('ConfigMap', world.home)).toEqual(OTHERS)
  })

  test('records that are written meanwhile stay, and it says so', async () => {
    world.leaveEverything()
    const { home } = world
    world.onRequest((request) => {
      if (request === 'delete configmaps reloader-records-0')
        edit('ConfigMap', { namespace: home, name: 'reloader-records-0' }, 1)
    })
    const { code, text } = await world.run(['--yes'])
    expect(code).toBe(1)
    expect(text).toContain(`ConfigMap ${home}/reloader-records-0 is left as it is: `)
    expect(text).toMatch(/\n8 done, 1 not\. Run this again once that is mended\.\n$/)
  })

  test('records that are made again mean that a controller is alive', async () => {
    world.leaveEverything()
    const { home } = world
    world.onRequest((request) => {
      if (request !== 'delete leases stakater-reloader-lock') return
      world.create('ConfigMap', {
        namespace: home,
        name: 'reloader-records-0',
        labels: { [RECORDS]: 'reloader' },
      })
    })
    const { code, text } = await world.run(['--yes'])
    expect(code).toBe(1)
    expect(text).toContain(
      `ConfigMap ${home}/reloader-records-0 was made again meanwhile: a controller is alive`,
    )
  })
})
