// Rules of Jobs and CronJobs (pkg/apis/batch/validation of 1.36).
import type { ApiObject } from '../object/api-object.ts'
import { type FieldProblem, invalidField, requiredField, unsupportedField } from '../object/field-problem.ts'
import { type Json, jsonEqual, numberAt, objectAt, textAt, valueAt } from '../object/json.ts'
import { isTimeZone, parseSchedule } from './cron-schedule.ts'
import { validatePodTemplate } from './validate-pod-template.ts'

/** Rules of Jobs; of a CronJob's, at its path. */
export function validateJob(object: ApiObject): readonly FieldProblem[] {
  return validateJobSpec(objectAt(object, 'spec'), 'spec')
}

const POLICIES = ['Allow', 'Forbid', 'Replace']
const CRON_COUNTS = ['startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit']
/** A Job's name is the CronJob's with eleven characters more. */
const MAX_NAME = 52

/** Rules of CronJobs. */
export function validateCronJob(object: ApiObject): readonly FieldProblem[] {
  const spec = objectAt(object, 'spec')
  const policy = textAt(spec, 'concurrencyPolicy')
  const { name = '' } = object.metadata
  return [
    ...scheduleProblems(textAt(spec, 'schedule')),
    ...zoneProblems(spec.timeZone),
    ...negative(spec, CRON_COUNTS, 'spec'),
    ...(POLICIES.includes(policy) ? [] : [unsupportedField('spec.concurrencyPolicy', policy, POLICIES)]),
    ...validateJobSpec(objectAt(spec, 'jobTemplate', 'spec'), 'spec.jobTemplate.spec'),
    ...(name.length > MAX_NAME
      ? [invalidField('metadata.name', name, `must be no more than ${MAX_NAME} characters`)]
      : []),
  ]
}

function scheduleProblems(schedule: string): readonly FieldProblem[] {
  if (schedule === '') return [requiredField('spec.schedule')]
  try {
    parseSchedule(schedule)
    return []
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return [invalidField('spec.schedule', schedule, error.message)]
  }
}

function zoneProblems(zone: Json | undefined): readonly FieldProblem[] {
  if (typeof zone !== 'string' || isTimeZone(zone)) return []
  return [invalidField('spec.timeZone', zone, `unknown time zone ${zone}`)]
}

function negative(spec: Json, keys: readonly string[], path: string): readonly FieldProblem[] {
  return keys
    .filter((key) => (numberAt(spec, key) ?? 0) < 0)
    .map((key) => invalidField(`${path}.${key}`, valueAt(spec, key), 'must be greater than or equal to 0'))
}

const JOB_COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
]

function validateJobSpec(spec: Json, path: string): readonly FieldProblem[] {
  const policy = textAt(spec, 'template', 'spec', 'restartPolicy')
  const problems = [
    ...negative(spec, JOB_COUNTS, path),
    ...validatePodTemplate(valueAt(spec, 'template'), `${path}.template`),
  ]
  if (policy === 'OnFailure' || policy === 'Never') return problems
  const place = `${path}.template.spec.restartPolicy`
  const wrong =
    policy === 'Always' || policy === ''
      ? requiredField(place, 'valid values: "OnFailure", "Never"')
      : unsupportedField(place, policy, ['OnFailure', 'Never'])
  return [...problems, wrong]
}

/** A Job's pods stay what they were. */
export function validateJobUpdate(next: ApiObject, current: ApiObject): readonly FieldProblem[] {
  const fixed = ['completions', 'selector', 'template', 'completionMode'] as const
  return fixed.flatMap((key) => {
    const [after, before] = [valueAt(next, 'spec', key), valueAt(current, 'spec', key)]
    return jsonEqual(after, before) ? [] : [invalidField(`spec.${key}`, after, 'field is immutable')]
  })
}
