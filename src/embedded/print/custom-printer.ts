// How custom resources are shown: the columns that their definition asks for
// (apiextensions-apiserver/pkg/registry/customresource/tableconvertor).
import { firstAt } from '../custom/json-path.ts'
import type { PrinterColumn } from '../object/custom-rules.ts'
import { isList, isObject, type Json } from '../object/json.ts'
import { since } from './cells.ts'
import type { Printer } from './columns.ts'

const NAME = { name: 'Name', type: 'string', format: 'name', description: '', priority: 0 }

const AGE: PrinterColumn = {
  name: 'Age',
  type: 'date',
  format: '',
  description: '',
  priority: 0,
  jsonPath: '.metadata.creationTimestamp',
}

/** A printer of the asked-for columns; without any there is the age. */
export function customPrinter(asked: readonly PrinterColumn[]): Printer {
  const columns = asked.length === 0 ? [AGE] : asked
  return {
    columns: [NAME, ...columns.map(({ jsonPath: _, ...column }) => column)],
    cells: (object, now) => [
      object.metadata.name ?? '',
      ...columns.map((each) => cellOf(each, firstAt(object, each.jsonPath), now)),
    ],
  }
}

function cellOf({ type }: PrinterColumn, value: Json | undefined, now: Date): Json {
  if (value === undefined || value === null) return null
  if (type === 'string') return isObject(value) || isList(value) ? JSON.stringify(value) : String(value)
  if (type === 'date') return typeof value === 'string' ? dateText(value, now) : null
  if (type === 'integer') return typeof value === 'number' ? Math.trunc(value) : null
  return typeof value === type ? value : null
}

function dateText(value: string, now: Date): string {
  return Number.isNaN(Date.parse(value)) ? '<invalid>' : since(value, now)
}
