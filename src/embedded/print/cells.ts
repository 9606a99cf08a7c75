// Values as cells of a Table, in the wording of k8s.io/kubernetes/pkg/printers/internalversion.
import type { ApiObject } from '../object/api-object.ts'
import { type Json, listAt, objectAt, textAt } from '../object/json.ts'

export const NONE = '<none>'
export const UNKNOWN = '<unknown>'

const [MINUTE, HOUR, DAY, YEAR] = [60, 3600, 86_400, 31_536_000]

interface Step {
  /** The step is for durations below so many seconds. */
  readonly below: number
  readonly unit: number
  readonly letter: string
  /** The finer unit that is told, too. */
  readonly rest?: readonly [unit: number, letter: string]
}

const STEPS: readonly Step[] = [
  { below: 2 * MINUTE, unit: 1, letter: 's' },
  { below: 10 * MINUTE, unit: MINUTE, letter: 'm', rest: [1, 's'] },
  { below: 3 * HOUR, unit: MINUTE, letter: 'm' },
  { below: 8 * HOUR, unit: HOUR, letter: 'h', rest: [MINUTE, 'm'] },
  { below: 2 * DAY, unit: HOUR, letter: 'h' },
  { below: 8 * DAY, unit: DAY, letter: 'd', rest: [HOUR, 'h'] },
  { below: 2 * YEAR, unit: DAY, letter: 'd' },
  { below: 8 * YEAR, unit: YEAR, letter: 'y', rest: [DAY, 'd'] },
  { below: Infinity, unit: YEAR, letter: 'y' },
]

/** A duration in milliseconds as people read it: `5m3s`, `7h`, `2d` (k8s.io/apimachinery/pkg/util/duration). */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  const step = STEPS.find((each) => seconds < each.below)
  if (step === undefined) return ''
  const { unit, letter, rest } = step
  const whole = `${Math.floor(seconds / unit)}${letter}`
  if (rest === undefined) return whole
  const part = Math.floor((seconds % unit) / rest[0])
  return part === 0 ? whole : `${whole}${part}${rest[1]}`
}

/** How long ago a timestamp was. */
export function since(time: Json | undefined, now: Date): string {
  if (typeof time !== 'string' || time === '') return UNKNOWN
  return humanDuration(now.getTime() - Date.parse(time))
}

/** The age of an object. */
export function ageOf({ metadata }: ApiObject, now: Date): string {
  return since(metadata.creationTimestamp, now)
}

/** The names and the images of the containers of a template. */
export function containerCells(template: Json | undefined): readonly string[] {
  const containers = listAt(template, 'spec', 'containers')
  const joined = (key: string) => containers.map((each) => textAt(each, key)).join(',')
  return [joined('name'), joined('image')]
}

const OPERATORS: Readonly<Record<string, string>> = { In: 'in', NotIn: 'notin' }

/** A label selector as text. */
export function selectorText(selector: Json | undefined): string {
  if (selector === undefined || selector === null) return NONE
  const exact = Object.entries(objectAt(selector, 'matchLabels')).map(([key, value]) => ({
    key,
    text: `${key}=${String(value)}`,
  }))
  const terms = listAt(selector, 'matchExpressions').map((each) => ({
    key: textAt(each, 'key'),
    text: termText(each),
  }))
  const all = [...exact, ...terms].toSorted((a, b) => (a.key < b.key ? -1 : 1))
  return all.length === 0 ? NONE : all.map(({ text }) => text).join(',')
}

function termText(term: Json): string {
  const [key, operator] = [textAt(term, 'key'), textAt(term, 'operator')]
  if (operator === 'Exists') return key
  if (operator === 'DoesNotExist') return `!${key}`
  return `${key} ${OPERATORS[operator] ?? operator} (${listAt(term, 'values').map(String).toSorted().join(',')})`
}

/** Labels as `a=b,c=d`. */
export function labelsText(labels: Json | undefined): string {
  const pairs = Object.entries(objectAt(labels)).map(([key, value]) => `${key}=${String(value)}`)
  return pairs.length === 0 ? NONE : pairs.toSorted().join(',')
}
