// What the values of single flags may be. Every function throws a ValueError that says why not, and how to mend it.
import { parseGoDuration } from '../../decide/settings/go-duration.ts'
import type { ListenAddress } from '../../telemetry/http-server.ts'
import { CONFIG_RESOURCES, type ConfigType, STORED_TYPES } from '../../types/config.ts'
import { problemText } from '../../types/problem-text.ts'
import { parseWord } from './flag.ts'
import { ValueError } from './option-error.ts'
import { namespaceProblem, qualifiedNameProblem } from './qualified-name.ts'

/** A Go duration in milliseconds, zero or more. */
export function parseDurationMs(text: string): number {
  const ms = readDuration(text)
  if (ms < 0) throw new ValueError('it is negative')
  return ms
}

/** `:9090`, `127.0.0.1:9090`, `[::1]:9090` or `localhost:0`. */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:.%a-z]+)\]|([^:[\]\s/]*)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  if (match === null || port > 65535) throw new ValueError('it is not an address; write :PORT or HOST:PORT')
  const host = match[1] ?? match[2] ?? ''
  return host === '' ? { port } : { host, port }
}

/** A whole number from 1 to 1000. */
export function parseWorkers(text: string): number {
  const workers = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (workers < 1 || workers > 1000) throw new ValueError('it is not a whole number from 1 to 1000')
  return workers
}

/** Names of namespaces, sorted, without duplicates. */
export function parseNamespaces(names: readonly string[]): readonly string[] {
  const problem = names.map(namespaceProblem).find((each) => each !== undefined)
  if (problem !== undefined) throw new ValueError(problem)
  return [...new Set(names)].sort()
}

/** The config types that are left when those that `elements` name are not looked at. */
export function parseResourcesToIgnore(elements: readonly string[]): readonly ConfigType[] {
  const plurals = STORED_TYPES.map((type) => CONFIG_RESOURCES[type].plural)
  const ignored = elements.map((element) => parseWord(element, plurals))
  const left = STORED_TYPES.filter((type) => !ignored.includes(CONFIG_RESOURCES[type].plural))
  if (left.length === 0)
    throw new ValueError('it leaves nothing to look at; name configmaps or secrets, not both')
  return left
}

/** `jobs`, `cronjobs` or both. */
export function parseWorkloadTypes(elements: readonly string[]): readonly ('jobs' | 'cronjobs')[] {
  return elements.map((element) => parseWord(element, ['jobs', 'cronjobs'] as const))
}

/** What is wrong with an absolute URL that is to be of one of these schemes, without a word of it; undefined: nothing. */
export function urlProblem(text: string, schemes: readonly string[]): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !schemes.includes(url.protocol.slice(0, -1)))
    return `is no ${schemes.join(', ').replace(/, (?!.*, )/, ' or ')} URL`
  const login = [url.username, url.password]
  return login.every(isDecodable) ? undefined : 'has a % in user or password that is not written %25'
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** Refuses what cannot be posted to. */
export function checkHttpUrl(text: string): void {
  const problem = urlProblem(text, ['http', 'https'])
  if (problem !== undefined) throw new ValueError(`it ${problem}; write it like https://host/path`)
}

/** Refuses what no annotation can be called. */
export function checkAnnotationKey(text: string): void {
  const problem = qualifiedNameProblem(text)
  if (problem !== undefined) throw new ValueError(problem)
}

function readDuration(text: string): number {
  try {
    return parseGoDuration(text)
  } catch (error) {
    throw new ValueError(
      problemText(error).replace(`Cannot read the duration ${JSON.stringify(text)}: `, ''),
      {
        cause: error,
      },
    )
  }
}
