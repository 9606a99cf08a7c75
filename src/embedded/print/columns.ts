// The columns of a Table, in a compact notation: `Name` or `Name:type`, with `@` behind those that only `-o wide` shows.
import type { ApiObject } from '../object/api-object.ts'
import type { Json, JsonObject } from '../object/json.ts'

/** A column as the API tells it; its description is left empty. */
export interface Column {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description: string
  /** 0: always shown; higher: only where the reader asks for more. */
  readonly priority: number
}

/** How the objects of a kind are shown: its columns, and the cells of one object, the wide ones included. */
export interface Printer {
  readonly columns: readonly Column[]
  readonly cells: (object: ApiObject, now: Date) => readonly Json[]
  /** What a reader may want to leave out a row for. */
  readonly conditions?: (object: ApiObject) => readonly JsonObject[]
}

/** A printer whose columns are read when they are first asked for. */
export function printer(columns: string, cells: Printer['cells']): Printer {
  let parsed: readonly Column[] | undefined
  return {
    get columns() {
      parsed ??= columns.split(',').map(parseColumn)
      return parsed
    },
    cells,
  }
}

const NOTATION = /^\s*([^:@]+)(?::(\w+))?(@)?\s*$/

function parseColumn(text: string): Column {
  const [, name = '', type = 'string', wide] = NOTATION.exec(text) ?? []
  const format = name === 'Name' ? 'name' : ''
  return { name, type, format, description: '', priority: wide === undefined ? 0 : 1 }
}
