// The query parameters of a write: who writes, whether for real, and what becomes of unknown fields.
import { type FieldProblem, invalidField, tooLongField, unsupportedField } from '../object/field-problem.ts'
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

/** Throws 422 for a value that the server does not know. */
export function parseWriteOptions(info: ResourceRequest, userAgent: string): WriteOptions {
  const { params } = info
  const dryRuns = params.getAll('dryRun')
  if (dryRuns.some((each) => each !== 'All'))
    throw refusal(info, unsupportedField('dryRun', dryRuns, ['All']))
  const asked = params.get('fieldValidation') ?? ''
  const fieldValidation = VALIDATIONS.find((each) => each === (asked === '' ? 'Warn' : asked))
  if (fieldValidation === undefined) {
    throw refusal(info, unsupportedField('fieldValidation', asked, ['', ...VALIDATIONS]))
  }
  const named = params.get('fieldManager') ?? ''
  const problem = managerProblem(named)
  if (problem !== undefined) throw refusal(info, problem)
  return {
    manager: named || managerOf(userAgent),
    dryRun: dryRuns.length > 0,
    fieldValidation,
  }
}

/** Options are refused under the name of their own kind. */
const OPTIONS_KINDS: Readonly<Record<string, string>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
}

function refusal({ verb }: ResourceRequest, problem: FieldProblem): Error {
  const kind = OPTIONS_KINDS[verb] ?? 'DeleteOptions'
  return invalid({ group: 'meta.k8s.io', kind, name: '' }, [problem])
}

const MAX_MANAGER_LENGTH = 128

function managerProblem(name: string): FieldProblem | undefined {
  if (Buffer.byteLength(name) > MAX_MANAGER_LENGTH) return tooLongField('fieldManager', MAX_MANAGER_LENGTH)
  const place = name.search(/\p{C}/u)
  if (place < 0) return undefined
  const code = name.codePointAt(place) ?? 0
  const shown = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  return invalidField('fieldManager', name, `invalid character ${shown} (at position ${place})`)
}

function managerOf(userAgent: string): string {
  return (userAgent.split('/')[0] ?? '').slice(0, MAX_MANAGER_LENGTH)
}
