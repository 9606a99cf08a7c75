import { describe, expect, it, vi } from 'vitest'
import { FakeClient, FORBIDDEN, SERVER_ERROR } from '../../../test/fake/fake-client.ts'
import type { JournalEntry } from '../../rollout/job.ts'
import type { JobSpec } from '../../rollout/job-manifest.ts'
import { createJobJournal } from './job-journal.ts'

const signal = new AbortController().signal
const ADDRESS = { namespace: 'reloader', name: 'reloader-journal' }

function entry(name: string, spec: Partial<JobSpec> = {}): JournalEntry {
  const metadata = { name, namespace: 'shop' }
  const manifest = { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { template: {}, ...spec } } as const
  return { uid: `${name}-uid`, resourceVersion: '5', manifest }
}

function setUp(client = new FakeClient()) {
  const onProblem = vi.fn()
  const { namespace } = ADDRESS
  const journal = createJobJournal({ client, namespace, name: 'reloader', onProblem, nowMs: () => 7 })
  const lines = () => Object.entries(Object(client.object('configmaps', ADDRESS)?.data))
  const named = () => lines().map(([key]) => key.split('.')[0])
  return { client, onProblem, journal, lines, named }
}

function put(client: FakeClient, data: Readonly<Record<string, string>>): void {
  client.put('configmaps', { metadata: ADDRESS, data })
}

describe('the journal', () => {
  it('outlives the process that began an entry, until the entry is ended', async () => {
    const { client, journal } = setUp()
    await journal.begin(entry('a'), signal)
    const next = setUp(client)
    await next.journal.load(signal)
    expect([...next.journal.keys()]).toEqual(['Job/shop/a'])
    expect(next.journal.openOf('Job/shop/a')).toEqual([{ entry: entry('a'), sinceMs: 7 }])
    await next.journal.end(entry('a'), signal)
    expect([[...next.journal.keys()], next.lines()]).toEqual([[], []])
  })

  it('carries the label of the records and nothing else that others could act on', async () => {
    const { client, journal } = setUp()
    await journal.begin(entry('a'), signal)
    const { labels, annotations } = client.object('configmaps', ADDRESS)?.metadata ?? {}
    expect([labels, annotations]).toEqual([{ 'reloader.stakater.com/records': 'reloader' }, undefined])
  })

  it('writes what is begun at the same time together', async () => {
    const { client, journal, named } = setUp()
    const names = Array.from({ length: 40 }, (_, i) => `j${i}`)
    await Promise.all(names.map((name) => journal.begin(entry(name), signal)))
    expect(named()).toHaveLength(40)
    expect(client.requested('create', 'update').length).toBeLessThanOrEqual(2)
    await Promise.all(names.map((name) => journal.end(entry(name), signal)))
    expect(named()).toEqual([])
    expect(client.requested('create', 'update').length).toBeLessThanOrEqual(4)
  })

  it('keeps what another process wrote meanwhile', async () => {
    const [one, two] = [setUp(), setUp()]
    const other = setUp(one.client)
    await one.journal.begin(entry('a'), signal)
    await other.journal.begin(entry('b'), signal)
    await one.journal.begin(entry('c'), signal)
    expect(one.named().sort()).toEqual(['a-uid', 'b-uid', 'c-uid'])
    await other.journal.end(entry('b'), signal)
    expect(one.named().sort()).toEqual(['a-uid', 'c-uid'])
    expect(two.named()).toEqual([])
  })

  it('keeps the entries of two processes about one Job apart', async () => {
    const one = setUp()
    const two = setUp(one.client)
    await one.journal.begin(entry('a'), signal)
    await two.journal.begin(entry('a'), signal)
    await two.journal.end(entry('a'), signal)
    expect(one.named()).toEqual(['a-uid'])
  })

  it('comes back where somebody deleted it', async () => {
    const { client, journal, named } = setUp()
    await journal.begin(entry('a'), signal)
    client.remove('configmaps', ADDRESS)
    await journal.begin(entry('b'), signal)
    expect(named().sort()).toEqual(['a-uid', 'b-uid'])
  })

  it('leaves alone what it does not understand, and says so', async () => {
    const { client, journal, onProblem, named } = setUp()
    put(client, { 'x.1': '{"format":2}', 'y.1': 'no JSON' })
    await journal.load(signal)
    expect(onProblem).toHaveBeenCalledTimes(2)
    await journal.begin(entry('a'), signal)
    expect(named().sort()).toEqual(['a-uid', 'x', 'y'])
  })
})

describe('an entry that cannot be written', () => {
  it('is not begun, and no later write brings it', async () => {
    const { client, journal, named } = setUp()
    client.before = ({ verb }) => {
      if (verb === 'create') throw SERVER_ERROR
    }
    await expect(journal.begin(entry('a'), signal)).rejects.toThrow(
      /^Cannot write the ConfigMap reloader-journal: /,
    )
    expect([...journal.keys()]).toEqual([])
    client.before = () => {}
    await journal.begin(entry('b'), signal)
    expect(named()).toEqual(['b-uid'])
  })

  it('is taken out again where it was written all the same', async () => {
    const { client, journal, named } = setUp()
    client.after = ({ verb }) => {
      if (verb === 'create') throw SERVER_ERROR
    }
    await expect(journal.begin(entry('a'), signal)).rejects.toThrow()
    expect(named()).toEqual(['a-uid'])
    client.after = () => {}
    await journal.begin(entry('b'), signal)
    expect(named()).toEqual(['b-uid'])
  })

  it('is refused where it is too large, and smaller ones are not', async () => {
    const { journal, named } = setUp()
    const large = entry('a', { template: { padding: 'x'.repeat(900_000) } })
    await expect(journal.begin(large, signal)).rejects.toThrow(/no more than 900000 bytes/)
    await journal.begin(entry('b'), signal)
    expect(named()).toEqual(['b-uid'])
  })
})

describe('reading it', () => {
  it('is given up where RBAC forbids it, with a line that says what that costs', async () => {
    const { client, journal, onProblem } = setUp()
    client.before = () => {
      throw FORBIDDEN
    }
    await journal.load(signal)
    expect(onProblem.mock.calls[0]?.[0]).toMatch(/Jobs cannot be rolled: .* reloader-journal/)
  })

  it('fails with any other answer', async () => {
    const { client, journal } = setUp()
    client.before = () => {
      throw SERVER_ERROR
    }
    await expect(journal.load(signal)).rejects.toThrow(SERVER_ERROR)
  })
})
