// Finds who keeps records in a cluster, for somebody who asked about the wrong namespace or name.
import { isForbidden } from '../kube/api-error.ts'
import type { KubeClient } from '../kube/client.ts'
import type { RawObject } from '../kube/raw-object.ts'
import { CONFIG_RESOURCES } from '../types/config.ts'
import { RECORDS_LABEL } from '../types/own-objects.ts'

/** An installation by what its records are called. */
export interface RecordsOf {
  readonly namespace: string
  /** RELOADER_DEPLOYMENT_NAME. */
  readonly name: string
}

/** Where to look. */
export interface FindInstallationsOptions {
  /** Undefined: in the whole cluster. */
  readonly namespaces?: readonly string[] | undefined
  readonly signal: AbortSignal
}

/** Every installation that has records there, each once, sorted; none where RBAC forbids to look. */
export async function findInstallations(
  client: Pick<KubeClient, 'list'>,
  { namespaces = [''], signal }: FindInstallationsOptions,
): Promise<readonly RecordsOf[]> {
  const reduce = ({ metadata: { namespace = '', labels } }: RawObject) =>
    `${namespace}/${labels?.[RECORDS_LABEL] ?? ''}`
  const found = new Set<string>()
  for (const namespace of namespaces) {
    try {
      const options = { namespace, labelSelector: RECORDS_LABEL, metadataOnly: true, reduce, signal }
      for (const each of (await client.list(CONFIG_RESOURCES.ConfigMap, options)).items) found.add(each)
    } catch (error) {
      if (!isForbidden(error)) throw error
    }
  }
  return [...found].sort().map((each) => {
    const [namespace = '', name = ''] = each.split('/')
    return { namespace, name }
  })
}

/** One line for each of `others` that is not `here`: how to ask about it. */
export function otherInstallationLines(others: readonly RecordsOf[], here: RecordsOf): readonly string[] {
  return others
    .filter(({ namespace, name }) => namespace !== here.namespace || name !== here.name)
    .map(
      ({ namespace, name }) =>
        `There are records of another one: RELOADER_NAMESPACE=${namespace} RELOADER_DEPLOYMENT_NAME=${name}`,
    )
}
