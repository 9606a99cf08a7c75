// The paths and queries of the Kubernetes API. They are built here and nowhere else.

/** Where a kind of object lives in the API. `group` is empty for the core group. */
export interface Resource {
  readonly group: string
  readonly version: string
  readonly plural: string
}

/** One object of a resource. `namespace` is empty for cluster-scoped resources. */
export interface ObjectAddress {
  readonly namespace: string
  readonly name: string
}

/** The path of a resource in the whole cluster, of one namespace of it, or of one object. */
export function pathOf(
  { group, version, plural }: Resource,
  { namespace = '', name = '' }: Partial<ObjectAddress>,
): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const scope = namespace === '' ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  return `${root}${scope}/${plural}${name === '' ? '' : `/${encodeURIComponent(name)}`}`
}

/** The path of the document that names the resources of a group and version. */
export function discoveryPathOf({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return pathOf({ group, version, plural: '' }, {}).slice(0, -1)
}

/** `parameters` as a query string, without those that are undefined or empty. */
export function queryOf(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') query.set(name, String(value))
  }
  return query.toString()
}
