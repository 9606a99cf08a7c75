// The command line of every program of the control plane. All of them listen on 127.0.0.1 or not at all.
import { join } from 'node:path'
import type { Binaries } from './binaries.ts'
import type { Command } from './processes.ts'

/** What the command lines are made of: files in one directory, and ports that are free. */
export interface Plan {
  readonly binaries: Binaries
  readonly directory: string
  readonly ports: { readonly etcd: number; readonly etcdPeer: number; readonly apiServer: number }
}

/** The name of each file of the control plane in its directory. */
export const FILES = {
  tokens: 'tokens.csv',
  authority: 'ca.crt',
  certificate: 'apiserver.crt',
  key: 'apiserver.key',
  serviceAccountKey: 'service-account.key',
  adminKubeconfig: 'admin.kubeconfig',
  adminCertificate: 'admin.crt',
  adminKey: 'admin.key',
} as const

/** Nobody needs its content after the run, so it never waits for a disk. */
export function etcdCommand({ binaries, directory, ports }: Plan): Command {
  const clients = `http://127.0.0.1:${ports.etcd}`
  const peers = `http://127.0.0.1:${ports.etcdPeer}`
  return command('etcd', binaries.etcd, {
    'data-dir': join(directory, 'etcd'),
    'listen-client-urls': clients,
    'advertise-client-urls': clients,
    'listen-peer-urls': peers,
    'initial-advertise-peer-urls': peers,
    'initial-cluster': `default=${peers}`,
    'unsafe-no-fsync': 'true',
    'log-level': 'warn',
  })
}

/**
 * Roles are enforced and tokens are real. The two admission plugins that are off wait for what fake nodes never do:
 * a service-account token mounted into a pod, and a node controller that takes the first taint away.
 */
export function apiServerCommand({ binaries, directory, ports }: Plan): Command {
  const file = (name: keyof typeof FILES) => join(directory, FILES[name])
  return command('kube-apiserver', binaries['kube-apiserver'], {
    'etcd-servers': `http://127.0.0.1:${ports.etcd}`,
    // Compaction is what a scenario asks for, never the clock.
    'etcd-compaction-interval': '0',
    'bind-address': '127.0.0.1',
    'advertise-address': '127.0.0.1',
    'secure-port': `${ports.apiServer}`,
    'tls-cert-file': file('certificate'),
    'tls-private-key-file': file('key'),
    'client-ca-file': file('authority'),
    'token-auth-file': file('tokens'),
    'authorization-mode': 'RBAC',
    'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
    'service-account-key-file': file('serviceAccountKey'),
    'service-account-signing-key-file': file('serviceAccountKey'),
    'service-cluster-ip-range': '10.96.0.0/16',
    'disable-admission-plugins': 'ServiceAccount,TaintNodesByCondition',
    'endpoint-reconciler-type': 'none',
  })
}

/** The controllers that make workloads move; none that would need a cloud, a network or a living node. */
export function controllerCommand({ binaries, directory }: Plan): Command {
  const controllers = [
    'deployment-controller',
    'replicaset-controller',
    'statefulset-controller',
    'daemonset-controller',
    'job-controller',
    'cronjob-controller',
    'garbage-collector-controller',
    'namespace-controller',
    'serviceaccount-controller',
  ]
  return command('kube-controller-manager', binaries['kube-controller-manager'], {
    kubeconfig: join(directory, FILES.adminKubeconfig),
    controllers: controllers.join(','),
    'leader-elect': 'false',
    'secure-port': '0',
    'service-account-private-key-file': join(directory, FILES.serviceAccountKey),
    // The default is 20 a second: a roll of 50 Deployments would be measured in its queue.
    'kube-api-qps': '1000',
    'kube-api-burst': '2000',
  })
}

export function schedulerCommand({ binaries, directory }: Plan): Command {
  return command('kube-scheduler', binaries['kube-scheduler'], {
    kubeconfig: join(directory, FILES.adminKubeconfig),
    'leader-elect': 'false',
    'secure-port': '0',
    'kube-api-qps': '1000',
    'kube-api-burst': '2000',
  })
}

/** The kubelet of every node. */
export function kwokCommand({ binaries, directory }: Plan): Command {
  return command('kwok', binaries.kwok, {
    kubeconfig: join(directory, FILES.adminKubeconfig),
    config: join(import.meta.dirname, 'stages.yaml'),
    'manage-all-nodes': 'true',
    'node-lease-duration-seconds': '0',
    // With a port it would listen on every address.
    'node-port': '0',
  })
}

function command(name: string, file: string, flags: Readonly<Record<string, string>>): Command {
  return { name, file, args: Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`) }
}
