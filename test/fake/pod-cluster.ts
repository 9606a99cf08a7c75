// An embedded cluster with pods for tests: every delay zero unless the test sets one, and a running log of its pods.
import { vi } from 'vitest'
import { type ApiServer, createApiServer } from '../../src/embedded/api-server.ts'
import { AT_ONCE, type PodOptions } from '../../src/embedded/controllers/pods/pod-options.ts'
import { createWorkloadControllers } from '../../src/embedded/controllers/workload-controllers.ts'
import type { ApiObject } from '../../src/embedded/object/api-object.ts'
import { type JsonObject, listAt, textAt } from '../../src/embedded/object/json.ts'
import { resourceOf } from '../../src/embedded/object/resources.ts'

export interface PodCluster {
  readonly server: ApiServer
  /** Every pod that came or went so far: `+name` and `-name`. */
  readonly pods: readonly string[]
  readonly stop: () => Promise<void>
}

/** Starts controllers with pods over a server of their own. */
export function startPodCluster(options: PodOptions = {}, now: () => Date = () => new Date()): PodCluster {
  const server = createApiServer({ now })
  const stopped = new AbortController()
  const pods: string[] = []
  server.store.subscribe(resourceOf('Pod'), ({ type, object }) => {
    if (type !== 'MODIFIED') pods.push(`${type === 'ADDED' ? '+' : '-'}${object.metadata.name}`)
  })
  const settings = { ...AT_ONCE, serve: server.servePods, ...options }
  const running = createWorkloadControllers({ store: server.store, now, pods: settings }).run(stopped.signal)
  return {
    server,
    pods,
    async stop() {
      stopped.abort()
      await running
    },
  }
}

export interface NewWorkload {
  readonly kind: string
  readonly spec?: JsonObject
  readonly pod?: JsonObject
  readonly container?: JsonObject
}

/** The workload `app` in namespace `default`, with one container `app` of image `nginx:1`. */
export function newWorkload({ kind, spec = {}, pod = {}, container = {} }: NewWorkload): JsonObject {
  const labels = { app: 'app' }
  const containers = [{ name: 'app', image: 'nginx:1', ...container }]
  return {
    kind,
    apiVersion: 'apps/v1',
    metadata: { name: 'app', namespace: 'default' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers, ...pod } },
      ...spec,
    },
  }
}

/** A merge patch that changes the image of `newWorkload`. */
export function imagePatch(image: string): JsonObject {
  return { spec: { template: { spec: { containers: [{ name: 'app', image }] } } } }
}

/** The image of the first container of a pod or a pod template's owner. */
export function imageOf(object: ApiObject): string {
  const path = object.kind === 'Pod' ? ['spec'] : ['spec', 'template', 'spec']
  return textAt(listAt(object, ...path, 'containers')[0], 'image')
}

/** Calls `check` until it throws no more. Errors: what it throws after ten seconds. */
export function until<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 10_000, interval: 5 })
}
