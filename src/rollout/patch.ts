// The one PATCH of a roll, as a strategic merge patch: lists of containers and variables are merged by name.
import { type StampChange, type StampVariable, WORKLOAD_RESOURCES, type Workload } from '../types/workload.ts'

/** A variable to set, or one to take out. */
type EnvPatch =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly $patch: 'delete' }

interface ContainerPatch {
  readonly name: string
  readonly env: readonly EnvPatch[]
}

/** The part of a pod template that a roll may touch. */
interface TemplatePatch {
  readonly metadata?: { readonly annotations: Readonly<Record<string, string | null>> }
  readonly spec?: {
    readonly containers?: readonly ContainerPatch[]
    readonly initContainers?: readonly ContainerPatch[]
  }
}

/**
 * The strategic merge patch that carries `change` out. It is refused (409, or 422 on the uid) unless the workload still is the
 * object and the version that it was planned from. The same arguments give the same bytes.
 */
export function rolloutPatch(
  { ref, uid, resourceVersion }: Pick<Workload, 'ref' | 'uid' | 'resourceVersion'>,
  change: StampChange,
): { readonly metadata: object; readonly spec?: object } {
  const { templatePath } = WORKLOAD_RESOURCES[ref.kind]
  const nested = templatePath.reduceRight<object>(
    (value, field) => ({ [field]: value }),
    templatePatch(change),
  )
  return { metadata: { uid, resourceVersion }, ...nested }
}

/** `change` as a patch of the pod template alone. */
function templatePatch({ set, remove, annotations }: StampChange): TemplatePatch {
  const containers = containerPatches({ set, remove: remove.filter(({ init }) => init !== true) })
  const initContainers = containerPatches({ set: [], remove: remove.filter(({ init }) => init === true) })
  const spec = {
    ...(containers.length > 0 ? { containers } : {}),
    ...(initContainers.length > 0 ? { initContainers } : {}),
  }
  return {
    ...(Object.keys(annotations).length > 0 ? { metadata: { annotations } } : {}),
    ...(Object.keys(spec).length > 0 ? { spec } : {}),
  }
}

function containerPatches({ set, remove }: Pick<StampChange, 'set' | 'remove'>): readonly ContainerPatch[] {
  const names = [...new Set([...set, ...remove].map(({ container }) => container))].sort()
  return names.map((container) => ({
    name: container,
    env: [...removals(remove, container), ...settings(set, container)],
  }))
}

function settings(variables: readonly StampVariable[], of: string): readonly EnvPatch[] {
  return variables.filter(({ container }) => container === of).map(({ name, value }) => ({ name, value }))
}

function removals(variables: readonly StampVariable[], of: string): readonly EnvPatch[] {
  const names = new Set(variables.filter(({ container }) => container === of).map(({ name }) => name))
  return [...names].sort().map((name) => ({ $patch: 'delete', name }))
}
