// The answers of the port that probes and Prometheus ask: /live, /healthz, /readyz and /metrics, and nothing else.
import type { HttpAnswer, HttpResponse } from './http-server.ts'

/** A named question: undefined when all is well, else what is wrong in a few words that may be shown to anybody. */
export type HealthCheck = () => string | undefined

/** What the port answers from. */
export interface HealthOptions {
  /** A loop that stopped turning. A failing one makes the kubelet restart the process. */
  readonly live: ReadonlyMap<string, HealthCheck>
  /** What the process still waits for. A failing one keeps the pod unready and restarts nothing. */
  readonly ready: ReadonlyMap<string, HealthCheck>
  readonly metrics: { readonly contentType: string; readonly render: () => Promise<string> }
}

/** Answers the probes. The maps are read at every request, so that checks may be added while the process starts. */
export function createHealth({ live, ready, metrics }: HealthOptions): HttpAnswer {
  return async ({ path }) => {
    switch (path) {
      case '/live':
        return checked(live, 500, 'alive')
      case '/healthz':
        return checked(live, 500, 'ok')
      case '/readyz':
        return checked(ready, 503, 'ok')
      case '/metrics':
        return { status: 200, contentType: metrics.contentType, body: await metrics.render() }
      default:
        return { status: 404, body: 'not found; there are /metrics, /live, /healthz and /readyz\n' }
    }
  }
}

/** `ok` when every check is content; otherwise one line for each check, the way kube-apiserver's /readyz?verbose does. */
function checked(checks: ReadonlyMap<string, HealthCheck>, failure: number, ok: string): HttpResponse {
  const results = [...checks].map(([name, check]) => ({ name, problem: check() }))
  if (results.every(({ problem }) => problem === undefined)) return { status: 200, body: ok }
  const lines = results.map(({ name, problem }) =>
    problem === undefined ? `[+]${name} ok` : `[-]${name}: ${problem}`,
  )
  return { status: failure, body: `${lines.join('\n')}\n` }
}
