// Label selectors (equality and set based) and field selectors, parsed once into predicates.
// Grammar: k8s.io/apimachinery/pkg/labels and pkg/fields.
import type { ApiObject } from './api-object.ts'
import { valueAt } from './json.ts'
import type { Resource } from './resources.ts'
import { badRequest } from './status.ts'

export type Matches = (object: ApiObject) => boolean

type Labels = Readonly<Record<string, string>>
type LabelTest = (labels: Labels) => boolean

/** A label selector as a predicate over labels. Throws 400 where it cannot be parsed. */
export function parseLabelSelector(text: string): LabelTest {
  const tests = splitRequirements(text).map((each) => parseRequirement(each))
  return (labels) => tests.every((test) => test(labels))
}

/** Splits at the commas outside of parentheses. */
function splitRequirements(text: string): readonly string[] {
  if (text.trim() === '') return []
  return text.split(/,(?![^(]*\))/).map((each) => each.trim())
}

const SET_FORM = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/
const EQUAL_FORM = /^([^\s=!<>(),]+)\s*(==|=|!=)\s*([^\s=!<>(),]*)$/
const EXISTS_FORM = /^(!?)\s*([^\s=!<>(),]+)$/

function parseRequirement(text: string): LabelTest {
  const set = SET_FORM.exec(text)
  if (set !== null) {
    const [, key = '', operator, list = ''] = set
    return membershipTest(labelKey(key), {
      values: list.split(',').map((each) => labelValue(each.trim())),
      within: operator === 'in',
    })
  }
  const equal = EQUAL_FORM.exec(text)
  if (equal !== null) {
    const [, key = '', operator, value = ''] = equal
    return membershipTest(labelKey(key), { values: [labelValue(value)], within: operator !== '!=' })
  }
  const exists = EXISTS_FORM.exec(text)
  if (exists === null)
    throw badRequest(`unable to parse requirement: found '${text}', expected: a label selector`)
  const [, not, key = ''] = exists
  const name = labelKey(key)
  return (labels) => Object.hasOwn(labels, name) === (not === '')
}

interface Membership {
  readonly values: readonly string[]
  readonly within: boolean
}

/** `notin` and `!=` hold for objects without the label too. */
function membershipTest(key: string, { values, within }: Membership): LabelTest {
  const wanted = new Set(values)
  return (labels) => (Object.hasOwn(labels, key) && wanted.has(labels[key] ?? '')) === within
}

const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/

function labelKey(key: string): string {
  if (!LABEL_KEY.test(key)) throw badRequest(`unable to parse requirement: <nil>: Invalid value: "${key}"`)
  return key
}

function labelValue(value: string): string {
  if (!LABEL_VALUE.test(value))
    throw badRequest(`unable to parse requirement: values[0]: Invalid value: "${value}"`)
  return value
}

/** A field selector as a predicate. Throws 400 for a field that the kind cannot be selected by. */
export function parseFieldSelector(text: string, resource: Resource): Matches {
  const tests = text
    .split(',')
    .filter((each) => each !== '')
    .map((each) => parseFieldTerm(each, resource))
  return (object) => tests.every((test) => test(object))
}

const FIELD_TERM = /^([^=!]+)(==|=|!=)(.*)$/

function parseFieldTerm(term: string, resource: Resource): Matches {
  const parsed = FIELD_TERM.exec(term)
  if (parsed === null) throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`)
  const [, field = '', operator, value] = parsed
  const known = field === 'metadata.name' || (field === 'metadata.namespace' && resource.namespaced)
  if (!known && !resource.selectableFields.includes(field)) {
    throw badRequest(`field label not supported: ${field}`)
  }
  return (object) => (fieldText(object, field) === value) === (operator !== '!=')
}

/** Fields whose selector is not their path. */
const FIELD_PATHS: Readonly<Record<string, readonly string[]>> = {
  reportingComponent: ['source', 'component'],
  source: ['source', 'component'],
}

function fieldText(object: ApiObject, field: string): string {
  const value = valueAt(object, ...(FIELD_PATHS[field] ?? field.split('.')))
  return value === undefined || value === null ? '' : String(value)
}

/** Both selectors of a request as one predicate. */
export function parseSelectors(params: URLSearchParams, resource: Resource): Matches {
  const byLabels = parseLabelSelector(params.get('labelSelector') ?? '')
  const byFields = parseFieldSelector(params.get('fieldSelector') ?? '', resource)
  return (object) => byLabels(object.metadata.labels ?? {}) && byFields(object)
}
