// The manifests, the components and the table of rights are what the chart makes now.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { identity, type RenderedObject, type Values } from '../../scripts/render/chart.ts'
import { ROOT, renderFiles } from '../../scripts/render/files.ts'
import { COMPONENTS } from '../../scripts/render/manifests.ts'
import { canonical } from '../../scripts/render/patch-between.ts'
import { findHelm } from '../controlplane/binaries.ts'
import { KUBERNETES, withOverlay } from './overlay.ts'
import { rendered, renderedFrom } from './rendered.ts'
import { done, kubectl } from './tools.ts'

test('running scripts/render-manifests.ts would change nothing', async () => {
  const files = await renderFiles(await findHelm())
  const present = Object.fromEntries(
    Object.keys(files).map((name) => [name, readFileSync(join(ROOT, name), 'utf8')]),
  )
  const meaning = (all: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(all).map(([name, text]) => [name, meaningOf(name, text)]))
  expect(meaning(present)).toEqual(meaning(files))
  const inRepository = ['manifests', 'components'].flatMap((directory) =>
    readdirSync(join(KUBERNETES, directory), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => join('deployments', 'kubernetes', directory, name)),
  )
  expect(inRepository.filter((name) => files[name] === undefined)).toEqual([])
})

/** Without what the formatter may change. */
function meaningOf(name: string, text: string): unknown {
  if (name.endsWith('.yaml')) return parseAllDocuments(text).map((each): unknown => each.toJS())
  return text.replace(/-{3,}/g, '---').replace(/\s+/g, ' ')
}

describe('with a component, Kustomize makes what the chart makes of the same values', () => {
  const names = Object.keys(COMPONENTS)
  test.each([...names.map((name) => [name]), names])('%s', async (...components) => {
    const built = renderedFrom(await kustomized(components))
    const values = components.map((name) => COMPONENTS[name]?.values ?? {})
    const expected = await rendered(values.reduce(merged, {}))
    expect(comparable(built.objects)).toEqual(comparable(expected.objects))
  })
})

/** What `kubectl kustomize` makes of the base with these components. */
async function kustomized(components: readonly string[]): Promise<string> {
  return await withOverlay({ components }, async (directory) => {
    return (await done(kubectl(['kustomize', directory]))).stdout
  })
}

function merged(a: Values, b: Values): Values {
  const both = Object.entries(b).map(([key, value]) => [
    key,
    isMap(value) && isMap(a[key]) ? merged(a[key], value) : value,
  ])
  return { ...a, ...Object.fromEntries(both) }
}

function isMap(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** By name, without what only helm says, and without the order of lists. */
function comparable(objects: readonly RenderedObject[]): Readonly<Record<string, string>> {
  const text = (object: RenderedObject) =>
    canonical(sortedLists(object)).replaceAll(
      /"(helm\.sh\/chart|app\.kubernetes\.io\/managed-by|helm\.sh\/resource-policy)":"[^"]*",?/g,
      '',
    )
  return Object.fromEntries(
    objects.map((each) => [
      identity(each),
      text(each).replaceAll('"annotations":{},', '').replaceAll(',}', '}'),
    ]),
  )
}

function sortedLists(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(sortedLists).sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1))
  if (!isMap(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, sortedLists(each)]))
}
