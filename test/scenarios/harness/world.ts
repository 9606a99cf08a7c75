// What a scenario file starts with: a cluster for the file, and namespaces and installations for each test.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { Cluster } from '../cluster.ts'
import { clusterUnderTest } from './cluster-under-test.ts'
import {
  type Controller,
  createInstallation,
  type Installation,
  type InstallationOptions,
} from './installation.ts'
import { type CustomKind, pathOf, WORKLOAD_KINDS } from './kinds.ts'
import { createNamespace, type Namespace } from './namespace.ts'
import { ApiFailure, createTestApi, type TestApi } from './test-api.ts'

export interface World {
  readonly cluster: Cluster
  readonly api: TestApi
  /** A namespace of this test alone, watched from the beginning, deleted after the test. */
  namespace(options?: {
    readonly labels?: Record<string, string>
    /** Workloads of custom kinds beside the others; their definitions must be there. */
    readonly custom?: readonly CustomKind[]
  }): Promise<Namespace>
  install(options: InstallationOptions): Promise<Installation>
  /** The usual beginning: one namespace, one installation, one process that is ready. */
  start(options?: Partial<InstallationOptions>): Promise<Started>
}

export interface Started {
  readonly ns: Namespace
  readonly installation: Installation
  readonly controller: Controller
}

interface Afterwards {
  readonly installations: Installation[]
  readonly namespaces: Namespace[]
  readonly stopWatching: AbortController
}

/** Registers the hooks of a scenario file; after each test its installations are held against what must always hold. */
export function useWorld(): World {
  let cluster: Cluster | undefined
  let api: TestApi | undefined
  let directory = ''
  let current = newAfterwards()

  beforeAll(async () => {
    cluster = await clusterUnderTest()
    api = createTestApi(cluster)
    directory = await mkdtemp(join(tmpdir(), 'reloader-scenarios-'))
  })
  afterEach(async () => {
    const done = current
    current = newAfterwards()
    const breaches = (await Promise.all(done.installations.map((each) => each.breaches()))).flat()
    await Promise.all(done.installations.map((each) => each.stop()))
    done.stopWatching.abort()
    const used = [...done.namespaces, ...done.installations.map(({ home }) => home)]
    await Promise.all(used.map(({ name }) => deleteNamespace(begun(api), name)))
    expect(breaches).toEqual([])
  })
  afterAll(async () => {
    api?.close()
    await cluster?.stop()
    await rm(directory, { recursive: true, force: true })
  })

  const world: World = {
    get cluster() {
      return begun(cluster)
    },
    get api() {
      return begun(api)
    },
    async namespace({ labels = {}, custom = [] } = {}) {
      const namespace = await createNamespace(world.api, {
        name: `t-${randomBytes(4).toString('hex')}`,
        labels,
        kinds: [...WORKLOAD_KINDS, ...custom],
      })
      current.namespaces.push(namespace)
      void namespace.watch.run(current.stopWatching.signal)
      return namespace
    },
    async install(options) {
      const installation = await createInstallation(
        { cluster: world.cluster, api: world.api, directory },
        options,
      )
      current.installations.push(installation)
      return installation
    },
    async start(options = {}) {
      const namespaces = options.namespaces ?? [await world.namespace()]
      const installation = await world.install({ ...options, namespaces })
      const [ns] = namespaces
      if (ns === undefined) throw new Error('Cannot start: no namespace')
      return { ns, installation, controller: await installation.start() }
    },
  }
  return world
}

/** A test may have deleted it itself. */
async function deleteNamespace(api: TestApi, name: string): Promise<void> {
  await api.call('DELETE', pathOf('Namespace', { name })).catch((error: unknown) => {
    if (!(error instanceof ApiFailure) || (error.code !== 404 && error.code !== 409)) throw error
  })
}

function newAfterwards(): Afterwards {
  return { installations: [], namespaces: [], stopWatching: new AbortController() }
}

function begun<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('Cannot use the world: no test is running')
  return value
}
