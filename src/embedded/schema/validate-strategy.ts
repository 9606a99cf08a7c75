// Rules of the strategy of a Deployment (pkg/apis/apps/validation of 1.36).
import type { ApiObject } from '../object/api-object.ts'
import { type FieldProblem, forbiddenField, invalidField, unsupportedField } from '../object/field-problem.ts'
import { isObject, type Json, objectAt, textAt } from '../object/json.ts'

const PATH = 'spec.strategy'

/** What is wrong with how a Deployment replaces its pods; defaults are filled in already. */
export function validateStrategy(object: ApiObject): readonly FieldProblem[] {
  const strategy = objectAt(object, 'spec', 'strategy')
  const { rollingUpdate } = strategy
  switch (textAt(strategy, 'type')) {
    case 'Recreate': {
      const why = "may not be specified when strategy `type` is 'Recreate'"
      return rollingUpdate === undefined ? [] : [forbiddenField(`${PATH}.rollingUpdate`, why)]
    }
    case 'RollingUpdate':
      return isObject(rollingUpdate) ? limitProblems(rollingUpdate) : []
    default:
      return [unsupportedField(PATH, strategy, ['Recreate', 'RollingUpdate'])]
  }
}

function limitProblems(limits: Json): readonly FieldProblem[] {
  const { maxUnavailable = 0, maxSurge = 0 } = isObject(limits) ? limits : {}
  const place = `${PATH}.rollingUpdate.maxUnavailable`
  const stuck = amountOf(maxUnavailable) === 0 && amountOf(maxSurge) === 0
  const whole = typeof maxUnavailable === 'string' && amountOf(maxUnavailable) > 100
  return [
    ...numberProblems(maxUnavailable, place),
    ...numberProblems(maxSurge, `${PATH}.rollingUpdate.maxSurge`),
    ...(stuck ? [invalidField(place, maxUnavailable, 'may not be 0 when `maxSurge` is 0')] : []),
    ...(whole ? [invalidField(place, maxUnavailable, 'must not be greater than 100%')] : []),
  ]
}

const PERCENT = /^[0-9]+%$/
const NO_PERCENT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"

/** A number, or the number of a percentage; what is neither counts as zero. */
function amountOf(value: Json): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' && PERCENT.test(value) ? Number.parseInt(value, 10) : 0
}

function numberProblems(value: Json, path: string): readonly FieldProblem[] {
  if (typeof value === 'string') return PERCENT.test(value) ? [] : [invalidField(path, value, NO_PERCENT)]
  return amountOf(value) < 0 ? [invalidField(path, value, 'must be greater than or equal to 0')] : []
}
