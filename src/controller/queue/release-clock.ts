// When something of a release last changed: helm, Argo CD and Flux apply a release object by object over seconds, and what
// comes first should wait for what comes last (behaviour.md 4, "One rollout per release").
import type { ReleaseId } from '../../types/config.ts'

export interface ReleaseClock {
  /** Something of these releases changed: a config's resourceVersion or a workload's template. */
  touch(releases: readonly ReleaseId[], nowMs: number): void
  /** The time of the last change of a release that is in both lists; undefined where there was none lately. */
  lastChange(a: readonly ReleaseId[], b: readonly ReleaseId[]): number | undefined
}

/** Remembers releases that changed within `rememberMs`; all times are of one monotonic clock. */
export function createReleaseClock({ rememberMs }: { readonly rememberMs: number }): ReleaseClock {
  /** In order of their last change, the oldest first. */
  const changes = new Map<ReleaseId, number>()

  function forgetBefore(timeMs: number): void {
    for (const [release, changedMs] of changes) {
      if (changedMs >= timeMs) return
      changes.delete(release)
    }
  }

  return {
    touch(releases, nowMs) {
      for (const release of releases) {
        changes.delete(release)
        changes.set(release, nowMs)
      }
      forgetBefore(nowMs - rememberMs)
    },
    lastChange(a, b) {
      const times = a.flatMap((release) => (b.includes(release) ? (changes.get(release) ?? []) : []))
      return times.length === 0 ? undefined : Math.max(...times)
    },
  }
}
