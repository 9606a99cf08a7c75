// Cron schedules of five fields in a time zone, by the rules of the parser that the real CronJob controller uses
// (github.com/robfig/cron/v3): a time that a clock skips does not come, one that it repeats comes once.

interface Field {
  readonly name: string
  readonly min: number
  readonly max: number
  readonly words: readonly string[]
}

const FIELDS: readonly Field[] = [
  { name: 'minute', min: 0, max: 59, words: [] },
  { name: 'hour', min: 0, max: 23, words: [] },
  { name: 'day of month', min: 1, max: 31, words: [] },
  { name: 'month', min: 1, max: 12, words: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ') },
  { name: 'day of week', min: 0, max: 6, words: 'sun mon tue wed thu fri sat'.split(' ') },
]

const NAMED: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

export interface CronSchedule {
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  /** Whether the schedule includes a day: of the month, month from 1, and of the week from Sunday. */
  readonly includes: (day: number, month: number, weekday: number) => boolean
}

/** Reads a schedule. Throws a SyntaxError that says what is wrong with it. */
export function parseSchedule(text: string): CronSchedule {
  const parts = (NAMED[text] ?? text).trim().split(/\s+/)
  if (text.startsWith('@') && NAMED[text] === undefined)
    throw new SyntaxError(`unrecognized descriptor: ${text}`)
  if (parts.length !== FIELDS.length || text.trim() === '')
    throw new SyntaxError(`expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`)
  const [minutes = [], hours = [], days = [], months = [], weekdays = []] = FIELDS.map((field, index) =>
    parseField(parts[index] ?? '', field),
  )
  const free = (index: number) => /(^|,)[*?](\/1)?(,|$)/.test(parts[index] ?? '')
  const either = !free(2) && !free(4)
  return {
    minutes,
    hours,
    includes(day, month, weekday) {
      const [byDay, byWeekday] = [days.includes(day), weekdays.includes(weekday)]
      return months.includes(month) && (either ? byDay || byWeekday : byDay && byWeekday)
    },
  }
}

/** The values of a field in order. */
function parseField(text: string, field: Field): readonly number[] {
  const values = text.split(',').flatMap((part) => parseRange(part, field))
  return [...new Set(values)].sort((a, b) => a - b)
}

function parseRange(text: string, field: Field): readonly number[] {
  const [range = '', stepText, ...more] = text.split('/')
  if (more.length > 0) throw new SyntaxError(`too many slashes: ${text}`)
  const step = stepText === undefined ? 1 : parseNumber(stepText, [])
  const [low, high] = boundsOf(range, field, stepText !== undefined)
  if (low < field.min)
    throw new SyntaxError(`beginning of range (${low}) below minimum (${field.min}): ${text}`)
  if (high > field.max) throw new SyntaxError(`end of range (${high}) above maximum (${field.max}): ${text}`)
  if (low > high) throw new SyntaxError(`beginning of range (${low}) beyond end of range (${high}): ${text}`)
  if (step === 0) throw new SyntaxError(`step of range should be a positive number: ${text}`)
  return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, index) => low + index * step)
}

function boundsOf(range: string, { min, max, words }: Field, open: boolean): readonly [number, number] {
  if (range === '*' || range === '?') return [min, max]
  const [from = '', to, ...more] = range.split('-')
  if (more.length > 0) throw new SyntaxError(`too many hyphens: ${range}`)
  const offset =
    min === 1
      ? words.map((word, index) => [word, index + 1] as const)
      : words.map((word, index) => [word, index] as const)
  const low = parseNumber(from, offset)
  if (to !== undefined) return [low, parseNumber(to, offset)]
  return [low, open ? max : low]
}

function parseNumber(text: string, words: readonly (readonly [string, number])[]): number {
  const word = words.find(([each]) => each === text.toLowerCase())
  if (word !== undefined) return word[1]
  if (!/^\d+$/.test(text))
    throw new SyntaxError(`failed to parse int from ${text}: strconv.Atoi: parsing "${text}": invalid syntax`)
  return Number(text)
}

const DAY_MS = 86_400_000
/** Far enough for the 29th of February on a given day of the week. */
const HORIZON_DAYS = 366 * 29

/** The first time of a schedule after `after`, in a time zone of the IANA database; undefined where there is none. */
export function nextTime(schedule: CronSchedule, after: Date, timeZone = 'UTC'): Date | undefined {
  const offsetOf = zoneOffset(timeZone)
  const firstDay = Math.floor((after.getTime() + offsetOf(after.getTime())) / DAY_MS)
  for (let day = firstDay; day < firstDay + HORIZON_DAYS; day += 1) {
    const date = new Date(day * DAY_MS)
    if (!schedule.includes(date.getUTCDate(), date.getUTCMonth() + 1, date.getUTCDay())) continue
    const found = firstOf(timesOfDay(schedule, day * DAY_MS), after.getTime(), offsetOf)
    if (found !== undefined) return new Date(found)
  }
  return undefined
}

function timesOfDay({ hours, minutes }: CronSchedule, startMs: number): readonly number[] {
  return hours.flatMap((hour) => minutes.map((minute) => startMs + (hour * 60 + minute) * 60_000))
}

type OffsetOf = (time: number) => number

/** The first instant after `after` at which clocks show one of the wall times, which are in order. */
function firstOf(walls: readonly number[], after: number, offsetOf: OffsetOf): number | undefined {
  const shown = after + offsetOf(after)
  for (const wall of walls) {
    // Clocks are never moved by as much as a day, so what lies that far back need not be looked at closely.
    if (wall < shown - DAY_MS / 2) continue
    const time = instantOf(wall, offsetOf)
    if (time !== undefined && time > after) return time
  }
  return undefined
}

/** The instant at which clocks first show a wall time; undefined where they skip it. */
function instantOf(wall: number, offsetOf: OffsetOf): number | undefined {
  const offsets = [offsetOf(wall - DAY_MS), offsetOf(wall + DAY_MS)]
  return offsets.map((offset) => wall - offset).find((time) => time + offsetOf(time) === wall)
}

/** How far clocks of a zone are ahead of UTC at an instant, in milliseconds. Throws a RangeError for an unknown zone. */
function zoneOffset(timeZone: string): OffsetOf {
  if (timeZone === 'UTC') return () => 0
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (time) => {
    const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]))
    const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0
    const wall = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    )
    return wall - Math.floor(time / 1000) * 1000
  }
}

/** Whether the IANA database has a zone of that name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name })
    return true
  } catch {
    return false
  }
}
