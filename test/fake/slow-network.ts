// A network between an elector and the API server that delays and loses, in virtual time. What is sent may arrive after the
// sender has given up waiting, as on a real one.
import { ConnectionError } from '../../src/kube/api-error.ts'
import type { CallOptions, KubeClient } from '../../src/kube/client.ts'

/** The way of one request: how long there and back, and whether it gets there, and its answer back. */
export interface Way {
  readonly thereMs: number
  readonly backMs: number
  readonly lost?: 'request' | 'answer'
}

type LeaseClient = Pick<KubeClient, 'get' | 'create' | 'update'>

/** `client` behind a network; `nextWay` is asked once for each request. */
export function slowNetwork(client: LeaseClient, nextWay: () => Way): LeaseClient {
  return {
    get: (resource, address, options) => send(nextWay(), () => client.get(resource, address), options),
    create: (resource, object, options) => send(nextWay(), () => client.create(resource, object), options),
    update: (resource, object, options) => send(nextWay(), () => client.update(resource, object), options),
  }
}

function send<T>(
  { thereMs, backMs, lost }: Way,
  arrive: () => Promise<T>,
  { signal, timeoutMs = 30_000 }: CallOptions = {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () =>
      settle(() => reject(signal?.reason ?? new ConnectionError('http://fake', 'no answer in time')))
    const timer = setTimeout(giveUp, timeoutMs)
    signal?.addEventListener('abort', giveUp)
    function settle(tell: () => void): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', giveUp)
      tell()
    }
    const back = (tell: () => void) => lost !== 'answer' && setTimeout(() => settle(tell), backMs)
    setTimeout(() => {
      if (lost === 'request') return
      arrive().then(
        (answer) => back(() => resolve(answer)),
        (error: unknown) => back(() => reject(error)),
      )
    }, thereMs)
  })
}
