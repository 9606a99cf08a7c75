// A pod template with stamps in it, for objects that are created: what patch.ts does to those that are there.
import type { StampChange, StampVariable } from '../types/workload.ts'

interface EnvEntry {
  readonly name: string
  readonly [field: string]: unknown
}

interface ContainerManifest {
  readonly name: string
  readonly env?: readonly EnvEntry[]
  readonly [field: string]: unknown
}

/** A pod template as far as stamps touch it; whatever else is in it stays as it is. */
export interface TemplateManifest {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly [field: string]: unknown
  }
  readonly spec?: {
    readonly containers?: readonly ContainerManifest[]
    readonly initContainers?: readonly ContainerManifest[]
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}

/** `template` with `change` carried out; `template` itself stays as it is. */
export function stampTemplate(template: TemplateManifest, change: StampChange): TemplateManifest {
  const { metadata, spec } = template
  const { containers, initContainers } = spec ?? {}
  const removed = (init: boolean) => change.remove.filter((each) => (each.init === true) === init)
  return {
    ...template,
    metadata: annotated(metadata, change.annotations),
    spec: {
      ...spec,
      ...(containers && {
        containers: containers.map((each) => withEnv(each, { set: change.set, remove: removed(false) })),
      }),
      ...(initContainers && {
        initContainers: initContainers.map((each) => withEnv(each, { set: [], remove: removed(true) })),
      }),
    },
  }
}

function annotated(
  metadata: TemplateManifest['metadata'],
  changes: StampChange['annotations'],
): NonNullable<TemplateManifest['metadata']> {
  if (Object.keys(changes).length === 0) return metadata ?? {}
  const wanted = Object.entries({ ...metadata?.annotations, ...changes })
  const annotations: Record<string, string> = {}
  for (const [name, text] of wanted) if (text !== null) annotations[name] = text
  return { ...metadata, annotations }
}

/** A variable to set keeps its place, or comes last. */
function withEnv(
  container: ContainerManifest,
  { set, remove }: Pick<StampChange, 'set' | 'remove'>,
): ContainerManifest {
  const here = ({ container: name }: StampVariable) => name === container.name
  const gone = new Set(remove.filter(here).map(({ name }) => name))
  const wanted = new Map<string, EnvEntry>(set.filter(here).map(({ name, value }) => [name, { name, value }]))
  if (gone.size === 0 && wanted.size === 0) return container
  const env = (container.env ?? []).filter(({ name }) => !gone.has(name) || wanted.has(name))
  const kept = env.map((entry) => wanted.get(entry.name) ?? entry)
  const added = [...wanted.values()].filter(({ name }) => !env.some((entry) => entry.name === name))
  return { ...container, env: [...kept, ...added] }
}
