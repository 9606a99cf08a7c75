// JSON merge patch, RFC 7386.
import { isObject, type Json, ownMember } from '../object/json.ts'

/** `target` with `patch` laid over: null removes, objects are merged, everything else replaces. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch
  // A Map, because a member may have any name, `__proto__` too.
  const merged = new Map(isObject(target) ? Object.entries(target) : [])
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || value === undefined) merged.delete(key)
    else merged.set(key, mergePatch(isObject(target) ? ownMember(target, key) : undefined, value))
  }
  return Object.fromEntries(merged)
}
