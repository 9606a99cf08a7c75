// One CSV record by the rules of Go's encoding/csv, which pflag's StringSlice flags are parsed with.
import { ValueError } from './option-error.ts'

/**
 * The fields of one record; none for empty text. Double quotes protect commas, and a doubled one stands for itself.
 *
 * @throws {ValueError} for a stray quote or more than one line
 */
export function parseCsvRecord(text: string): string[] {
  const line = text.trim()
  if (line === '') return []
  if (/[\r\n]/.test(line)) throw new ValueError('it has a line break; separate the values by commas')
  const fields: string[] = []
  for (let at = 0; at <= line.length; ) {
    const { field, end } = line[at] === '"' ? quotedField(line, at) : bareField(line, at)
    fields.push(field)
    at = end + 1
  }
  return fields
}

interface Field {
  readonly field: string
  /** Where the comma after the field is, or the end of the line. */
  readonly end: number
}

function bareField(line: string, start: number): Field {
  const comma = line.indexOf(',', start)
  const end = comma === -1 ? line.length : comma
  const field = line.slice(start, end)
  if (field.includes('"'))
    throw new ValueError('a double quote stands inside a value; quote the whole value or none of it')
  return { field, end }
}

function quotedField(line: string, start: number): Field {
  const quoted = /"((?:[^"]|"")*)"(?=,|$)/y
  quoted.lastIndex = start
  const match = quoted.exec(line)
  if (match === null)
    throw new ValueError('a double quote has no counterpart; quote the whole value or none of it')
  return { field: (match[1] ?? '').replaceAll('""', '"'), end: quoted.lastIndex }
}
