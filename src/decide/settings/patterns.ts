// The regular expressions that a workload's lists hold, as one comparable string.
import { createHash } from 'node:crypto'
import { CONFIG_TYPES } from '../../types/config.ts'
import type { Settings } from '../../types/settings.ts'
import { matchesOnlyItself } from './name-pattern.ts'

/**
 * A fingerprint of the regular expressions in the lists of `settings`; undefined where there are none. Only under the same
 * fingerprint can "this config was created since" be told from "this config is listed anew" (behaviour.md 2c).
 */
export function patternsOf({ types }: Settings): string | undefined {
  const texts = CONFIG_TYPES.flatMap((type) =>
    types[type].named
      .filter((pattern) => !matchesOnlyItself(pattern))
      .map(({ text }) => JSON.stringify([type, text])),
  )
  if (texts.length === 0) return undefined
  return createHash('sha256').update(texts.sort().join('\n')).digest('base64url').slice(0, 16)
}
