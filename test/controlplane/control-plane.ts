// What a started control plane offers, in the process that started it and in any other that was told of it.
import { join } from 'node:path'
import type { Cluster } from '../scenarios/cluster.ts'
import type { Binaries } from './binaries.ts'
import { FILES } from './components.ts'
import { createServiceAccount } from './service-account.ts'

/** What one has to know to use a control plane: plain data, so that another process can be told. */
export interface ControlPlaneFacts {
  /** `https://127.0.0.1:PORT` */
  readonly server: string
  /** PEM. */
  readonly ca: string
  readonly adminToken: string
  /** Where its files and the logs of its processes are; goes when it stops. */
  readonly directory: string
  /** The programs it was started from; scenarios run `kubectl` and `helm`. */
  readonly binaries: Binaries
}

/** What only the process can do that holds the others. */
export type Controls = Pick<Cluster, 'restartApiServer' | 'compact' | 'stop'>

/** A cluster whose API server, workload controllers and scheduler are the real ones. */
export interface ControlPlane extends Cluster, ControlPlaneFacts {
  readonly kind: 'control-plane'
  readonly adminToken: string
  readonly ca: string
  /** Files: a client certificate of the same user, and its key. */
  readonly adminCertificate: string
  readonly adminKey: string
  readonly facts: ControlPlaneFacts
}

/** Puts the two halves together. */
export function controlPlaneOf(facts: ControlPlaneFacts, controls: Controls): ControlPlane {
  const access = { server: facts.server, ca: facts.ca, token: facts.adminToken }
  return {
    kind: 'control-plane',
    real: true,
    ...facts,
    facts,
    adminKubeconfig: join(facts.directory, FILES.adminKubeconfig),
    adminCertificate: join(facts.directory, FILES.adminCertificate),
    adminKey: join(facts.directory, FILES.adminKey),
    controllerKubeconfig: (options) => createServiceAccount(access, facts.directory, options),
    ...controls,
  }
}
