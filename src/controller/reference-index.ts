// Config -> the workloads that could follow it. Kept from what the workloads say; whether one really does follow is decided
// when it is looked at.

import { type Interests, interestsOf } from '../decide/match.ts'
import type { ConfigRef } from '../types/config.ts'
import { refKey } from '../types/object.ts'
import { parseConfigId } from '../types/record.ts'
import type { Workload } from '../types/workload.ts'

export interface ReferenceIndex {
  /** Puts in what `workload` could follow, in place of what was there. */
  set(workload: Workload): void
  delete(workloadKey: string): void
  /** Keys of the workloads that could follow `config`, each once. */
  followersOf(config: ConfigRef): Iterable<string>
  /** Whether any workload could follow it. */
  hasFollowers(config: ConfigRef): boolean
}

interface Entry {
  readonly namespace: string
  readonly interests: Interests
}

/** Guarantees: no config that a workload in the index could follow is missed; a config nobody names costs one look-up. */
export function createReferenceIndex(): ReferenceIndex {
  const entries = new Map<string, Entry>()
  /** Config key -> keys of the workloads that name it. */
  const exact = new Map<string, Set<string>>()
  /** Namespace -> keys of the workloads in it that have regular expressions. */
  const byPattern = new Map<string, Set<string>>()

  function remove(key: string): void {
    const entry = entries.get(key)
    if (entry === undefined) return
    entries.delete(key)
    for (const configKey of exactKeysOf(entry)) dropFrom(exact, configKey, key)
    dropFrom(byPattern, entry.namespace, key)
  }

  function* followersOf(config: ConfigRef): Generator<string> {
    const named = exact.get(refKey(config))
    if (named !== undefined) yield* named
    for (const key of byPattern.get(config.namespace) ?? []) {
      if (named?.has(key)) continue
      const patterns = entries.get(key)?.interests.patterns ?? []
      if (patterns.some(({ type, pattern }) => type === config.kind && pattern.matches(config.name)))
        yield key
    }
  }

  return {
    set(workload) {
      const key = refKey(workload.ref)
      remove(key)
      if (!workload.settings.optedIn) return
      const entry = { namespace: workload.ref.namespace, interests: interestsOf(workload) }
      entries.set(key, entry)
      for (const configKey of exactKeysOf(entry)) addTo(exact, configKey, key)
      if (entry.interests.patterns.length > 0) addTo(byPattern, entry.namespace, key)
    },
    delete: remove,
    followersOf,
    hasFollowers: (config) => followersOf(config).next().done !== true,
  }
}

function exactKeysOf({ namespace, interests }: Entry): readonly string[] {
  return interests.exact.map((id) => {
    const { type, name } = parseConfigId(id)
    return refKey({ kind: type, namespace, name })
  })
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key)
  if (set === undefined) sets.set(key, new Set([value]))
  else set.add(value)
}

function dropFrom(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key)
  if (set?.delete(value) && set.size === 0) sets.delete(key)
}
