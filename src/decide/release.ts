// Which release an object belongs to: what helm, Argo CD or Flux applies together carries one identity.
import type { ReleaseId } from '../types/config.ts'
import type { ObjectMeta } from '../types/object.ts'

const NO_RELEASES: readonly ReleaseId[] = Object.freeze([])

/**
 * The identities of `metadata`, sorted; mostly none, and then always the same empty list. `app.kubernetes.io/instance` is no
 * identity: charts put one value on things that are applied apart.
 */
export function releasesOf({ labels = {}, annotations = {} }: ObjectMeta): readonly ReleaseId[] {
  const found = [
    named('helm', annotations['meta.helm.sh/release-namespace'], annotations['meta.helm.sh/release-name']),
    application(annotations['argocd.argoproj.io/tracking-id']?.split(':', 1)[0]),
    application(annotations['argocd.argoproj.io/instance']),
    application(labels['argocd.argoproj.io/instance']),
    flux('kustomize', labels),
    flux('helm', labels),
  ].filter((id) => id !== undefined)
  return found.length === 0 ? NO_RELEASES : [...new Set(found)].sort()
}

function flux(
  toolkit: 'kustomize' | 'helm',
  labels: Readonly<Record<string, string>>,
): ReleaseId | undefined {
  const label = `${toolkit}.toolkit.fluxcd.io`
  return named(`flux-${toolkit}`, labels[`${label}/namespace`], labels[`${label}/name`])
}

function application(name: string | undefined): ReleaseId | undefined {
  return name === undefined || name === '' ? undefined : `argocd:${name}`
}

function named(kind: string, namespace: string | undefined, name: string | undefined): ReleaseId | undefined {
  return name === undefined || name === '' ? undefined : `${kind}:${namespace ?? ''}/${name}`
}
