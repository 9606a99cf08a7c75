// A watch of the test's own over the workloads of one namespace: every version of every workload, in order.
import { canonical, type StoredObject, templateOf } from './json.ts'
import { pathOf, type WorkloadKind } from './kinds.ts'
import { templateWithoutStamps } from './stamps.ts'
import { ApiFailure, type TestApi } from './test-api.ts'

/** `<kind>/<name>` */
export type WorkloadId = `${WorkloadKind}/${string}`

export interface RollWatch {
  /** Every version since the watch began, oldest first; of all objects that had this name, one after the other. */
  versions(id: WorkloadId): readonly StoredObject[]
  /** How often the pod template changed. */
  templateChanges(id: WorkloadId): number
  /** How often the stamps in the pod template changed and nothing else of it. */
  rolls(id: WorkloadId): number
  /** True once the watch has shown this version of the object. */
  hasSeen(object: StoredObject): boolean
  /** Runs until `signal`. */
  run(signal: AbortSignal): Promise<void>
}

export function createRollWatch(
  api: TestApi,
  { namespace, kinds }: { readonly namespace: string; readonly kinds: readonly WorkloadKind[] },
): RollWatch {
  const histories = new Map<string, StoredObject[]>()

  function note(kind: WorkloadKind, object: StoredObject): void {
    const id = `${kind}/${object.metadata.name}`
    const versions = histories.get(id) ?? []
    histories.set(id, versions)
    if (versions.at(-1)?.metadata.resourceVersion !== object.metadata.resourceVersion)
      versions.push({ ...object, kind })
  }

  async function follow(kind: WorkloadKind, signal: AbortSignal): Promise<void> {
    let resourceVersion: string | undefined
    while (!signal.aborted) {
      try {
        resourceVersion ??= await list(kind)
        const query = `watch=true&allowWatchBookmarks=true&resourceVersion=${resourceVersion}`
        for await (const { type, object } of api.watch(`${pathOf(kind, { namespace })}?${query}`, signal)) {
          if (type === 'ERROR') throw new ApiFailure(object.code ?? 0, 'watch ended by an ERROR event')
          resourceVersion = object.metadata.resourceVersion
          if (type === 'ADDED' || type === 'MODIFIED') note(kind, object)
        }
      } catch (error) {
        if (error instanceof ApiFailure && error.code === 410) resourceVersion = undefined
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async function list(kind: WorkloadKind): Promise<string> {
    const answer = await api.call<{ metadata: { resourceVersion: string }; items: StoredObject[] }>(
      'GET',
      pathOf(kind, { namespace }),
    )
    for (const item of answer.items) note(kind, item)
    return answer.metadata.resourceVersion
  }

  /** Pairs of successive versions of one object (same uid). */
  function steps(id: WorkloadId): (readonly [StoredObject, StoredObject])[] {
    const versions = histories.get(id) ?? []
    return versions.flatMap((after, i) => {
      const before = versions[i - 1]
      return before !== undefined && before.metadata.uid === after.metadata.uid
        ? [[before, after] as const]
        : []
    })
  }

  return {
    versions: (id) => histories.get(id) ?? [],
    templateChanges: (id) => steps(id).filter(templateDiffers).length,
    rolls: (id) => steps(id).filter((step) => templateDiffers(step) && !ownTemplateDiffers(step)).length,
    hasSeen: ({ kind, metadata }) =>
      (histories.get(`${kind}/${metadata.name}`) ?? []).some(
        (each) => each.metadata.resourceVersion === metadata.resourceVersion,
      ),
    run: async (signal) => {
      await Promise.all(kinds.map((kind) => follow(kind, signal)))
    },
  }
}

function templateDiffers([before, after]: readonly [StoredObject, StoredObject]): boolean {
  return canonical(templateOf(before)) !== canonical(templateOf(after))
}

function ownTemplateDiffers([before, after]: readonly [StoredObject, StoredObject]): boolean {
  return templateWithoutStamps(templateOf(before)) !== templateWithoutStamps(templateOf(after))
}
