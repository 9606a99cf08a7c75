// Label selectors as the incumbent's flags take them: Kubernetes' own syntax, and `key:value` and `key:*` besides.
import { ValueError } from './option-error.ts'
import { labelValueProblem, qualifiedNameProblem } from './qualified-name.ts'

/**
 * The Kubernetes label selector for the elements of a flag, or undefined for none. Unlike the incumbent, several
 * `key:value` terms may stand in one element, and quotes around an element or a term are taken off (the incumbent's
 * chart passes the namespace selector in quotes).
 *
 * @throws {ValueError} what no API server would accept
 */
export function toLabelSelector(elements: readonly string[]): string | undefined {
  const text = elements.map(unquote).join(',')
  const terms = splitTerms(text).map((term) => toTerm(unquote(term.trim())))
  const selector = terms.filter((term) => term !== '').join(',')
  return selector === '' ? undefined : selector
}

/** Cuts at the commas that are not inside parentheses. */
function splitTerms(text: string): string[] {
  return text.match(/(?:[^,(]|\([^)]*\)?)+/g) ?? []
}

function unquote(text: string): string {
  return /^(["']).*\1$/.test(text) && text.length > 1 ? text.slice(1, -1) : text
}

function toTerm(text: string): string {
  const term = convert(text)
  if (term !== '') checkTerm(term)
  return term
}

/** `key:value` is `key=value`; `key:*` and `key=*` are `key`, which means that the label exists. */
function convert(text: string): string {
  const [key = '', value = '', ...more] = text.split(':')
  if (more.length > 0) throw new ValueError(`'${text}' has more than one colon; write key:value`)
  const term = text.includes(':') ? `${key.trim()}=${value.trim()}` : text
  return term.endsWith('=*') && !/[!=]=\*$/.test(term) ? term.slice(0, -2) : term
}

const EQUALITY = /^([^\s=!<>()]+)\s*(?:==?|!=)\s*([^\s=!<>()]*)$/
const EXISTENCE = /^!?\s*([^\s=!<>()]+)$/
const SET = /^([^\s=!<>()]+)\s+(?:in|notin)\s*\(([^()]*)\)$/
const ORDER = /^([^\s=!<>()]+)\s*[<>]\s*(-?\d+)$/

/** Refuses a term that is not in the grammar of k8s.io/apimachinery/pkg/labels. */
function checkTerm(term: string): void {
  const match = EQUALITY.exec(term) ?? EXISTENCE.exec(term) ?? SET.exec(term) ?? ORDER.exec(term)
  if (match === null)
    throw new ValueError(`'${term}' is not a label selector; write key, key=value or key in (a,b)`)
  const [, key = '', values = ''] = match
  const problems = [
    qualifiedNameProblem(key),
    ...values.split(',').map((value) => labelValueProblem(value.trim())),
  ]
  const problem = problems.find((each) => each !== undefined)
  if (problem !== undefined) throw new ValueError(problem)
}
