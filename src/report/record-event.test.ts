import { afterEach, expect, test } from 'vitest'
import type { WorkloadEvent } from './event-message.ts'
import type { EventClient, EventPatch, EventWriteOutcome } from './event-writer.ts'
import type { KubeEvent } from './kube-event.ts'
import { createEventRecorder, type EventRecorderOptions, type EventResult } from './record-event.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

function eventOf(name: string, message = 'changed'): WorkloadEvent {
  return {
    workload: { kind: 'Deployment', namespace: 'shop', name, uid: `uid-${name}` },
    type: 'Normal',
    reason: 'Reloaded',
    component: 'reloader-configmaps',
    message,
  }
}

type Request = { readonly create: KubeEvent } | { readonly patch: EventPatch }

/** A recorder at work on an API server whose answers the test decides. */
function recorderWith(
  answer: (request: Request) => EventWriteOutcome | Promise<EventWriteOutcome>,
  options: Partial<EventRecorderOptions> = {},
) {
  const requests: Request[] = []
  const results: EventResult[] = []
  const listeners = new Set<() => void>()
  const ask = async (request: Request) => {
    requests.push(request)
    return answer(request)
  }
  const client: EventClient = {
    createEvent: (create) => ask({ create }),
    patchEvent: (patch) => ask({ patch }),
  }
  const recorder = createEventRecorder({
    client,
    backoffMs: 1,
    onResult: (_event, result) => {
      results.push(result)
      for (const listener of listeners) listener()
    },
    ...options,
  })
  const stop = new AbortController()
  const start = () => {
    const ended = recorder.run(stop.signal)
    stops.push(() => {
      stop.abort()
      return ended
    })
    return { ended }
  }
  const resultsReach = (count: number) =>
    new Promise<readonly EventResult[]>((resolve) => {
      const look = () => {
        if (results.length < count) return
        listeners.delete(look)
        resolve(results)
      }
      listeners.add(look)
      look()
    })
  return { recorder, requests, results, stop, start, resultsReach }
}

test('an Event is created once, and its repetition only counts up', async () => {
  const { recorder, requests, start, resultsReach } = recorderWith(() => 'written')
  start()
  for (let i = 0; i < 3; i++) recorder.record(eventOf('web'))
  expect(await resultsReach(3)).toEqual(['created', 'updated', 'updated'])
  const [first, ...repetitions] = requests
  const name = first !== undefined && 'create' in first ? first.create.metadata.name : undefined
  expect(repetitions).toMatchObject([
    { patch: { namespace: 'shop', name, body: { count: 2 } } },
    { patch: { namespace: 'shop', name, body: { count: 3 } } },
  ])
})

test('other workloads and other messages are other Events', async () => {
  const { recorder, start, resultsReach } = recorderWith(() => 'written')
  start()
  recorder.record(eventOf('web'))
  recorder.record(eventOf('api'))
  recorder.record(eventOf('web', 'changed otherwise'))
  expect(await resultsReach(3)).toEqual(['created', 'created', 'created'])
})

test('an Event that the API server has forgotten is created anew', async () => {
  const { recorder, requests, start, resultsReach } = recorderWith((request) =>
    'patch' in request ? 'not_found' : 'written',
  )
  start()
  recorder.record(eventOf('web'))
  recorder.record(eventOf('web'))
  expect(await resultsReach(2)).toEqual(['created', 'created'])
  expect(requests.map((request) => Object.keys(request)[0])).toEqual(['create', 'patch', 'create'])
})

test('what the API server refuses is not sent again', async () => {
  const { recorder, requests, start, resultsReach } = recorderWith(() => 'rejected')
  start()
  recorder.record(eventOf('web'))
  expect(await resultsReach(1)).toEqual(['rejected'])
  expect(requests).toHaveLength(1)
})

test('what cannot be sent is tried again and does not hold up the others', async () => {
  let outages = 3
  const { recorder, requests, start, resultsReach } = recorderWith((request) => {
    const name = 'create' in request ? request.create.involvedObject.name : ''
    if (name === 'web' && outages-- > 0) throw new Error('connection refused')
    return 'written'
  })
  recorder.record(eventOf('web'))
  recorder.record(eventOf('api'))
  start()
  expect(await resultsReach(2)).toEqual(['created', 'created'])
  const names = requests.map((request) => ('create' in request ? request.create.involvedObject.name : ''))
  expect(names).toEqual(['web', 'api', 'web', 'web', 'web'])
})

test('an Event that never can be sent is dropped after eight attempts', async () => {
  const { recorder, requests, start, resultsReach } = recorderWith(() => {
    throw new Error('connection refused')
  })
  recorder.record(eventOf('web'))
  start()
  expect(await resultsReach(1)).toEqual(['dropped'])
  expect(requests).toHaveLength(8)
})

test('a full queue drops its oldest Events and says so', async () => {
  const { recorder, requests, start, resultsReach } = recorderWith(() => 'written', { maxQueued: 2 })
  for (const name of ['a', 'b', 'c', 'd']) recorder.record(eventOf(name))
  start()
  expect(await resultsReach(4)).toEqual(['dropped', 'dropped', 'created', 'created'])
  expect(requests).toMatchObject([
    { create: { involvedObject: { name: 'c' } } },
    { create: { involvedObject: { name: 'd' } } },
  ])
})

test('each of thousands of workloads that one change rolls has its Event', async () => {
  const { recorder, start, resultsReach } = recorderWith(() => 'written')
  for (let i = 0; i < 5_000; i++) recorder.record(eventOf(`web-${i}`))
  start()
  expect(new Set(await resultsReach(5_000))).toEqual(new Set(['created']))
})

test('one workload brings 25 Events at once and then one in five minutes', () => {
  const clock = { nowMs: 0 }
  const { recorder, results } = recorderWith(() => 'written', { now: () => clock.nowMs })
  for (let i = 0; i < 30; i++) recorder.record(eventOf('web', `message ${i}`))
  recorder.record(eventOf('api'))
  expect(results).toEqual(Array(5).fill('limited'))
  clock.nowMs = 5 * 60_000
  recorder.record(eventOf('web', 'a'))
  recorder.record(eventOf('web', 'b'))
  expect(results).toHaveLength(6)
})

test('nothing is written while a roll is in flight', async () => {
  let rollEnds = () => {}
  const roll = new Promise<void>((resolve) => {
    rollEnds = resolve
  })
  let asked = () => {}
  const wasAsked = new Promise<void>((resolve) => {
    asked = resolve
  })
  const { recorder, requests, start, resultsReach } = recorderWith(() => 'written', {
    whenQuiet: () => {
      asked()
      return roll
    },
  })
  start()
  recorder.record(eventOf('web'))
  await wasAsked
  expect(requests).toEqual([])
  rollEnds()
  expect(await resultsReach(1)).toEqual(['created'])
})

test('what is left at the end is still written', async () => {
  const { recorder, results, stop, start } = recorderWith(() => 'written')
  const { ended } = start()
  recorder.record(eventOf('web'))
  recorder.record(eventOf('api'))
  stop.abort()
  await ended
  expect(results).toEqual(['created', 'created'])
})

test('an API server that does not answer cannot hold up the end', async () => {
  const { recorder, results, stop, start } = recorderWith(
    () => Promise.reject(new Error('connection refused')),
    {
      drainMs: 5,
      backoffMs: 60_000,
    },
  )
  const { ended } = start()
  for (const name of ['a', 'b', 'c']) recorder.record(eventOf(name))
  stop.abort()
  await ended
  expect(results).toEqual(['dropped', 'dropped', 'dropped'])
})
