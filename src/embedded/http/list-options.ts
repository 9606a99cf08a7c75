// The options of list and watch: parsed, and refused where they contradict each other, in the words of
// k8s.io/apimachinery/pkg/apis/meta/internalversion/validation.
import { type FieldProblem, forbiddenField, unsupportedField } from '../object/field-problem.ts'
import { badRequest, invalid } from '../object/status.ts'
import { isTrue } from '../request/request-info.ts'

export interface ListOptions {
  /** Empty: the most recent state. */
  readonly resourceVersion: string
  readonly resourceVersionMatch: string
  /** 0: no limit. */
  readonly limit: number
  readonly continueToken: string
  readonly allowWatchBookmarks: boolean
  readonly sendInitialEvents: boolean | undefined
  readonly timeoutSeconds: number | undefined
}

/** Throws 400 for a value of the wrong type. */
export function parseListOptions(params: URLSearchParams): ListOptions {
  const initial = params.get('sendInitialEvents')
  return {
    resourceVersion: params.get('resourceVersion') ?? '',
    resourceVersionMatch: params.get('resourceVersionMatch') ?? '',
    limit: parseInteger(params.get('limit')) ?? 0,
    continueToken: params.get('continue') ?? '',
    allowWatchBookmarks: isTrue(params.get('allowWatchBookmarks')),
    sendInitialEvents: initial === null ? undefined : isTrue(initial),
    timeoutSeconds: parseInteger(params.get('timeoutSeconds')),
  }
}

/** What is wrong with a resourceVersion; undefined where nothing is. Each verb refuses it in its own way. */
export function versionProblem(version: string): string | undefined {
  if (/^\d*$/.test(version)) return undefined
  const quoted = JSON.stringify(version)
  return `resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`
}

function parseInteger(text: string | null): number | undefined {
  if (text === null || text === '') return undefined
  if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`)
  return Number(text)
}

const MATCHES = ['Exact', 'NotOlderThan']

/** Throws 422 for options that a list cannot have together. */
export function checkListOptions(options: ListOptions): void {
  const { resourceVersionMatch: match, resourceVersion, continueToken, sendInitialEvents } = options
  const problems: FieldProblem[] = []
  if (match !== '') {
    if (resourceVersion === '') problems.push(matchForbidden('unless resourceVersion is provided'))
    if (continueToken !== '') problems.push(matchForbidden('when continue is provided'))
    if (!MATCHES.includes(match)) problems.push(matchNotSupported(match, [...MATCHES, '']))
    if (match === 'Exact' && resourceVersion === '0') {
      problems.push(
        forbiddenField(MATCH, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'),
      )
    }
  }
  if (sendInitialEvents !== undefined) {
    problems.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  }
  refuse(problems)
}

/** Throws 422 for options that a watch cannot have together. */
export function checkWatchOptions(options: ListOptions, watchList: boolean): void {
  const { resourceVersionMatch: match, continueToken, sendInitialEvents } = options
  const problems: FieldProblem[] = []
  if (sendInitialEvents !== undefined) {
    if (match !== 'NotOlderThan') {
      problems.push(
        forbiddenField(MATCH, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'),
      )
    }
    if (!watchList) problems.push(forbiddenField('sendInitialEvents', WATCH_LIST_OFF))
  }
  if (match !== '') {
    if (sendInitialEvents === undefined) {
      problems.push(matchForbidden('for watch unless sendInitialEvents is provided'))
    }
    if (match !== 'NotOlderThan') problems.push(matchNotSupported(match, ['NotOlderThan']))
    if (continueToken !== '') problems.push(matchForbidden('when continue is provided'))
  }
  refuse(problems)
}

const MATCH = 'resourceVersionMatch'
const WATCH_LIST_OFF = 'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled'

function matchForbidden(when: string): FieldProblem {
  return forbiddenField(MATCH, `resourceVersionMatch is forbidden ${when}`)
}

function matchNotSupported(match: string, supported: readonly string[]): FieldProblem {
  return unsupportedField(MATCH, match, supported)
}

function refuse(problems: readonly FieldProblem[]): void {
  if (problems.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions', name: '' }, problems)
}
