// Objects as a meta.k8s.io/v1 Table, which is what kubectl asks for to print a list.
import type { ApiObject } from '../object/api-object.ts'
import type { JsonObject } from '../object/json.ts'
import type { Resource } from '../object/resources.ts'
import { badRequest } from '../object/status.ts'
import { asRequested } from '../object/versions.ts'
import type { Printer } from './columns.ts'
import { CONFIG_PRINTERS, DEFAULT_PRINTER } from './config-printers.ts'
import { customPrinter } from './custom-printer.ts'
import { POD_PRINTER } from './pod-printer.ts'
import { WORKLOAD_PRINTERS } from './workload-printers.ts'

export interface TableOptions {
  readonly resource: Resource
  /** What of each object goes with its row. */
  readonly includeObject: IncludeObject
  readonly now: () => Date
}

const INCLUDED = ['None', 'Metadata', 'Object'] as const
export type IncludeObject = (typeof INCLUDED)[number]

/** The query parameter `includeObject`. Throws 400 for a value that it cannot have. */
export function parseIncludeObject(text: string | null): IncludeObject {
  const found = INCLUDED.find((each) => each === (text || 'Metadata'))
  if (found === undefined) throw badRequest(`unrecognized includeObject value: ${JSON.stringify(text)}`)
  return found
}

/** The printer of a resource. */
export function printerOf({ kind, custom }: Resource): Printer {
  if (custom !== undefined) return customPrinter(custom.columns)
  if (kind === 'Pod') return POD_PRINTER
  return WORKLOAD_PRINTERS[kind] ?? CONFIG_PRINTERS[kind] ?? DEFAULT_PRINTER
}

/** Makes Tables for one request. */
export interface TableMaker {
  /** A table of these objects; without `columns`, the reader knows them already. */
  readonly table: (
    objects: readonly ApiObject[],
    options: { readonly metadata: JsonObject; readonly columns?: boolean },
  ) => JsonObject
}

export function createTables({ resource, includeObject, now }: TableOptions): TableMaker {
  const printer = printerOf(resource)
  const rowOf = (object: ApiObject): JsonObject => ({
    cells: printer.cells(object, now()),
    ...conditionsOf(printer, object),
    object: includedOf(asRequested(object, resource), includeObject),
  })
  return {
    table: (objects, { metadata, columns = true }) => ({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
      columnDefinitions: columns ? printer.columns.map((each) => ({ ...each })) : null,
      rows: objects.map(rowOf),
    }),
  }
}

function conditionsOf({ conditions }: Printer, object: ApiObject): JsonObject {
  const found = conditions?.(object) ?? []
  return found.length === 0 ? {} : { conditions: found }
}

function includedOf(object: ApiObject, includeObject: IncludeObject): JsonObject | null {
  if (includeObject === 'None') return null
  if (includeObject === 'Object') return object
  return {
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: object.metadata,
  }
}
