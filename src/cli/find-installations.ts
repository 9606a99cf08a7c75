// Finds who keeps records in a cluster, for somebody who asked about the wrong namespace or name.
import { RECORDS_LABEL } from '../controller/record-format.ts'
import { isForbidden } from '../kube/api-error.ts'
import type { KubeClient } from '../kube/client.ts'
import type { RawObject } from '../kube/raw-object.ts'

/** An installation by what its records are called. */
export interface RecordsOf {
  readonly namespace: string
  /** RELOADER_DEPLOYMENT_NAME. */
  readonly name: string
}

const CONFIG_MAPS = { group: '', version: 'v1', plural: 'configmaps' } as const

/** Every installation in the cluster that has records, each once, sorted; none where RBAC forbids to look. */
export async function findInstallations(
  client: Pick<KubeClient, 'list'>,
  signal: AbortSignal,
): Promise<readonly RecordsOf[]> {
  const reduce = ({ metadata: { namespace = '', labels } }: RawObject) =>
    `${namespace}/${labels?.[RECORDS_LABEL] ?? ''}`
  try {
    const options = { labelSelector: RECORDS_LABEL, metadataOnly: true, reduce, signal }
    const { items } = await client.list(CONFIG_MAPS, options)
    return [...new Set(items)].sort().map((each) => {
      const [namespace = '', name = ''] = each.split('/')
      return { namespace, name }
    })
  } catch (error) {
    if (isForbidden(error)) return []
    throw error
  }
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
