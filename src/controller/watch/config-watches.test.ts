import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeClient, FORBIDDEN } from '../../../test/fake/fake-client.ts'
import { statusObject } from '../../../test/pod-statuses.ts'
import { reducePodStatus } from '../../decide/content/pod-status.ts'
import { reduceConfig } from '../../decide/reduce-config.ts'
import { DEFAULT_ANNOTATION_NAMES } from '../../decide/settings/annotation-names.ts'
import { createReflector, type Reflector } from '../../kube/reflector.ts'
import { type ConfigWatchesOptions, createConfigWatches } from './config-watches.ts'

const STATUSES = 'secretproviderclasspodstatuses'
const CLASSES = 'secretproviderclasses'

let stop: AbortController

beforeEach(() => {
  vi.useFakeTimers()
  stop = new AbortController()
})

afterEach(async () => {
  stop.abort()
  await vi.runAllTimersAsync()
  vi.useRealTimers()
})

/** The watches of configs of the whole cluster, and what runs them. */
function setUp(options: Partial<ConfigWatchesOptions> = {}) {
  const client = new FakeClient()
  const all: Reflector[] = []
  const watches = createConfigWatches(
    {
      configTypes: ['SecretProviderClass'],
      configSelector: undefined,
      reduceConfig: (object, type, previous) =>
        reduceConfig(object, { type, names: DEFAULT_ANNOTATION_NAMES, previous }),
      reducePodStatus: (object, previous) => reducePodStatus(object, { previous }),
      ...options,
    },
    {
      reflectEverywhere: (resource, rest) => {
        const reflector = createReflector({ client, resource, ...rest })
        all.push(reflector)
        return [reflector]
      },
      reflectorAt: ([reflector]) => reflector,
    },
  )
  const run = async () => {
    for (const reflector of all) void reflector.run(stop.signal)
    await vi.advanceTimersByTimeAsync(0)
  }
  const put = () =>
    client.put(STATUSES, { ...statusObject(), metadata: { ...statusObject().metadata, uid: 'a' } })
  return { client, watches, run, put, blind: () => watches.blind('SecretProviderClass', 'shop') }
}

describe('SecretProviderClasses', () => {
  it('are in sight when statuses and classes are', async () => {
    const { client, watches, run, put, blind } = setUp()
    put()
    client.put(CLASSES, {
      metadata: { namespace: 'shop', name: 'vault', annotations: { 'reloader.stakater.com/ignore': 'true' } },
    })
    expect(blind()).toBe(`${STATUSES} are not in sight: listing`)
    await run()
    expect(blind()).toBeUndefined()
    expect(watches.stores.SecretProviderClass.get('shop', 'vault')).toMatchObject({ ignored: true })
  })

  it.each([STATUSES, CLASSES])('are out of sight where RBAC forbids %s', async (resource) => {
    const { client, run, blind } = setUp()
    client.before = (request) => {
      if (request.resource === resource && request.verb !== 'serves') throw FORBIDDEN
    }
    await run()
    expect(blind()).toBe(`${resource} are not in sight: forbidden`)
  })

  it('are found when their definitions come later, and until then there is nothing to see', async () => {
    const { client, watches, run, put, blind } = setUp()
    client.unserved.add(STATUSES).add(CLASSES)
    await run()
    expect([blind(), watches.stores.SecretProviderClass.size]).toEqual([undefined, 0])
    client.unserved.clear()
    put()
    await vi.advanceTimersByTimeAsync(60_000)
    expect([blind(), watches.stores.SecretProviderClass.size]).toEqual([undefined, 1])
  })

  it('are not looked for where nobody asked', async () => {
    const { client, run, blind } = setUp({ configTypes: ['ConfigMap'] })
    await run()
    expect(client.requests.map(({ resource }) => resource)).not.toContain(STATUSES)
    expect(blind()).toBe(`${STATUSES} are not in sight: missing`)
  })

  it('are seen whatever labels configs must have: the driver gives the statuses none of them', async () => {
    const { watches, run, put } = setUp({ configSelector: 'team=a' })
    put()
    await run()
    expect(watches.stores.SecretProviderClass.size).toBe(1)
  })
})
