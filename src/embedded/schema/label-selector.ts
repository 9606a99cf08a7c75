// A LabelSelector object (matchLabels, matchExpressions) against labels.
import { type Json, listAt, objectAt, textAt } from '../object/json.ts'

type Labels = Readonly<Record<string, string>>

/** Whether every term of the selector holds; an empty selector holds for everything. */
export function matchesLabelSelector(selector: Json | undefined, labels: Labels): boolean {
  const equal = Object.entries(objectAt(selector, 'matchLabels')).every(
    ([key, value]) => labels[key] === value,
  )
  return equal && listAt(selector, 'matchExpressions').every((each) => matchesExpression(each, labels))
}

function matchesExpression(expression: Json, labels: Labels): boolean {
  const key = textAt(expression, 'key')
  const value = labels[key]
  const among = value !== undefined && listAt(expression, 'values').includes(value)
  switch (textAt(expression, 'operator')) {
    case 'In':
      return among
    case 'NotIn':
      return !among
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default:
      return false
  }
}
