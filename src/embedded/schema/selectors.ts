// Label and field selectors of a request, as predicates over objects.
import type { ApiObject } from '../object/api-object.ts'
import { valueAt } from '../object/json.ts'
import type { Resource } from '../object/resources.ts'
import { badRequest } from '../object/status.ts'
import { type LabelRequirement, parseLabelSelectorText } from './label-selector-text.ts'

export type Matches = (object: ApiObject) => boolean

type Labels = Readonly<Record<string, string>>

/** Both selectors of a request as one predicate. Throws 400 for one that cannot be read. */
export function parseSelectors(params: URLSearchParams, resource: Resource): Matches {
  const requirements = parseLabelSelectorText(params.get('labelSelector') ?? '')
  const byFields = parseFieldSelector(params.get('fieldSelector') ?? '', resource)
  return (object) =>
    requirements.every((each) => holds(each, object.metadata.labels ?? {})) && byFields(object)
}

function holds({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  const among = value !== undefined && values.includes(value)
  switch (operator) {
    case 'exists':
      return value !== undefined
    case '!':
      return value === undefined
    case 'in':
    case '=':
    case '==':
      return among
    case 'notin':
    case '!=':
      return !among
    case '>':
      return Number(value) > Number(values[0])
    case '<':
      return Number(value) < Number(values[0])
  }
}

/** A field selector as a predicate. Throws 400 for a field that the kind cannot be selected by. */
function parseFieldSelector(text: string, resource: Resource): Matches {
  const terms = text.split(',').filter((each) => each !== '')
  const tests = terms.map((each) => parseFieldTerm(each, { text, resource }))
  return (object) => tests.every((test) => test(object))
}

const FIELD_TERM = /^([^=!]+)(==|=|!=)(.*)$/

interface FieldSelector {
  readonly text: string
  readonly resource: Resource
}

function parseFieldTerm(term: string, { text, resource }: FieldSelector): Matches {
  const parsed = FIELD_TERM.exec(term)
  if (parsed === null) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`)
  const [, field = '', operator, value] = parsed
  checkField(field, resource)
  return (object) => (fieldText(object, field) === value) === (operator !== '!=')
}

function checkField(field: string, { selectableFields, custom }: Resource): void {
  if (field === 'metadata.name' || field === 'metadata.namespace' || selectableFields.includes(field)) return
  throw badRequest(
    selectableFields.length > 0 || custom !== undefined
      ? `field label not supported: ${field}`
      : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
  )
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
