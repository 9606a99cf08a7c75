// The text form of a label selector: `x=1,y in (a,b),!z`, read as k8s.io/apimachinery/pkg/labels reads it, with its words
// for what it cannot read.
import { labelValueProblems, qualifiedNameProblems } from '../object/names.ts'
import { badRequest } from '../object/status.ts'

export type LabelOperator = 'exists' | '!' | 'in' | 'notin' | '=' | '==' | '!=' | '>' | '<'

export interface LabelRequirement {
  readonly key: string
  readonly operator: LabelOperator
  readonly values: readonly string[]
}

/** The requirements of a selector, all of which must hold. Throws 400 where it cannot be read. */
export function parseLabelSelectorText(text: string): readonly LabelRequirement[] {
  const tokens = createTokens(text)
  const requirements: LabelRequirement[] = []
  while (tokens.peek() !== END) {
    if (!isIdentifier(tokens.peek()) && tokens.peek() !== '!') {
      throw badRequest(`found '${tokens.peek()}', expected: !, identifier, or 'end of string'`)
    }
    requirements.push(parseRequirement(tokens))
    const separator = tokens.next()
    if (separator === END) break
    if (separator !== ',') throw badRequest(`found '${separator}', expected: ',' or 'end of string'`)
    if (!isIdentifier(tokens.peek()) && tokens.peek() !== '!') {
      throw badRequest(`found '${tokens.peek()}', expected: identifier after ','`)
    }
  }
  return requirements
}

const END = ''
const TOKEN = /==|!=|[=!(),<>]|[^\s=!(),<>]+/g

interface Tokens {
  readonly peek: () => string
  readonly next: () => string
}

function createTokens(text: string): Tokens {
  const tokens = text.match(TOKEN) ?? []
  let place = 0
  return {
    peek: () => tokens[place] ?? END,
    next: () => tokens[place++] ?? END,
  }
}

function isIdentifier(token: string): boolean {
  return /^[^=!(),<>]/.test(token)
}

function refusal(why: string): Error {
  return badRequest(`unable to parse requirement: ${why}`)
}

function parseRequirement(tokens: Tokens): LabelRequirement {
  const negated = tokens.peek() === '!'
  if (negated) tokens.next()
  const key = tokens.next()
  if (!isIdentifier(key)) throw refusal(`found '${key}', expected: identifier`)
  checkKey(key)
  if (negated) return { key, operator: '!', values: [] }
  if (tokens.peek() === END || tokens.peek() === ',') return { key, operator: 'exists', values: [] }
  const operator = parseOperator(tokens.next())
  const values = operator === 'in' || operator === 'notin' ? parseValues(tokens) : [parseValue(tokens)]
  const requirement = { key, operator, values: [...new Set(values)].toSorted() }
  checkValues(requirement)
  return requirement
}

function checkKey(key: string): void {
  const problems = qualifiedNameProblems(key)
  if (problems.length > 0)
    throw refusal(`<nil>: Invalid value: ${JSON.stringify(key)}: ${problems.join('; ')}`)
}

function parseOperator(token: string): LabelOperator {
  switch (token) {
    case 'in':
    case 'notin':
    case '=':
    case '==':
    case '!=':
    case '>':
    case '<':
      return token
    default:
      throw refusal(`found '${token}', expected: in, notin, =, ==, !=, gt, lt`)
  }
}

function parseValue(tokens: Tokens): string {
  if (tokens.peek() === END || tokens.peek() === ',') return ''
  const value = tokens.next()
  if (!isIdentifier(value)) throw refusal(`found '${value}', expected: identifier`)
  return value
}

/** `(a,b)`; what stands empty between commas is the empty value. */
function parseValues(tokens: Tokens): readonly string[] {
  const open = tokens.next()
  if (open !== '(') throw refusal(`found '${open}' expected: '('`)
  const values: string[] = []
  for (;;) {
    values.push(isIdentifier(tokens.peek()) ? tokens.next() : '')
    const separator = tokens.next()
    if (separator === ')') return values
    if (separator !== ',') throw refusal(`found '${separator}', expected: ',' or ')'`)
  }
}

function checkValues({ key, operator, values }: LabelRequirement): void {
  const problems = values.flatMap((value, i) => {
    const quoted = JSON.stringify(value)
    const ordering = operator === '>' || operator === '<'
    const noNumber = ordering && !/^[-+]?\d+$/.test(value)
    const invalid = labelValueProblems(value)
    return [
      ...(noNumber
        ? [`values[${i}]: Invalid value: ${quoted}: for 'Gt', 'Lt' operators, the value must be an integer`]
        : []),
      ...(invalid.length > 0
        ? [`values[${i}][${key}]: Invalid value: ${quoted}: ${invalid.join('; ')}`]
        : []),
    ]
  })
  if (problems.length > 0) throw refusal(problems.length > 1 ? `[${problems.join(', ')}]` : problems.join(''))
}
