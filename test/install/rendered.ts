// What the chart makes of values, as the tests look at it.
import { parseAllDocuments } from 'yaml'
import type { RenderedObject } from '../../scripts/render/chart.ts'
import { done, template } from './tools.ts'

/** One container, as far as tests look at it. */
export interface Container {
  readonly name: string
  readonly image: string
  readonly args: readonly string[]
  readonly env: readonly EnvVar[]
  readonly resources: unknown
  readonly securityContext: Readonly<Record<string, unknown>>
  readonly livenessProbe: Readonly<Record<string, unknown>>
  readonly readinessProbe: Readonly<Record<string, unknown>>
  readonly volumeMounts?: readonly unknown[]
}

export interface EnvVar {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string }
    readonly secretKeyRef?: { readonly name: string; readonly key: string }
  }
}

export interface PodSpec {
  readonly containers: readonly [Container]
  readonly securityContext: Readonly<Record<string, unknown>>
  readonly serviceAccountName: string
  readonly [field: string]: unknown
}

export interface Deployment extends RenderedObject {
  readonly spec: {
    readonly replicas: number
    readonly strategy?: unknown
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> }
    readonly template: {
      readonly metadata: {
        readonly labels: Readonly<Record<string, string>>
        readonly annotations?: Readonly<Record<string, string>>
      }
      readonly spec: PodSpec
    }
  }
}

/** The objects, by `kind/name`; a test that needs one that is not there fails. */
export interface Rendered {
  readonly objects: readonly RenderedObject[]
  readonly kinds: readonly string[]
  readonly deployment: Deployment
  readonly container: Container
  find(kind: string, name?: string): RenderedObject
}

/** Renders the chart as release `reloader` in namespace `default`. Throws what helm says when it fails. */
export async function rendered(
  values: Readonly<Record<string, unknown>> = {},
  args: readonly string[] = [],
): Promise<Rendered> {
  return renderedFrom((await done(template(values, args))).stdout)
}

/** The objects of a YAML stream. */
export function renderedFrom(text: string): Rendered {
  const documents = parseAllDocuments(text)
  const objects = documents
    .map((each): unknown => each.toJS())
    .filter((each) => each !== null) as RenderedObject[]
  const find = (kind: string, name?: string) => {
    const found = objects.find(
      (each) => each.kind === kind && (name === undefined || each.metadata.name === name),
    )
    if (found === undefined) throw new Error(`Cannot find ${kind} ${name ?? ''} among what the chart makes`)
    return found
  }
  return {
    objects,
    kinds: objects.map(({ kind }) => kind),
    get deployment() {
      return find('Deployment') as Deployment
    },
    get container() {
      return (find('Deployment') as Deployment).spec.template.spec.containers[0]
    },
    find,
  }
}
