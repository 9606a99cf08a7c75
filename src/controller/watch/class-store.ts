// SecretProviderClasses as configs: a store made of two others, the statuses of the pods and the classes themselves.
import { type ClassContent, classContent } from '../../decide/content/class-content.ts'
import type { PodStatus } from '../../decide/content/pod-status.ts'
import { type Change, type ChangeSource, createStore, type Store } from '../../kube/store.ts'
import type { Config } from '../../types/config.ts'
import { isNewer } from '../../types/object.ts'

export interface ClassStoreParts {
  readonly statuses: Store<PodStatus>
  /** What the classes themselves say: who they are, and their annotations. */
  readonly classes: Store<Config>
}

/** What the last look at a class found. */
interface Known {
  readonly content: ClassContent
  /** Missing where a class is gone that pods still mount, or never was. */
  readonly itself: Config | undefined
}

/**
 * Guarantees: a class of which a status was seen is there, with one content, until the class and all of its statuses are gone; it
 * changes when its content does or what the class itself says, and not when a pod comes, goes or follows. A new list of the
 * statuses is looked at as a whole.
 */
export function createClassStore({ statuses, classes }: ClassStoreParts): Store<Config> {
  const { store, set, delete: remove } = createStore<Config>()
  /** By `<namespace>/<name of the class>`. */
  const known = new Map<string, Known>()
  let pods = createPodIndex()

  function look(key: string, from: ChangeSource): void {
    const [namespace = '', name = ''] = key.split('/')
    const before = known.get(key)
    const itself = classes.get(namespace, name)
    const mounting = pods.of(key)
    const content = classContent(before?.content, mounting)
    if (content === undefined) return
    if (mounting.length === 0 && itself === undefined) {
      known.delete(key)
      remove({ namespace, name }, { from })
    } else if (content !== before?.content || itself !== before.itself) {
      known.set(key, { content, itself })
      const previous = store.get(namespace, name)
      set(configOf({ content, itself }, { namespace, name, previous }), from)
    }
  }

  /** A list is told one difference after the other, when all of it can be seen already: the first brings in the rest. */
  function takeList(change: Change<PodStatus>): void {
    if (pods.knows(change)) return
    const classesBefore = pods.classes()
    pods = createPodIndex()
    for (const status of statuses.list()) pods.put(status)
    for (const key of new Set([...classesBefore, ...pods.classes()])) look(key, change.from)
  }

  function takeEvent(change: Change<PodStatus>): void {
    const keys = new Set<string>()
    if (change.type !== 'added') keys.add(pods.take(change.old))
    if (change.type !== 'deleted') keys.add(pods.put(change.new))
    for (const key of keys) look(key, change.from)
  }

  statuses.onChange((change) => (change.from === 'watch' ? takeEvent(change) : takeList(change)))
  classes.onChange((change) => {
    const { namespace, name } = (change.type === 'deleted' ? change.old : change.new).ref
    look(`${namespace}/${name}`, change.from)
  })
  return store
}

function configOf(
  { content: { versions, fresh, changedAt, changeTime, status }, itself }: Known,
  { namespace, name, previous }: { namespace: string; name: string; previous: Config | undefined },
): Config {
  const { uid, creationTimestamp } = itself ?? status
  const firstSeen = previous?.uid === uid ? previous.firstSeen : changedAt
  const flagged = itself?.flagsSince ?? firstSeen
  return {
    ref: { kind: 'SecretProviderClass', namespace, name },
    uid,
    resourceVersion: changedAt,
    creationTimestamp,
    firstSeen,
    ...(changeTime === undefined ? {} : { dataTime: changeTime }),
    ignored: itself?.ignored === true,
    matchable: itself?.matchable === true,
    flagsSince: isNewer(flagged, firstSeen) ? flagged : firstSeen,
    // A rotation is no part of what was released with the class.
    releases: [],
    mounted: { versions, fresh },
  }
}

/** The statuses of each class, each by its name. */
function createPodIndex() {
  const index = new Map<string, Map<string, PodStatus>>()
  return {
    of: (key: string): readonly PodStatus[] => [...(index.get(key)?.values() ?? [])],
    classes: (): readonly string[] => [...index.keys()],
    /** Both return the key of the class. */
    put(status: PodStatus): string {
      const key = classKeyOf(status)
      const pods = index.get(key)
      if (pods === undefined) index.set(key, new Map([[status.ref.name, status]]))
      else pods.set(status.ref.name, status)
      return key
    },
    take(status: PodStatus): string {
      const key = classKeyOf(status)
      const pods = index.get(key)
      if (pods?.delete(status.ref.name) && pods.size === 0) index.delete(key)
      return key
    },
    /** Whether it shows this change already. */
    knows(change: Change<PodStatus>): boolean {
      const status = change.type === 'deleted' ? change.old : change.new
      const held = index.get(classKeyOf(status))?.get(status.ref.name)
      return change.type === 'deleted' ? held === undefined : held === status
    },
  }
}

function classKeyOf({ ref: { namespace }, className }: PodStatus): string {
  return `${namespace}/${className}`
}
