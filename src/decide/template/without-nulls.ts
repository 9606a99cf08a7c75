// A custom resource as a typed one would come: without nulls.
import type { KubeObject } from '../../types/object.ts'

/**
 * `object` without the fields and entries that are null, its metadata apart. Where the schema of a custom resource says nothing, the
 * API server keeps what a chart wrote as `volumes:` with nothing after it; of its own kinds it leaves such a field out.
 */
export function withoutNulls({ metadata, ...rest }: KubeObject): KubeObject {
  return { ...prunedFields(rest), metadata }
}

function prunedFields(object: object): Readonly<Record<string, unknown>> {
  const fields = Object.entries(object).filter(([, value]) => value !== null)
  return Object.fromEntries(fields.map(([name, value]) => [name, pruned(value)]))
}

function pruned(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((each) => each !== null).map(pruned)
  return typeof value === 'object' && value !== null ? prunedFields(value) : value
}
