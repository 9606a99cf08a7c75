// Which texts can be the name of a ConfigMap or Secret (an RFC 1123 subdomain).

/** The longest name that the API server takes. */
export const MAX_NAME_LENGTH = 253

const ILLEGAL = /[^a-z0-9.-]|^[.-]|[.-]$|\.[.-]|-\./

/** Whether the API server would take `text` as the name of a ConfigMap or Secret. */
export function isObjectName(text: string): boolean {
  return text !== '' && text.length <= MAX_NAME_LENGTH && !ILLEGAL.test(text)
}
