// Tells of entries of annotations that count for nothing: in the log, a metric and an Event, and once until they change.
import { invalidAnnotationEvent } from '../report/event-message.ts'
import type { EventRecorder } from '../report/record-event.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { refKey } from '../types/object.ts'
import type { Workload } from '../types/workload.ts'

interface AnnotationWarningParts {
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly metrics: Pick<Metrics, 'errors'>
  readonly recorder: Pick<EventRecorder, 'record'>
  readonly dryRun: boolean
}

/** What was said of the annotations of each workload. */
export interface AnnotationWarning {
  /** Tells of what is wrong with them now, unless that was the last thing said. */
  tell(workload: Workload): void
  forget(workloadKey: string): void
}

/** Bounded by the workloads that have such entries. */
export function createAnnotationWarning(parts: AnnotationWarningParts): AnnotationWarning {
  const said = new Map<string, string>()
  return {
    tell({ ref, uid, resourceVersion, settings: { invalid } }) {
      const key = refKey(ref)
      if (invalid.length === 0) {
        said.delete(key)
        return
      }
      const text = JSON.stringify(invalid)
      if (said.get(key) === text) return
      said.set(key, text)
      // The report of a dry run has them, too.
      const say = parts.dryRun ? parts.log.info : parts.log.warn
      for (const each of invalid) {
        const { annotation, entry, problem } = each
        parts.metrics.errors.inc({ type: 'annotation' })
        say(`Annotation entry ignored on ${key}: ${problem}`, { annotation, entry })
        parts.recorder.record(invalidAnnotationEvent({ ...ref, uid, resourceVersion }, each))
      }
    },
    forget(workloadKey) {
      said.delete(workloadKey)
    },
  }
}
