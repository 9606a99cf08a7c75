// Which API server the scenarios of one file run against.

import { CLUSTER_FILE_VARIABLE, connectControlPlane } from '../../controlplane/share.ts'
import type { Cluster } from '../cluster.ts'
import { startEmbeddedCluster } from '../embedded-cluster.ts'

/** The real control plane where one is given, else an embedded cluster of this file alone. */
export async function clusterUnderTest(): Promise<Cluster> {
  const file = process.env[CLUSTER_FILE_VARIABLE]
  return file === undefined ? await startEmbeddedCluster() : connectControlPlane(file)
}
