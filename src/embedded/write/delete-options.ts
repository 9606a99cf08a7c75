// The options of a DELETE: the body where there is one, else the query, never both.
import { type FieldProblem, invalidField, unsupportedField } from '../object/field-problem.ts'
import { isObject, type JsonObject, listAt, parseJson, textAt } from '../object/json.ts'
import { badRequest, invalid } from '../object/status.ts'
import { FieldTypeError, readTyped } from '../schema/typed-body.ts'

const KIND = 'DeleteOptions'
const POLICIES = ['Foreground', 'Background', 'Orphan']

/** The options as metav1.DeleteOptions. Throws 400 for a body that is none, 422 for values that the server does not know. */
export function parseDeleteOptions(text: string, params: URLSearchParams): JsonObject {
  const options = text === '' ? queryOptions(params) : bodyOptions(text)
  const problems = [...policyProblems(options), ...dryRunProblems(options)]
  if (problems.length > 0) throw invalid({ group: 'meta.k8s.io', kind: KIND, name: '' }, problems)
  return options
}

/** Whether nothing is really to be deleted. */
export function isDryRun(options: JsonObject): boolean {
  return listAt(options, 'dryRun').length > 0
}

function bodyOptions(text: string): JsonObject {
  const body = parseJson(text)
  if (!isObject(body)) throw badRequest("couldn't get version/kind; json parse error")
  try {
    return readTyped(body, KIND).object
  } catch (error) {
    throw error instanceof FieldTypeError ? badRequest(error.message) : error
  }
}

function queryOptions(params: URLSearchParams): JsonObject {
  const [grace, orphan, policy] = ['gracePeriodSeconds', 'orphanDependents', 'propagationPolicy'].map(
    (each) => params.get(each),
  )
  return {
    dryRun: params.getAll('dryRun'),
    ...(grace ? { gracePeriodSeconds: Number(grace) } : {}),
    ...(orphan ? { orphanDependents: orphan === 'true' || orphan === '1' } : {}),
    ...(policy ? { propagationPolicy: policy } : {}),
  }
}

function policyProblems({ orphanDependents, propagationPolicy }: JsonObject): readonly FieldProblem[] {
  if (propagationPolicy === undefined) return []
  const both = 'orphanDependents and deletionPropagation cannot be both set'
  return [
    ...(orphanDependents === undefined ? [] : [invalidField('propagationPolicy', propagationPolicy, both)]),
    ...(POLICIES.includes(String(propagationPolicy))
      ? []
      : [unsupportedField('propagationPolicy', propagationPolicy, [...POLICIES, 'nil'])]),
  ]
}

function dryRunProblems(options: JsonObject): readonly FieldProblem[] {
  const dryRuns = listAt(options, 'dryRun')
  return dryRuns.some((each) => each !== 'All') ? [unsupportedField('dryRun', dryRuns, ['All'])] : []
}

const ORPHAN = 'orphan'
const FOREGROUND = 'foregroundDeletion'

/**
 * The finalizers of an object that is deleted: orphaning and foreground deletion hold it until the garbage collector has
 * done its part, and what the options say replaces what an earlier deletion said.
 */
export function finalizersAfter(finalizers: readonly string[], options: JsonObject): readonly string[] {
  const { orphanDependents } = options
  const policy = textAt(options, 'propagationPolicy')
  const asked = policy !== '' || orphanDependents !== undefined
  const orphan = asked ? policy === 'Orphan' || orphanDependents === true : finalizers.includes(ORPHAN)
  const foreground = asked ? policy === 'Foreground' : finalizers.includes(FOREGROUND)
  const others = finalizers.filter((each) => each !== ORPHAN && each !== FOREGROUND)
  return [...others, ...(orphan ? [ORPHAN] : []), ...(foreground ? [FOREGROUND] : [])]
}
