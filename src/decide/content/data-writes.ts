// What managedFields say about when a config's content was written, and by whom.
import type { ManagedFieldsEntry } from '../../types/object.ts'

export interface DataWrites {
  /** The latest time at which a field manager wrote data (RFC 3339, whole seconds); undefined where nothing says. */
  readonly dataTime?: string
  /** Equal for two versions between which no field manager wrote data, as far as whole seconds tell. */
  readonly dataWriters?: string
}

/** The fields that hold the content of a ConfigMap or a Secret. */
const DATA_FIELDS: readonly string[] = ['f:data', 'f:binaryData', 'f:stringData']
const UNKNOWN: DataWrites = Object.freeze({})

/**
 * Reads the entries that own `fields`. A removed key moves no time, and a label edit by the manager of the data does.
 */
export function dataWritesOf(
  managedFields: readonly ManagedFieldsEntry[] | undefined,
  fields: readonly string[] = DATA_FIELDS,
): DataWrites {
  const writes = (managedFields ?? []).filter(({ fieldsV1 = {} }) =>
    fields.some((field) => field in fieldsV1),
  )
  const times = writes.flatMap(({ time }) => time ?? []).sort()
  const dataTime = times.at(-1)
  if (dataTime === undefined) return UNKNOWN
  const dataWriters = writes
    .map(({ manager, operation, time }) => JSON.stringify([manager, operation, time]))
    .sort()
  return { dataTime, dataWriters: dataWriters.join() }
}
