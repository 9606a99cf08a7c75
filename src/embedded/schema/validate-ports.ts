// Rules of the ports of a container (pkg/apis/core/validation of 1.36).
import {
  duplicateField,
  type FieldProblem,
  invalidField,
  requiredField,
  unsupportedField,
} from '../object/field-problem.ts'
import { type Json, numberAt, textAt } from '../object/json.ts'

/** What is wrong with the ports at that path. */
export function validatePorts(ports: readonly Json[], path: string): readonly FieldProblem[] {
  const names = ports.map((each) => textAt(each, 'name'))
  return ports.flatMap((port, i) => [
    ...nameProblems(names, i, `${path}[${i}].name`),
    ...numberProblems(port, `${path}[${i}]`),
    ...protocolProblems(textAt(port, 'protocol'), `${path}[${i}].protocol`),
  ])
}

function nameProblems(names: readonly string[], i: number, path: string): readonly FieldProblem[] {
  const name = names[i] ?? ''
  if (name === '') return []
  const wrong = portNameProblems(name)
  if (wrong.length > 0) return wrong.map((why) => invalidField(path, name, why))
  return names.indexOf(name) < i ? [duplicateField(path, name)] : []
}

const NAME_RULES: readonly (readonly [RegExp, string])[] = [
  [/^.{0,15}$/, 'must be no more than 15 characters'],
  [/^[-a-z0-9]+$/, 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)'],
  [/[a-z]/, 'must contain at least one letter (a-z)'],
  [/^(?!.*--)/, 'must not contain consecutive hyphens'],
  [/^[^-](.*[^-])?$/, 'must not begin or end with a hyphen'],
]

function portNameProblems(name: string): readonly string[] {
  return NAME_RULES.filter(([rule]) => !rule.test(name)).map(([, why]) => why)
}

function numberProblems(port: Json, path: string): readonly FieldProblem[] {
  const [inside = 0, outside = 0] = [numberAt(port, 'containerPort'), numberAt(port, 'hostPort')]
  return [
    ...(inside === 0
      ? [requiredField(`${path}.containerPort`)]
      : rangeProblems(inside, `${path}.containerPort`)),
    ...(outside === 0 ? [] : rangeProblems(outside, `${path}.hostPort`)),
  ]
}

function rangeProblems(number: number, path: string): readonly FieldProblem[] {
  if (number >= 1 && number <= 65_535) return []
  return [invalidField(path, number, 'must be between 1 and 65535, inclusive')]
}

const PROTOCOLS = ['SCTP', 'TCP', 'UDP']

function protocolProblems(protocol: string, path: string): readonly FieldProblem[] {
  return PROTOCOLS.includes(protocol) ? [] : [unsupportedField(path, protocol, PROTOCOLS)]
}
