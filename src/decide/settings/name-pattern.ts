// An entry of a named list as something that matches names: in linear time, and without a regular expression where none is needed.
import { RE2JS } from 're2js'
import { problemText } from '../../types/problem-text.ts'
import type { NamePattern } from '../../types/settings.ts'
import { isObjectName, MAX_NAME_LENGTH } from './object-name.ts'

/** The longest entry that is taken as a regular expression. */
export const MAX_PATTERN_LENGTH = 512
/** The largest compiled expression: a match costs at most this times the length of the name. */
const MAX_PROGRAM_SIZE = 1_000
/** How large an expression may look before it is compiled, counted repetitions multiplied out. */
const MAX_EXPANDED_LENGTH = 50_000
/** How many compiled expressions are kept for the next workload that has the same. */
const MAX_COMPILED = 1_000

/** What an entry is good for: matching, or a complaint (no full stop). */
export type ReadPattern = { readonly pattern: NamePattern } | { readonly problem: string }

const compiled = new Map<string, ReadPattern>()

/**
 * Reads one trimmed, non-empty entry of a named list as spec 2.2 does: RE2, `^` before it and `$` behind it and no group
 * around it, so that `a|b` means "starts with a, or ends with b".
 */
export function readPattern(text: string): ReadPattern {
  if (!/[\\+*?()|[\]{}^$]/.test(text)) return readPlain(text)
  const known = compiled.get(text)
  if (known !== undefined) return known
  const read = readRegex(text)
  if (compiled.size >= MAX_COMPILED) compiled.delete(compiled.keys().next().value ?? '')
  compiled.set(text, read)
  return read
}

/** Whether `pattern` matches no other name than its own text. */
export function matchesOnlyItself({ text, literal }: NamePattern): boolean {
  return literal && !text.includes('.')
}

/** An entry with no metacharacter but the dot, which stands for any one character. */
function readPlain(text: string): ReadPattern {
  const literal = isObjectName(text)
  if (text.includes('/'))
    return {
      problem: 'a name is meant, without the namespace: only configs of its own namespace are followed',
    }
  if (text.length > MAX_NAME_LENGTH)
    return { problem: `no name is longer than ${MAX_NAME_LENGTH} characters` }
  if (/[^a-z0-9.-]/.test(text) || (!literal && !text.includes('.'))) {
    return { problem: 'no object can have this name: use lower case letters, digits, dashes and dots' }
  }
  const matches = text.includes('.')
    ? (name: string) => matchesDotted(text, name)
    : (name: string) => name === text
  return { pattern: { text, literal, matches } }
}

function matchesDotted(text: string, name: string): boolean {
  if (name.length !== text.length) return false
  for (let index = 0; index < text.length; index++) {
    if (text[index] !== '.' && text[index] !== name[index]) return false
  }
  return true
}

function readRegex(text: string): ReadPattern {
  if (text.length > MAX_PATTERN_LENGTH)
    return { problem: `a regular expression of more than ${MAX_PATTERN_LENGTH} characters` }
  if (expandedLength(text) > MAX_EXPANDED_LENGTH) return { problem: TOO_LARGE }
  try {
    const regex = RE2JS.compile(`^${text}$`)
    if (regex.programSize() > MAX_PROGRAM_SIZE) return { problem: TOO_LARGE }
    return { pattern: { text, literal: false, matches: (name) => regex.test(name) } }
  } catch (error) {
    return { problem: `not a regular expression of RE2: ${reasonOf(error)}` }
  }
}

const TOO_LARGE = 'the regular expression is too large: repeat less, {n} counts'

/** An upper bound of the size of `text` with its counted repetitions written out; RE2 allows 1,000 for nested ones together. */
function expandedLength(text: string): number {
  let times = 1
  for (const [, least = '', most = ''] of text.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) {
    times *= Math.max(1, Number(least), Number(most))
  }
  return text.length * Math.min(times, 1_000)
}

function reasonOf(error: unknown): string {
  return problemText(error).replace(/^error parsing regexp: /, '')
}
