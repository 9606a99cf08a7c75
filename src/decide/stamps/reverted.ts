// Whether somebody took our stamps out of a pod template and changed nothing else: a self-healing GitOps tool, another operator.
import { isNewer } from '../../types/object.ts'
import { FIELD_MANAGER, type TemplateStamps, type Workload } from '../../types/workload.ts'
import { type ParsedStamp, parseStamps, stampTexts } from './stamp.ts'

/** The field manager that took our stamps out between these two versions of a workload; undefined where nobody did. */
export function reverterOf(before: Workload, after: Workload): string | undefined {
  // A restart has happened, whatever becomes of its annotation.
  if (after.restart !== undefined || before.restart !== undefined) return undefined
  if (before.lender?.uid !== after.lender?.uid) return undefined
  if (before.uid !== after.uid || before.templates.at(-1)?.hash !== after.templates.at(-1)?.hash)
    return undefined
  const left = new Set(stampTexts(after.stamps))
  const gone = stampTexts(before.stamps).some((text) => !left.has(text))
  // The field managers tell whole seconds only: of two in one second, the last is anybody's guess, and the stamps know.
  if (!gone || after.lastManager === FIELD_MANAGER || wasRolled(before.stamps, after.stamps)) return undefined
  return after.lastManager ?? 'unknown'
}

/** Whether a stamp came that is no earlier one come back. */
function wasRolled(before: TemplateStamps, after: TemplateStamps): boolean {
  const known = parseStamps(before)
  return parseStamps(after).some((stamp) => known.every((each) => isLater(stamp, each)))
}

/** Whether `stamp` says more of its config than `other` does; of another config, `other` says nothing. */
function isLater(stamp: ParsedStamp, other: ParsedStamp): boolean {
  if (stamp.uid !== other.uid) return true
  if (stamp.deleted || other.deleted) return stamp.deleted && !other.deleted
  return isNewer(stamp.resourceVersion, other.resourceVersion)
}
