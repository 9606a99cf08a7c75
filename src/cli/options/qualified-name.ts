// The shapes of names that Kubernetes accepts, as problems: undefined when the name is fine, else why it is not.
import { isObjectName } from '../../decide/settings/object-name.ts'

const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

/** The key of a label or annotation: an optional `prefix/`, and a name of at most 63 characters. */
export function qualifiedNameProblem(text: string): string | undefined {
  const slash = text.indexOf('/')
  const name = text.slice(slash + 1)
  if (slash !== -1 && subdomainProblem(text.slice(0, slash)) !== undefined) {
    return `'${text.slice(0, slash)}' before the slash is not a DNS name in lower case`
  }
  if (name.length > 63) return `'${name}' is longer than 63 characters`
  if (!NAME.test(name)) return `'${name}' is not a name of letters, digits and inner - _ .`
  return undefined
}

/** The value of a label: empty, or like the name part of a key. */
export function labelValueProblem(text: string): string | undefined {
  if (text.length > 63) return `'${text}' is longer than 63 characters`
  if (text !== '' && !NAME.test(text)) return `'${text}' is not a value of letters, digits and inner - _ .`
  return undefined
}

/** A namespace: a DNS label of at most 63 characters. */
export function namespaceProblem(text: string): string | undefined {
  if (text.length > 63 || !DNS_LABEL.test(text)) return `'${text}' is not a name that a namespace can have`
  return undefined
}

/** The name of most objects: a DNS subdomain of at most 253 characters. */
export function subdomainProblem(text: string): string | undefined {
  if (!isObjectName(text)) return `'${text}' is not a name that an object can have`
  return undefined
}
