// The beginning of the demo: what runs where, and the workloads with what they ask for.
import { type JsonObject, numberAt, objectAt, textAt } from '../../embedded/object/json.ts'
import { placeOf } from './news.ts'
import type { Page } from './page.ts'
import { wrap } from './page.ts'

const DOMAIN = 'reloader.stakater.com/'
const LABEL_WIDTH = 19

export interface OpeningFacts {
  readonly server: string
  readonly pid: number
  readonly workloads: readonly JsonObject[]
  readonly pods: number
}

/** The title: before anything takes time. */
export function tellTitle({ paint, line, text, gap }: Page): void {
  gap()
  line(`  ${paint('strong', 'Reloader')}`)
  text('A ConfigMap or Secret changes, and the pods that use it are replaced: once, and never without cause.')
  gap()
}

/** What runs where. */
export function tellOpening(page: Page, { server, pid, workloads, pods }: OpeningFacts): void {
  const { paint } = page
  const row = (label: string, text: string) => {
    const first = `  ${paint('faint', label.padEnd(LABEL_WIDTH))}`
    for (const line of wrap(text, { first, next: ' '.repeat(LABEL_WIDTH + 2) })) page.line(line)
  }
  row('In this process', `a small Kubernetes: API server and controllers, ${server}`)
  row(
    `Process ${pid}`,
    'the controller, connected over HTTPS with a kubeconfig and the rights of its ServiceAccount',
  )
  row('From examples/', `${workloads.length} workloads with ${pods} pods, applied as they are:`)
  page.gap()
  for (const workload of workloads) page.line(workloadLine(workload, page))
  page.gap()
  page.text(`… stands for ${DOMAIN.slice(0, -1)}`)
}

function workloadLine(workload: JsonObject, { paint }: Page): string {
  const { kind, name } = placeOf(workload)
  const replicas = numberAt(workload, 'spec', 'replicas')
  const pods = replicas === undefined ? '1 a node' : `${replicas} pod${replicas === 1 ? '' : 's'}`
  return `    ${paint('name', name.padEnd(20))} ${kind.padEnd(11)}  ${pods.padEnd(8)}  ${asked(workload)}`
}

/** Its annotations that concern us: `auto: "true"`. */
function asked(workload: JsonObject): string {
  return Object.keys(objectAt(workload, 'metadata', 'annotations'))
    .filter((key) => key.includes(DOMAIN))
    .map((key) => `${key.replace(DOMAIN, '…/')}: "${textAt(workload, 'metadata', 'annotations', key)}"`)
    .join(', ')
}
