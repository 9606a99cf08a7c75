// The latest version of every object of some namespaces, kept by watches of the test's own.
import { setMaxListeners } from 'node:events'
import type { StoredObject } from '../scenarios/harness/json.ts'
import { pathOf } from '../scenarios/harness/kinds.ts'
import { ApiFailure, type TestApi } from '../scenarios/harness/test-api.ts'

export interface ObjectWatch {
  /** Undefined where it is gone, or was not seen yet. */
  get(kind: string, at: { readonly namespace: string; readonly name: string }): StoredObject | undefined
  list(kind: string, namespace: string): readonly StoredObject[]
  /** Runs until `signal`. */
  run(signal: AbortSignal): Promise<void>
}

interface ObjectWatchOptions {
  readonly namespaces: readonly string[]
  readonly kinds: readonly string[]
}

const PAUSE_MS = 20

export function createObjectWatch(api: TestApi, { namespaces, kinds }: ObjectWatchOptions): ObjectWatch {
  const objects = new Map<string, Map<string, StoredObject>>()
  const collection = (kind: string, namespace: string) => {
    const key = `${kind}/${namespace}`
    const known = objects.get(key) ?? new Map<string, StoredObject>()
    objects.set(key, known)
    return known
  }

  async function list(kind: string, namespace: string): Promise<string> {
    const path = pathOf(kind, { namespace })
    const answer = await api.call<{ metadata: { resourceVersion: string }; items: StoredObject[] }>(
      'GET',
      path,
    )
    const known = collection(kind, namespace)
    known.clear()
    for (const item of answer.items) known.set(item.metadata.name, { ...item, kind })
    return answer.metadata.resourceVersion
  }

  async function follow(kind: string, namespace: string, signal: AbortSignal): Promise<void> {
    let resourceVersion: string | undefined
    while (!signal.aborted) {
      try {
        resourceVersion ??= await list(kind, namespace)
        const query = `watch=true&allowWatchBookmarks=true&resourceVersion=${resourceVersion}`
        for await (const event of api.watch(`${pathOf(kind, { namespace })}?${query}`, signal)) {
          const { type, object } = event
          if (type === 'ERROR') throw new ApiFailure(object.code ?? 0, 'watch ended by an ERROR event')
          resourceVersion = object.metadata.resourceVersion
          if (type === 'DELETED') collection(kind, namespace).delete(object.metadata.name)
          else if (type !== 'BOOKMARK')
            collection(kind, namespace).set(object.metadata.name, { ...object, kind })
        }
      } catch (error) {
        if (error instanceof ApiFailure && error.code === 410) resourceVersion = undefined
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }

  return {
    get: (kind, { namespace, name }) => collection(kind, namespace).get(name),
    list: (kind, namespace) => [...collection(kind, namespace).values()],
    async run(signal) {
      const places = namespaces.flatMap((namespace) => kinds.map((kind) => [kind, namespace] as const))
      setMaxListeners(places.length * 2, signal)
      await Promise.all(places.map(([kind, namespace]) => follow(kind, namespace, signal)))
    },
  }
}
