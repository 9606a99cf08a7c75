// An overlay as people write them: the base of this repository with components and a namespace.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { ROOT } from '../../scripts/render/files.ts'

/** The directory that `kubectl apply -k` is given. */
export const KUBERNETES = join(ROOT, 'deployments', 'kubernetes')

export interface OverlayOptions {
  readonly components?: readonly string[]
  readonly namespace?: string
  /** As in a kustomization. */
  readonly images?: unknown
}

/** Writes the overlay, hands its directory on, and removes it. */
export async function withOverlay<T>(
  { components = [], namespace, images = [] }: OverlayOptions,
  use: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'reloader-overlay-')))
  const path = (...names: string[]) => relative(directory, join(KUBERNETES, ...names))
  const overlay = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    ...(namespace === undefined ? {} : { namespace }),
    resources: [path()],
    images,
    components: components.map((each) => path('components', each)),
  }
  try {
    writeFileSync(join(directory, 'kustomization.yaml'), JSON.stringify(overlay))
    return await use(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
