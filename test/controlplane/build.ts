// Builds the programs of a control plane from Go modules, so that no prebuilt binary is fetched from anywhere.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cached } from './cache.ts'
import { runTool } from './run-tool.ts'

const PACKAGES = {
  etcd: ['.'],
  kubernetes: [
    'k8s.io/kubernetes/cmd/kube-apiserver',
    'k8s.io/kubernetes/cmd/kube-controller-manager',
    'k8s.io/kubernetes/cmd/kube-scheduler',
    'k8s.io/kubernetes/cmd/kubectl',
  ],
  kubectl: ['k8s.io/kubernetes/cmd/kubectl'],
  kwok: ['sigs.k8s.io/kwok/cmd/kwok'],
  helm: ['helm.sh/helm/v4/cmd/helm'],
  helm3: ['helm.sh/helm/v3/cmd/helm'],
  actionlint: ['github.com/rhysd/actionlint/cmd/actionlint'],
} as const

/** Where programs keep their version that do not keep it where those of Kubernetes do. */
const VERSION_SYMBOLS: Readonly<Partial<Record<GoModule, string>>> = {
  helm: 'helm.sh/helm/v4/internal/version.version',
  helm3: 'helm.sh/helm/v3/internal/version.version',
  actionlint: 'github.com/rhysd/actionlint.version',
}

/** A directory of `go/`: a module of its own that names one project's programs at one version. */
export type GoModule = keyof typeof PACKAGES

/**
 * The directory with the built programs of a module; the name holds a digest of all that goes into them, so it is
 * built once per machine, whatever the checkout. Throws when the build cannot be done.
 */
export async function buildBinaries(module: GoModule): Promise<string> {
  const source = join(import.meta.dirname, 'go', module)
  return await cached(`${module}-${digestOf(source)}`, async (directory) => {
    await checkGo(module)
    console.error(`Building ${module} of the test control plane (once; minutes when nothing is cached) ...`)
    await build(module, { source, directory })
  })
}

/** Files and flags only: another compiler makes programs that behave the same. */
function digestOf(source: string): string {
  const hash = createHash('sha256').update(
    `${process.platform} ${process.arch} ${buildArgs('kubernetes', '').join(' ')}`,
  )
  for (const file of readdirSync(source).sort())
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(source, file)))
  return hash.digest('hex').slice(0, 16)
}

async function checkGo(module: GoModule): Promise<void> {
  await runTool('go', ['version']).catch((cause: unknown) => {
    const remedy = 'install Go 1.21 or newer, or put the programs into the directory KUBEBUILDER_ASSETS'
    throw new Error(
      `Cannot build ${module} of the test control plane: there is no go on the PATH; ${remedy}`,
      { cause },
    )
  })
}

async function build(
  module: GoModule,
  { source, directory }: { source: string; directory: string },
): Promise<void> {
  const version = requiredVersion(readFileSync(join(source, 'go.mod'), 'utf8'))
  await runTool('go', [...buildArgs(module, version), '-o', `${directory}/`, ...PACKAGES[module]], {
    cwd: source,
    env: { CGO_ENABLED: '0', GOWORK: 'off' },
  })
}

/** The version that the go.mod asks for, which is the first it requires. */
function requiredVersion(goMod: string): string {
  const version = goMod.match(/^require \S+ (v\S+)/m)?.[1]
  if (version === undefined) throw new Error('Cannot read go.mod: no required version in it')
  return version
}

/** The version goes in by the linker: helm refuses an API server that does not tell its own. */
function buildArgs(module: GoModule, version: string): string[] {
  const [major = '', minor = ''] = version.slice(1).split('.')
  const set = (name: string, value: string) => `-X ${name}=${value}`
  const kubernetes = 'k8s.io/component-base/version'
  const symbol = VERSION_SYMBOLS[module]
  const versions =
    symbol !== undefined
      ? [set(symbol, version)]
      : [
          set(`${kubernetes}.gitVersion`, version),
          set(`${kubernetes}.gitMajor`, major),
          set(`${kubernetes}.gitMinor`, minor),
        ]
  return ['build', '-trimpath', '-ldflags', ['-s -w', ...versions].join(' ')]
}
