import { describe, expect, it } from 'vitest'
import type { ObjectMeta } from '../types/object.ts'
import { releasesOf } from './release.ts'

function releases(metadata: Pick<ObjectMeta, 'labels' | 'annotations'>): readonly string[] {
  return releasesOf({ name: 'web', uid: 'u', resourceVersion: '1', ...metadata })
}

describe('releasesOf', () => {
  it.each<[string, Pick<ObjectMeta, 'labels' | 'annotations'>, readonly string[]]>([
    ['nothing', {}, []],
    [
      'helm',
      { annotations: { 'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': 'prod' } },
      ['helm:prod/shop'],
    ],
    [
      'an Argo CD tracking id',
      { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:prod/web' } },
      ['argocd:shop'],
    ],
    ['an Argo CD label', { labels: { 'argocd.argoproj.io/instance': 'shop' } }, ['argocd:shop']],
    ['an Argo CD annotation', { annotations: { 'argocd.argoproj.io/instance': 'shop' } }, ['argocd:shop']],
    [
      'a Flux kustomization',
      {
        labels: {
          'kustomize.toolkit.fluxcd.io/name': 'shop',
          'kustomize.toolkit.fluxcd.io/namespace': 'flux',
        },
      },
      ['flux-kustomize:flux/shop'],
    ],
    [
      'a Flux helm release, which helm has signed too',
      {
        labels: { 'helm.toolkit.fluxcd.io/name': 'shop', 'helm.toolkit.fluxcd.io/namespace': 'flux' },
        annotations: { 'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': 'prod' },
      },
      ['flux-helm:flux/shop', 'helm:prod/shop'],
    ],
    [
      'the instance label of charts, which is no identity',
      { labels: { 'app.kubernetes.io/instance': 'shop' } },
      [],
    ],
    [
      'empty values',
      { labels: { 'argocd.argoproj.io/instance': '' }, annotations: { 'meta.helm.sh/release-name': '' } },
      [],
    ],
  ])('reads %s', (_what, metadata, expected) => {
    expect(releases(metadata)).toEqual(expected)
  })

  it('tells one name in two namespaces apart', () => {
    const of = (namespace: string) =>
      releases({
        annotations: { 'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': namespace },
      })
    expect(of('prod')).not.toEqual(of('test'))
  })

  it('is one shared list where there is none', () => {
    expect(releases({})).toBe(releases({ labels: { a: 'b' } }))
  })
})
