// Whether somebody took our stamps out of a pod template and changed nothing else: a self-healing GitOps tool, another operator.
import { FIELD_MANAGER, type Workload } from '../types/workload.ts'
import { stampTexts } from './stamp.ts'

/** The field manager that took our stamps out between these two versions of a workload; undefined where nobody did. */
export function reverterOf(before: Workload, after: Workload): string | undefined {
  if (before.uid !== after.uid || before.templates.at(-1)?.hash !== after.templates.at(-1)?.hash)
    return undefined
  const left = new Set(stampTexts(after.stamps))
  const gone = stampTexts(before.stamps).some((text) => !left.has(text))
  if (!gone || after.lastManager === FIELD_MANAGER) return undefined
  return after.lastManager ?? 'unknown'
}
