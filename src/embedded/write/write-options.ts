// The query parameters of a write: who writes, whether for real, and what becomes of unknown fields.
import {
  type FieldProblem,
  forbiddenField,
  invalidField,
  requiredField,
  tooLongField,
  unsupportedField,
} from '../object/field-problem.ts'
import { invalid } from '../object/status.ts'
import type { ResourceRequest } from '../request/request-info.ts'

export interface WriteOptions {
  /** The field manager that the client names, else the first part of its User-Agent. */
  readonly manager: string
  readonly dryRun: boolean
  readonly fieldValidation: FieldValidation
}

const VALIDATIONS = ['Ignore', 'Strict', 'Warn'] as const
export type FieldValidation = (typeof VALIDATIONS)[number]

/** Where the options are in a request. */
interface OptionsSource {
  readonly userAgent: string
  /** A PATCH that applies a configuration: it has to name its manager, and it alone may use force. */
  readonly apply?: boolean
}

/** Throws 422 for values that the server does not know. */
export function parseWriteOptions(
  info: ResourceRequest,
  { userAgent, apply = false }: OptionsSource,
): WriteOptions {
  const { params } = info
  const manager = params.get('fieldManager') ?? ''
  const dryRuns = params.getAll('dryRun')
  const asked = params.get('fieldValidation') ?? ''
  const fieldValidation = VALIDATIONS.find((each) => each === (asked === '' ? 'Warn' : asked))
  const problems = [
    ...(info.verb === 'patch' ? applyProblems(params, apply) : []),
    ...managerProblem(manager),
    ...(dryRuns.some((each) => each !== 'All') ? [unsupportedField('dryRun', dryRuns, ['All'])] : []),
  ]
  if (fieldValidation === undefined) {
    throw refusal(info, [...problems, unsupportedField('fieldValidation', asked, ['', ...VALIDATIONS])])
  }
  if (problems.length > 0) throw refusal(info, problems)
  return { manager: manager || managerOf(userAgent), dryRun: dryRuns.length > 0, fieldValidation }
}

function applyProblems(params: URLSearchParams, apply: boolean): readonly FieldProblem[] {
  if (apply)
    return params.get('fieldManager') ? [] : [requiredField('fieldManager', 'is required for apply patch')]
  return params.has('force') ? [forbiddenField('force', 'may not be specified for non-apply patch')] : []
}

/** Options are refused under the name of their own kind. */
const OPTIONS_KINDS: Readonly<Record<string, string>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
}

function refusal({ verb }: ResourceRequest, problems: readonly FieldProblem[]): Error {
  const kind = OPTIONS_KINDS[verb] ?? 'DeleteOptions'
  return invalid({ group: 'meta.k8s.io', kind, name: '' }, problems)
}

const MAX_MANAGER_LENGTH = 128

function managerProblem(name: string): readonly FieldProblem[] {
  if (Buffer.byteLength(name) > MAX_MANAGER_LENGTH) return [tooLongField('fieldManager', MAX_MANAGER_LENGTH)]
  const place = name.search(/\p{C}/u)
  if (place < 0) return []
  const code = name.codePointAt(place) ?? 0
  const shown = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  return [invalidField('fieldManager', name, `invalid character ${shown} (at position ${place})`)]
}

function managerOf(userAgent: string): string {
  return (userAgent.split('/')[0] ?? '').slice(0, MAX_MANAGER_LENGTH)
}
