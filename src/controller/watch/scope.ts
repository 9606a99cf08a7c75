// Which namespaces are looked at, now and since when.

import type { ReduceContext } from '../../kube/object-intake.ts'
import type { RawObject } from '../../kube/raw-object.ts'
import type { Store, Stored } from '../../kube/store.ts'

/** A namespace that the selector selects; the API server leaves the others out. */
export interface SelectedNamespace extends Stored {
  readonly name: string
  /** A watch showed how it came to be selected. */
  readonly watched: boolean
}

/** What is kept of a namespace. `resourceVersion` stays that of the version which was the first to be shown as selected. */
export function reduceNamespace(
  object: RawObject,
  { previous, source }: Pick<ReduceContext<SelectedNamespace>, 'previous' | 'source'>,
): SelectedNamespace {
  const { name, uid, resourceVersion } = object.metadata
  if (previous?.uid === uid) return previous
  return { ref: { namespace: '', name }, name, uid, resourceVersion, watched: source === 'watch' }
}

export interface Scope {
  /** Whether objects of this namespace are looked at. */
  includes(namespace: string): boolean
  /** With which version the namespace was selected; undefined where namespaces are not selected. */
  since(namespace: string): Pick<SelectedNamespace, 'resourceVersion' | 'watched'> | undefined
}

export interface ScopeOptions {
  readonly namespaces: readonly string[] | undefined
  readonly ignoredNamespaces: readonly string[]
  /** The namespaces that the selector selects; undefined without a selector. */
  readonly selected: Store<SelectedNamespace> | undefined
}

/** The scope that flags and namespace labels make together. */
export function createScope({ namespaces, ignoredNamespaces, selected }: ScopeOptions): Scope {
  const listed = namespaces === undefined ? undefined : new Set(namespaces)
  const ignored = new Set(ignoredNamespaces)
  return {
    includes(namespace) {
      if (ignored.has(namespace) || listed?.has(namespace) === false) return false
      return selected === undefined || selected.get('', namespace) !== undefined
    },
    since: (namespace) => selected?.get('', namespace),
  }
}
