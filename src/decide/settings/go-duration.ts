// Durations as Go writes them, which is how the incumbent's users write them: `500ms`, `1h30m`, `-1.5s`.

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  '\u00b5s': 1e-3,
  '\u03bcs': 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
}
/** The longest duration that Go knows is 2^63 - 1 nanoseconds. */
const LONGEST_MS = 2 ** 63 / 1e6

/**
 * The milliseconds that `text` stands for, by the rules of Go's `time.ParseDuration`.
 * Throws an Error that says what is wrong and how to write it.
 */
export function parseGoDuration(text: string): number {
  const unsigned = /^[+-]/.test(text) ? text.slice(1) : text
  const sign = text.startsWith('-') ? -1 : 1
  if (unsigned === '0') return 0
  if (unsigned === '') throw problem(text, 'it is empty')
  const ms = sumOfParts(text, unsigned)
  if (ms >= LONGEST_MS) throw problem(text, 'it is longer than a duration can be')
  return ms === 0 ? 0 : sign * ms
}

function sumOfParts(text: string, unsigned: string): number {
  const part = /(\d+\.?\d*|\.\d+)([^\d.]*)/y
  let sum = 0
  while (part.lastIndex < unsigned.length) {
    const [, number = '', unit = ''] = part.exec(unsigned) ?? []
    if (number === '') throw problem(text, 'a number is missing')
    if (unit === '') throw problem(text, 'a unit is missing')
    const unitMs = Object.hasOwn(UNIT_MS, unit) ? UNIT_MS[unit] : undefined
    if (unitMs === undefined) throw problem(text, `the unit ${JSON.stringify(unit)} is unknown`)
    sum += Number(number) * unitMs
  }
  return sum
}

function problem(text: string, why: string): Error {
  return new Error(
    `Cannot read the duration ${JSON.stringify(text)}: ${why}, write it like 500ms, 10s, 5m or 1h30m`,
  )
}
