// What one can ask of a pod itself: pods/proxy answers for the program that would run in it, pods/log for nobody.
import type { ContainerPlace, PodFacts } from '../controllers/pods/pod-facts.ts'
import { storageKey } from '../object/api-object.ts'
import { badRequest, notFound, StatusError } from '../object/status.ts'
import { jsonAnswer } from '../request/http-answer.ts'
import type { ResourceRequest } from '../request/request-info.ts'
import type { ObjectStore } from '../storage/object-store.ts'

/** Subresources of a pod that are answered here. */
export const POD_SUBRESOURCES: readonly string[] = ['log', 'proxy']

export interface PodContext {
  readonly store: ObjectStore
  /** Undefined where the cluster has no pods that run. */
  readonly facts: PodFacts | undefined
}

/**
 * `proxy/env`: the variables by name, as JSON. `proxy/files`: the files by absolute path, as base64 in JSON;
 * `proxy/files/<path>`: the bytes of one. `?container=` names another container than the first. Throws 400, 404 or 503.
 */
export function answerPod(info: ResourceRequest, { store, facts }: PodContext): Response {
  const { resource, namespace, name, subresource, params, path = '' } = info
  if (store.get(resource, storageKey(namespace, name)) === undefined) throw notFound(resource, name)
  if (subresource === 'log') throw badRequest(NO_LOGS)
  const container = params.get('container')
  const place = { namespace, pod: name, ...(container === null ? {} : { container }) }
  const [what = '', ...rest] = path.split('/')
  if (what === 'env' && rest.length === 0) return jsonAnswer(200, answered(facts?.env(place), place))
  if (what !== 'files')
    throw badRequest(`a pod of this cluster answers at proxy/env and proxy/files, not at proxy/${path}`)
  const files = answered(facts?.files(place), place)
  return rest.length === 0 || rest[0] === ''
    ? jsonAnswer(200, files)
    : fileAnswer(files, `/${rest.join('/')}`)
}

const NO_LOGS =
  'this cluster runs no programs and therefore has no logs: ask a pod what it runs with at proxy/env and proxy/files'

function answered<T>(answer: T | undefined, { pod, container }: ContainerPlace): T {
  if (answer !== undefined) return answer
  const which = container === undefined ? '' : `container ${container} of `
  throw new StatusError({
    code: 503,
    reason: 'ServiceUnavailable',
    message: `error trying to reach service: ${which}pod ${pod} is not running`,
  })
}

function fileAnswer(files: Readonly<Record<string, string>>, path: string): Response {
  const content = Object.hasOwn(files, path) ? files[path] : undefined
  if (content === undefined)
    throw new StatusError({ code: 404, reason: 'NotFound', message: `the container has no file ${path}` })
  const headers = { 'content-type': 'application/octet-stream' }
  return new Response(Buffer.from(content, 'base64'), { headers })
}
