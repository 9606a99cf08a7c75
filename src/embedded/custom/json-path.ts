// The part of kubectl's JSONPath that columns and scale subresources of custom resources are written in:
// `.spec.replicas`, `.spec.items[0].name`, `.spec['a.b']`, `.status.conditions[?(@.type=="Ready")].status`.
import { isList, isObject, type Json, ownMember, valueAt } from '../object/json.ts'

/** From one value to those under it. */
type Step = (value: Json) => readonly Json[]

const known = new Map<string, readonly Step[] | undefined>()

/** The first value at a path; undefined where there is none, or where the path is not of this part. */
export function firstAt(value: Json, path: string): Json | undefined {
  if (!known.has(path)) known.set(path, parsePath(path))
  const steps = known.get(path)
  return steps?.reduce<readonly Json[]>((found, step) => found.flatMap(step), [value])[0]
}

const STEP =
  /^(?:\.((?:[^.[\]\\]|\\.)+)|\.?\[(-?\d+)\]|\.?\[\*\]|\.?\['([^']+)'\]|\.?\[\?\(@\.([\w.]+)\s*==\s*(?:"([^"]*)"|'([^']*)'|(\w+))\)\])/

function parsePath(path: string): readonly Step[] | undefined {
  const steps: Step[] = []
  let rest = path.startsWith('.') || path.startsWith('[') ? path : `.${path}`
  while (rest !== '') {
    const parsed = STEP.exec(rest)
    if (parsed === null) return undefined
    steps.push(stepOf(parsed))
    rest = rest.slice(parsed[0].length)
  }
  return steps
}

function stepOf([, key, place, quoted, field, ...literals]: readonly (string | undefined)[]): Step {
  const name = key?.replaceAll('\\', '') ?? quoted
  if (name !== undefined) return (value) => present(isObject(value) ? ownMember(value, name) : undefined)
  if (place !== undefined) return (value) => present(isList(value) ? value.at(Number(place)) : undefined)
  const items: Step = (value) =>
    isList(value) ? value : isObject(value) ? present(...Object.values(value)) : []
  if (field === undefined) return items
  const literal = literals.find((each) => each !== undefined)
  return (value) => items(value).filter((each) => String(valueAt(each, ...field.split('.'))) === literal)
}

function present(...values: readonly (Json | undefined)[]): readonly Json[] {
  return values.flatMap((each) => (each === undefined ? [] : [each]))
}
