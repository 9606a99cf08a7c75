// The syntax of names, labels and keys. Each function says what is wrong with a text, in the words of
// k8s.io/apimachinery/pkg/api/validate/content; an empty list means nothing.

interface Syntax {
  readonly pattern: string
  readonly problem: string
  readonly examples: readonly string[]
}

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'

const DNS_LABEL: Syntax = {
  pattern: LABEL,
  problem:
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  examples: ['my-name', '123-abc'],
}
const DNS_SUBDOMAIN: Syntax = {
  pattern: `${LABEL}(\\.${LABEL})*`,
  problem:
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  examples: ['example.com'],
}
const NAME_PART: Syntax = {
  pattern: QUALIFIED,
  problem:
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  examples: ['MyName', 'my.name', '123-abc'],
}
const LABEL_VALUE: Syntax = {
  pattern: `(${QUALIFIED})?`,
  problem:
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  examples: ['MyValue', 'my_value', '12345'],
}
const CONFIG_KEY: Syntax = {
  pattern: '[-._a-zA-Z0-9]+',
  problem: "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  examples: ['key.name', 'KEY_NAME', 'key-name'],
}

/** The rule with its examples, as the server words it. */
function describe({ pattern, problem, examples }: Syntax): string {
  const listed = examples.map((each) => `'${each}', `).join(' or ')
  return `${problem} (e.g. ${listed}regex used for validation is '${pattern}')`
}

interface Limit {
  readonly length: number
  readonly unit: 'bytes' | 'characters'
}

function check(text: string, syntax: Syntax, limit: Limit): readonly string[] {
  const fits = new RegExp(`^(?:${syntax.pattern})$`).test(text)
  return [...tooLong(text, limit), ...(fits ? [] : [describe(syntax)])]
}

/** The server has two wordings, for the same thing. */
function tooLong(text: string, { length, unit }: Limit): readonly string[] {
  return text.length > length ? [`must be no more than ${length} ${unit}`] : []
}

export function dnsLabelProblems(text: string): readonly string[] {
  return check(text, DNS_LABEL, { length: 63, unit: 'characters' })
}

export function dnsSubdomainProblems(text: string): readonly string[] {
  return check(text, DNS_SUBDOMAIN, { length: 253, unit: 'characters' })
}

/** Names of roles and bindings: anything that can stand in a path. */
export function pathSegmentProblems(text: string): readonly string[] {
  if (text === '.' || text === '..') return [`may not be '${text}'`]
  return ['/', '%'].filter((each) => text.includes(each)).map((each) => `may not contain '${each}'`)
}

export function labelValueProblems(text: string): readonly string[] {
  return check(text, LABEL_VALUE, { length: 63, unit: 'bytes' })
}

/** A label key, annotation key or finalizer: `name` or `prefix/name`. */
export function qualifiedNameProblems(text: string): readonly string[] {
  const parts = text.split('/')
  const name = parts.at(-1) ?? ''
  if (parts.length > 2) {
    return [
      `a valid label key ${describe(NAME_PART)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  }
  const [prefix] = parts.length === 2 ? parts : []
  const inPrefix =
    prefix === undefined
      ? []
      : prefix === ''
        ? ['must be non-empty']
        : check(prefix, DNS_SUBDOMAIN, { length: 253, unit: 'bytes' })
  const inName =
    name === ''
      ? ['must be non-empty', describe(NAME_PART)]
      : check(name, NAME_PART, { length: 63, unit: 'bytes' })
  return [...inPrefix.map((each) => `prefix part ${each}`), ...inName.map((each) => `name part ${each}`)]
}

/** A key of a ConfigMap or Secret: a file name that cannot climb out of its directory. */
export function configKeyProblems(text: string): readonly string[] {
  return [...check(text, CONFIG_KEY, { length: 253, unit: 'characters' }), ...climbing(text)]
}

function climbing(text: string): readonly string[] {
  if (text === '.' || text === '..') return [`must not be '${text}'`]
  return text.startsWith('..') ? ["must not start with '..'"] : []
}

/** The name of an environment variable: printable ASCII without `=`. */
export function variableNameProblems(text: string): readonly string[] {
  if (text === '') return ['environment variable name must be non-empty']
  return /^[ -<>-~]+$/.test(text)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
}
