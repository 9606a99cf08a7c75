// Quantities in their canonical form: the largest suffix that leaves a whole number (k8s.io/apimachinery/pkg/api/resource).

const FORM = /^([+-]?)(\d+\.?\d*|\.\d+)(.*)$/
const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
/** Nothing is smaller than a thousand-millionth. */
const NANO = 1_000_000_000n

/** What is wrong with a text that is no quantity. */
export const QUANTITY_PROBLEM =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

/** The canonical form of a quantity; undefined where the text is none. */
export function canonicalQuantity(text: string): string | undefined {
  const [, sign = '', number = '', suffix = ''] = FORM.exec(text) ?? []
  if (number === '') return undefined
  const digits = digitsOf(number)
  const binary = BINARY_SUFFIXES.indexOf(suffix)
  if (binary > 0) return withSign(sign, binaryText(nanosOf(digits, 0) * 1024n ** BigInt(binary)))
  const decimal = DECIMAL_SUFFIXES.indexOf(suffix)
  if (decimal >= 0) return withSign(sign, decimalText(nanosOf(digits, (decimal - 3) * 3), decimalUnit))
  const [, exponent] = /^[eE]([+-]?\d+)$/.exec(suffix) ?? []
  if (exponent === undefined) return undefined
  return withSign(sign, decimalText(nanosOf(digits, Number(exponent)), exponentUnit))
}

function withSign(sign: string, text: string): string {
  return sign === '-' && text !== '0' ? `-${text}` : text
}

interface Digits {
  readonly value: bigint
  /** How many of them stand behind the point. */
  readonly fraction: number
}

function digitsOf(number: string): Digits {
  const [whole = '', fraction = ''] = number.split('.')
  return { value: BigInt(whole + fraction), fraction: fraction.length }
}

/** What is smaller than a nano counts as one. */
function nanosOf({ value, fraction }: Digits, exponent: number): bigint {
  const shift = 9 + exponent - fraction
  if (shift >= 0) return value * 10n ** BigInt(shift)
  return roundedUp(value, 10n ** BigInt(-shift))
}

function roundedUp(value: bigint, unit: bigint): bigint {
  return (value + unit - 1n) / unit
}

function decimalText(nanos: bigint, unit: (exponent: number) => string): string {
  if (nanos === 0n) return '0'
  let value = nanos
  let exponent = -9
  while (value % 1000n === 0n && exponent < 18) {
    value /= 1000n
    exponent += 3
  }
  return `${value}${unit(exponent)}`
}

function decimalUnit(exponent: number): string {
  return DECIMAL_SUFFIXES[exponent / 3 + 3] ?? ''
}

function exponentUnit(exponent: number): string {
  return exponent === 0 ? '' : `e${exponent}`
}

/** Below 1024 the decimal suffixes are used. */
function binaryText(nanos: bigint): string {
  if (nanos < 1024n * NANO) return decimalText(nanos, decimalUnit)
  let value = roundedUp(nanos, NANO)
  let power = 0
  while (value % 1024n === 0n && power < BINARY_SUFFIXES.length - 1) {
    value /= 1024n
    power += 1
  }
  return `${value}${BINARY_SUFFIXES[power]}`
}
