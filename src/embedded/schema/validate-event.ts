// Rules of Events and Leases (pkg/apis/core/validation and pkg/apis/coordination/validation of 1.36).
import type { ApiObject } from '../object/api-object.ts'
import { type FieldProblem, invalidField, requiredField } from '../object/field-problem.ts'
import { numberAt, textAt } from '../object/json.ts'
import { qualifiedNameProblems } from '../object/names.ts'

const ELSEWHERE = 'does not match event.namespace'

/** An Event lies in the namespace of what it is about; one with an eventTime says who reports it and what was done. */
export function validateEvent(object: ApiObject): readonly FieldProblem[] {
  const { namespace = '' } = object.metadata
  const about = textAt(object, 'involvedObject', 'namespace')
  const modern = textAt(object, 'eventTime') !== ''
  const clusterScoped = modern ? ['default', 'kube-system'] : ['default']
  const fits = about === '' ? clusterScoped.includes(namespace) : modern || about === namespace
  return [
    ...(fits ? [] : [invalidField('involvedObject.namespace', about, ELSEWHERE)]),
    ...(modern ? validateReport(object) : []),
  ]
}

/** The longest text of each field of a report. */
const LIMITS: Readonly<Record<string, number>> = {
  reportingInstance: 128,
  action: 128,
  reason: 128,
  message: 1024,
}

function validateReport(object: ApiObject): readonly FieldProblem[] {
  const component = textAt(object, 'reportingComponent')
  const problems = qualifiedNameProblems(component).map((why) =>
    invalidField('reportingComponent', component, why),
  )
  const fields = Object.entries(LIMITS).flatMap(([key, limit]) => {
    const text = textAt(object, key)
    if (text === '' && key !== 'message') return [requiredField(key)]
    return text.length > limit ? [invalidField(key, '', `can have at most ${limit} characters`)] : []
  })
  return [...(component === '' ? [requiredField('reportingComponent')] : []), ...problems, ...fields]
}

/** A Lease lasts, and has not been lost less than never. */
export function validateLease(object: ApiObject): readonly FieldProblem[] {
  const duration = numberAt(object, 'spec', 'leaseDurationSeconds')
  const transitions = numberAt(object, 'spec', 'leaseTransitions')
  return [
    ...(duration !== undefined && duration <= 0
      ? [invalidField('spec.leaseDurationSeconds', duration, 'must be greater than 0')]
      : []),
    ...(transitions !== undefined && transitions < 0
      ? [invalidField('spec.leaseTransitions', transitions, 'must be greater than or equal to 0')]
      : []),
  ]
}
