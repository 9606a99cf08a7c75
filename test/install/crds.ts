// CustomResourceDefinitions of others, out of the Go modules that publish them, so that none is copied into this project.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runTool } from '../controlplane/run-tool.ts'
import { done, kubectl } from './tools.ts'

/** Module at a version → files in it. */
const MODULES = {
  'github.com/fluxcd/helm-controller@v1.4.3': ['config/crd/bases/helm.toolkit.fluxcd.io_helmreleases.yaml'],
  'github.com/fluxcd/source-controller@v1.7.3': [
    'config/crd/bases/source.toolkit.fluxcd.io_helmrepositories.yaml',
    'config/crd/bases/source.toolkit.fluxcd.io_ocirepositories.yaml',
  ],
  'github.com/argoproj/argo-cd/v3@v3.2.1': ['manifests/crds/application-crd.yaml'],
  'github.com/prometheus-operator/prometheus-operator@v0.85.0': [
    'example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml',
    'example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml',
    'example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml',
  ],
  'github.com/argoproj/argo-rollouts@v1.8.3': ['manifests/crds/rollout-crd.yaml'],
  'k8s.io/autoscaler/vertical-pod-autoscaler@v1.8.1': ['deploy/vpa-v1-crd-gen.yaml'],
} as const

/** Installs all of them and returns what removes them. Throws where a module cannot be fetched. */
export async function installCrds(): Promise<() => Promise<void>> {
  const texts: string[] = []
  for (const [module, files] of Object.entries(MODULES)) {
    const directory = await directoryOf(module)
    texts.push(...files.map((file) => readFileSync(join(directory, file), 'utf8')))
  }
  const input = texts.join('\n---\n')
  const applied = await done(kubectl(['apply', '--server-side', '--output=name', '--filename=-'], { input }))
  const wait = ['wait', '--for=condition=Established', '--timeout=30s', '--filename=-']
  await done(kubectl(wait, { input }))
  const kinds = applied.stdout
    .trim()
    .split('\n')
    .map((each) => each.replace(/^.*\//, ''))
  return async () => {
    // A kind that was never listed has no storage yet; its deletion fails at first, and is tried again ever more rarely.
    await done(kubectl(['get', kinds.join(','), '--all-namespaces', '--output=name']))
    await done(kubectl(['delete', '--ignore-not-found', '--filename=-'], { input }))
  }
}

/** The module's directory in Go's cache, which checks what it fetches. */
async function directoryOf(module: string): Promise<string> {
  const { Dir } = JSON.parse(await runTool('go', ['mod', 'download', '-json', module], { cwd: '/' })) as {
    Dir: string
  }
  return Dir
}
