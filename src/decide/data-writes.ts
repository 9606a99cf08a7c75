// What managedFields say about when a config's data were written, and by whom.
import type { ManagedFieldsEntry } from '../types/object.ts'

export interface DataWrites {
  /** The latest time at which a field manager wrote data (RFC 3339, whole seconds); undefined where nothing says. */
  readonly dataTime?: string
  /** Equal for two versions between which no field manager wrote data, as far as whole seconds tell. */
  readonly dataWriters?: string
}

const DATA_FIELDS = ['f:data', 'f:binaryData', 'f:stringData'] as const
const UNKNOWN: DataWrites = Object.freeze({})

/** Reads the entries that own data. A removed key moves no time, and a label edit by the manager of the data does. */
export function dataWritesOf(managedFields: readonly ManagedFieldsEntry[] | undefined): DataWrites {
  const writes = (managedFields ?? []).filter(ownsData)
  const times = writes.flatMap(({ time }) => time ?? []).sort()
  const dataTime = times.at(-1)
  if (dataTime === undefined) return UNKNOWN
  const dataWriters = writes
    .map(({ manager, operation, time }) => JSON.stringify([manager, operation, time]))
    .sort()
  return { dataTime, dataWriters: dataWriters.join() }
}

function ownsData({ fieldsV1 }: ManagedFieldsEntry): boolean {
  return fieldsV1 !== undefined && DATA_FIELDS.some((field) => field in fieldsV1)
}
