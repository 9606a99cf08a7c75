// The plain manifests and the Kustomize components, made from the chart.
import { type Document, isMap, stringify } from 'yaml'
import { identity, type RenderedObject, renderDocuments, type Values } from './chart.ts'
import { patchBetween } from './patch-between.ts'

/** Path below deployments/kubernetes → text. */
export type Files = Readonly<Record<string, string>>

/** The components by the name of their directory, and the values that say the same to the chart. */
export const COMPONENTS: Readonly<Record<string, { readonly title: string; readonly values: Values }>> = {
  'annotations-strategy': {
    title: 'A roll writes an annotation instead of an environment variable.',
    values: { reloader: { reloadStrategy: 'annotations' } },
  },
  ha: {
    title: 'Two replicas, of which one works.',
    values: {
      reloader: { enableHA: true, deployment: { replicas: 2 }, podDisruptionBudget: { enabled: true } },
    },
  },
  'single-namespace': {
    title: 'Only the namespace that it runs in is looked at, by a Role.',
    values: { reloader: { watchGlobally: false } },
  },
}

const MADE = '# Made from the chart by scripts/render-manifests.ts: change the chart, and run it again.\n'

/** In which file of `manifests/` a kind goes: the incumbent's files, and one for the Secret. */
const FILE_OF_KIND: Readonly<Record<string, string>> = {
  ServiceAccount: 'serviceaccount',
  Secret: 'secret',
  ClusterRole: 'clusterrole',
  ClusterRoleBinding: 'clusterrolebinding',
  Role: 'role',
  RoleBinding: 'role',
  Deployment: 'deployment',
}

/** Labels and annotations that say how an object came about, which is not so here. */
const OF_HELM = ['helm.sh/chart', 'app.kubernetes.io/managed-by', 'helm.sh/resource-policy']

/** All of them. Throws what helm says when the chart cannot be rendered. */
export async function renderManifests(helm: string): Promise<Files> {
  const documents = (await renderDocuments({ helm })).map(withoutHelm)
  const files = new Map<string, string>([['reloader.yaml', MADE]])
  const append = (name: string, text: string) => files.set(name, `${files.get(name) ?? MADE}---\n${text}`)
  for (const document of documents) {
    const { kind } = document.toJS() as RenderedObject
    const name = FILE_OF_KIND[kind]
    if (name === undefined) throw new Error(`Cannot place the ${kind} of the chart: no file is named for it`)
    append(`manifests/${name}.yaml`, textOf(document))
    append('reloader.yaml', textOf(document))
  }
  const names = [...files.keys()].filter((name) => name.startsWith('manifests/'))
  files.set('kustomization.yaml', kustomization({ kind: 'Kustomization', resources: names }))
  for (const name of Object.keys(COMPONENTS)) await addComponent({ helm, name, documents, files })
  return Object.fromEntries(files)
}

interface ComponentParts {
  readonly helm: string
  readonly name: string
  readonly documents: readonly Document[]
  readonly files: Map<string, string>
}

/** A component changes what is there, takes away and adds, so that the result is what the chart makes of the values. */
async function addComponent({ helm, name, documents, files }: ComponentParts): Promise<void> {
  const component = COMPONENTS[name]
  if (component === undefined) return
  const before = new Map(documents.map((each) => objectOf(each)).map((each) => [identity(each), each]))
  const rendered = await renderDocuments({ helm, values: component.values })
  const after = new Map(rendered.map(withoutHelm).map((each) => [identity(objectOf(each)), each]))
  const added = [...after].filter(([id]) => !before.has(id)).map(([, document]) => textOf(document))
  const patches = [...before].flatMap(([id, object]) => patchOf(object, after.get(id)))
  const directory = `components/${name}`
  if (added.length > 0) files.set(`${directory}/resources.yaml`, `${MADE}---\n${added.join('---\n')}`)
  const resources = added.length > 0 ? { resources: ['resources.yaml'] } : {}
  files.set(
    `${directory}/kustomization.yaml`,
    kustomization({ title: component.title, kind: 'Component', ...resources, patches }),
  )
}

function patchOf(object: RenderedObject, after: Document | undefined): readonly unknown[] {
  const { apiVersion, kind, metadata } = object
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  const target = { group, version, kind, name: metadata.name }
  if (after === undefined) {
    const patch = { $patch: 'delete', apiVersion, kind, metadata: { name: metadata.name } }
    return [{ target, patch: stringify(patch) }]
  }
  const operations = patchBetween(object, objectOf(after))
  return operations.length === 0 ? [] : [{ target, patch: stringify(operations) }]
}

function kustomization({ title, ...fields }: { readonly title?: string } & Values): string {
  const version = fields.kind === 'Component' ? 'v1alpha1' : 'v1beta1'
  const comment = title === undefined ? '' : `# ${title}\n`
  return `${MADE}${comment}${stringify({ apiVersion: `kustomize.config.k8s.io/${version}`, ...fields })}`
}

function objectOf(document: Document): RenderedObject {
  return document.toJS() as RenderedObject
}

function textOf(document: Document): string {
  return document.toString({ directives: false })
}

function withoutHelm(document: Document): Document {
  // It names the template of the chart.
  document.commentBefore = null
  if (document.contents !== null) document.contents.commentBefore = null
  for (const path of [['metadata'], ['spec', 'template', 'metadata']]) {
    for (const field of ['labels', 'annotations']) {
      const map = document.getIn([...path, field])
      if (!isMap(map)) continue
      for (const name of OF_HELM) map.delete(name)
      if (map.items.length === 0) document.deleteIn([...path, field])
    }
  }
  return document
}
