// The faults that scenarios put in a controller's way, by name.
import type { ApiProxy, Fault } from './api-proxy.ts'
import type { RequestMatch } from './api-request.ts'
import type { Gate } from './eventually.ts'
import type { AnswerOptions } from './exchange.ts'

/** Answers with an error in the API server's place. */
export function refuseWith(code: number, options: AnswerOptions = {}): Fault {
  return (exchange) => exchange.answer(code, options)
}

/** The answer that RBAC gives. */
export function forbid(): Fault {
  return ({ request, answer }) => {
    const { verb, resource, namespace, name } = request
    answer(403, {
      reason: 'Forbidden',
      message: `${resource} "${name}" is forbidden: cannot ${verb} in "${namespace}"`,
    })
  }
}

/** The request waits at the gate before it reaches the API server. */
export function holdRequest(gate: Gate): Fault {
  return () => gate.pass()
}

/** The API server acts at once; its answer waits at the gate. A refusal does not: nothing has happened yet. */
export function holdAnswer(gate: Gate): Fault {
  return (exchange) =>
    exchange.forward({ beforeAnswer: (status) => (status < 300 ? gate.pass() : undefined) })
}

/** The API server acts; the client never hears of it. */
export function loseAnswer(): Fault {
  return (exchange) => exchange.forward({ loseAnswer: true })
}

/** The connection is cut before the API server hears of the request. */
export function cutRequest(): Fault {
  return (exchange) => exchange.cut()
}

/** `fault` for the first `times` requests, then nothing. */
export function atFirst(times: number, fault: Fault): Fault {
  let left = times
  return (exchange) => {
    if (left <= 0) return
    left -= 1
    return fault(exchange)
  }
}

/** Cuts every open watch like `match` and keeps them from coming back until the returned function is called. */
export function cutWatches(
  proxy: ApiProxy,
  match: Pick<RequestMatch, 'resource' | 'namespace'> = {},
): () => void {
  const heal = proxy.onRequest({ ...match, verb: ['watch', 'list'] }, cutRequest())
  for (const stream of watchesOf(proxy, match)) stream.cut()
  return heal
}

/** The open watches of one resource, or all of them. */
export function watchesOf(
  proxy: ApiProxy,
  { resource, namespace }: Pick<RequestMatch, 'resource' | 'namespace'> = {},
) {
  return [...proxy.watches].filter(
    ({ request }) =>
      (resource === undefined || [resource].flat().includes(request.resource)) &&
      (namespace === undefined || namespace === request.namespace),
  )
}
