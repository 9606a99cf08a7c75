// Every YAML in the README and the pages is applied to the API server: whole objects as they are, a part as part of a whole.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { ROOT } from '../../scripts/render/files.ts'
import { workloadObject } from '../scenarios/harness/fixtures.ts'
import { installCrds } from './crds.ts'
import { useInstallWorld, type Values } from './install-world.ts'
import { withOverlay } from './overlay.ts'
import { done, kubectl, type Outcome, template } from './tools.ts'

const world = useInstallWorld()
let removeCrds = async () => {}
// Where Go has none of the modules yet, this takes minutes.
beforeAll(async () => {
  removeCrds = await installCrds()
}, 600_000)
afterAll(() => removeCrds())

interface Block {
  readonly where: string
  readonly text: string
}

const pages = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => join('docs', name))

const blocks = ['README.md', 'SECURITY.md', ...pages].flatMap((page): Block[] => {
  const text = readFileSync(join(ROOT, page), 'utf8')
  return [...text.matchAll(/```ya?ml\n([\s\S]*?)```/g)].map((match) => ({
    where: `${page}:${text.slice(0, match.index).split('\n').length}`,
    text: match[1] ?? '',
  }))
})

test.each(blocks.map((each) => [each.where, each.text]))('%s', async (_where, text) => {
  const { name: namespace } = await world.namespace()
  const documents = parseAllDocuments(text).map((each) => each.toJS() as Values)
  for (const document of documents) {
    expect(await applied({ text, document, namespace })).toMatchObject({ code: 0, stderr: '' })
  }
})

interface Part {
  readonly text: string
  readonly document: Values
  readonly namespace: string
}

async function applied({ text, document, namespace }: Part): Promise<Outcome> {
  if (text.startsWith('# values.yaml')) {
    const { stdout } = await done(template({ ...document, namespace }))
    // Namespaces that a page names need not be here.
    return await dryRun(stdout.replaceAll(/^( +namespace:) .*$/gm, `$1 ${namespace}`))
  }
  if (document.kind === 'Kustomization') return await kustomized(document)
  const object = completed(text, document)
  return await dryRun(JSON.stringify({ ...object, metadata: { ...(object.metadata as Values), namespace } }))
}

function dryRun(input: string): Promise<Outcome> {
  return kubectl(['apply', '--server-side', '--dry-run=server', '--validate=strict', '--filename=-'], {
    input,
  })
}

/** What pages write for the path to the repository is left to the overlay; components and images are the page's. */
async function kustomized({ components = [], images, namespace }: Values): Promise<Outcome> {
  const names = (components as string[]).map((each) => each.replace(/^.*\/components\//, ''))
  return await withOverlay({ components: names, namespace: `${namespace}`, images }, async (directory) => {
    const built = await kubectl(['kustomize', directory])
    expect(built.stdout).toContain((images as [{ newName: string }])[0].newName)
    return built
  })
}

/** Annotations, or a part of a container, as part of a Deployment; a part of an Application as part of one. */
function completed(text: string, document: Values): Values {
  if (text.startsWith('# part of the spec of an Application')) {
    const file = readFileSync(join(ROOT, 'examples', 'argocd', 'workloads.yaml'), 'utf8')
    const [whole] = parseAllDocuments(file).map((each) => each.toJS() as Values)
    return { ...whole, spec: { ...(whole?.spec as Values), ...document } }
  }
  const { metadata, apiVersion, kind, ...rest } = document
  const complete = workloadObject('web') as unknown as Values
  if (kind === undefined && metadata !== undefined)
    return { ...complete, metadata: merged(complete.metadata, metadata) }
  if (kind === undefined) return withContainer(complete, rest)
  if (kind === 'Deployment' && rest.spec === undefined) {
    return { ...complete, apiVersion, metadata: merged(complete.metadata, metadata) }
  }
  return document
}

function merged(a: unknown, b: unknown): Values {
  return { ...(a as Values), ...(b as Values) }
}

function withContainer(complete: Values, fields: Values): Values {
  const whole = structuredClone(complete) as unknown as {
    spec: { template: { spec: { containers: object[] } } }
  }
  const [container] = whole.spec.template.spec.containers
  whole.spec.template.spec.containers = [{ ...container, ...fields }]
  return whole as unknown as Values
}
