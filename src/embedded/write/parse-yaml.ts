// YAML as the real server reads it: YAML 1.1 with its octal numbers and words for true and false, but without numbers to
// the base of sixty and without dates (sigs.k8s.io/yaml).
import {
  type Document,
  type DocumentOptions,
  isScalar,
  LineCounter,
  type ParseOptions,
  parseDocument,
  type SchemaOptions,
  type Tags,
  visit,
} from 'yaml'
import { isList, isObject, type Json, parseJson } from '../object/json.ts'

/** What a text says. */
export interface ParsedYaml {
  readonly value: Json
  /** The parser's messages about keys that stand twice, of which the last one counts. */
  readonly duplicates: readonly string[]
}

const FOREIGN_TAGS: readonly string[] = [
  'tag:yaml.org,2002:timestamp',
  'tag:yaml.org,2002:binary',
  'tag:yaml.org,2002:set',
  'tag:yaml.org,2002:omap',
  'tag:yaml.org,2002:pairs',
]

const OPTIONS: ParseOptions & DocumentOptions & SchemaOptions = {
  version: '1.1',
  uniqueKeys: false,
  customTags: (tags: Tags) =>
    tags.filter(
      (tag) => typeof tag === 'string' || !(FOREIGN_TAGS.includes(tag.tag) || tag.format === 'TIME'),
    ),
}

/** The value of the one document in the text, or what is wrong with it. */
export function parseYaml(text: string): ParsedYaml | { readonly problem: string } {
  const json = parseJson(text)
  if (json !== undefined) return { value: json, duplicates: [] }
  const lines = new LineCounter()
  const document = parseDocument(text, { ...OPTIONS, lineCounter: lines })
  const [error] = document.errors
  if (error !== undefined)
    return { problem: `error converting YAML to JSON: yaml: ${error.message.split('\n')[0]}` }
  return { value: asJson(document.toJS()), duplicates: duplicatesIn(document, lines) }
}

function duplicatesIn(document: Document.Parsed, lines: LineCounter): readonly string[] {
  const found: string[] = []
  visit(document, {
    Map(_, map) {
      const seen = new Set<unknown>()
      for (const { key } of map.items) {
        if (!isScalar(key)) continue
        const { line } = lines.linePos(key.range?.[0] ?? 0)
        if (seen.has(key.value))
          found.push(`line ${line}: key ${JSON.stringify(key.value)} already set in map`)
        seen.add(key.value)
      }
    },
  })
  return found
}

/** Keys of maps are text, whatever they were written as. */
function asJson(value: unknown): Json {
  if (isList(value)) return value.map(asJson)
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, asJson(each)]))
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}
