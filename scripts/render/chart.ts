// Renders the chart with the real helm.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Document, parseAllDocuments } from 'yaml'
import { runTool } from '../../test/controlplane/run-tool.ts'

/** The directory of the chart. */
export const CHART = join(import.meta.dirname, '..', '..', 'deployments', 'kubernetes', 'chart', 'reloader')

/** Values as in values.yaml, as far as they differ from it. */
export type Values = Readonly<Record<string, unknown>>

export interface RenderOptions {
  readonly helm: string
  readonly values?: Values
  /** Default `reloader`. */
  readonly release?: string
  /** Default `default`. */
  readonly namespace?: string
  /** API versions that the cluster is to know, like `monitoring.coreos.com/v1`. */
  readonly apiVersions?: readonly string[]
}

/** The text that `helm template` prints. Throws with what helm says when it fails. */
export async function renderText({
  helm,
  values = {},
  release = 'reloader',
  namespace = 'default',
  apiVersions = [],
}: RenderOptions): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'reloader-render-'))
  try {
    const file = join(home, 'values.yaml')
    await writeFile(file, JSON.stringify(values))
    const args = ['template', release, CHART, `--namespace=${namespace}`, `--values=${file}`]
    return await runTool(helm, [...args, ...apiVersions.map((each) => `--api-versions=${each}`)], {
      env: { HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home },
    })
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

/** Its documents, with their comments. Throws where the text is no YAML. */
export async function renderDocuments(options: RenderOptions): Promise<readonly Document[]> {
  const documents = parseAllDocuments(await renderText(options))
  if (!Array.isArray(documents)) throw new Error('Cannot render the chart: it is empty')
  for (const { errors } of documents) if (errors[0] !== undefined) throw errors[0]
  return documents.filter((each) => each.contents !== null)
}

/** What the chart makes, as far as the scripts and tests look into it. */
export interface RenderedObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly [field: string]: unknown
}

/** The objects that the chart makes. */
export async function renderObjects(options: RenderOptions): Promise<readonly RenderedObject[]> {
  return (await renderDocuments(options)).map((each) => each.toJS() as RenderedObject)
}

/** `Deployment/reloader-reloader`, with the namespace in between where there is one. */
export function identity({ kind, metadata }: RenderedObject): string {
  return [kind, metadata.namespace, metadata.name].filter((each) => each !== undefined).join('/')
}
