// What is applied by kubectl, as it stands in the repository: read without helm, so that it is held in every run.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import type { RenderedObject } from '../../scripts/render/chart.ts'
import { canonical } from '../../scripts/render/patch-between.ts'
import { documentedPermissions } from '../scenarios/harness/permissions.ts'

const root = join(import.meta.dirname, '..', '..')
const directory = join(root, 'deployments', 'kubernetes')
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8')
const objectsIn = (text: string) =>
  parseAllDocuments(text)
    .map((each): unknown => each.toJS())
    .filter((each) => each !== null) as RenderedObject[]

const objects = objectsIn(read('deployments', 'kubernetes', 'reloader.yaml'))

function rulesOf(kind: string, name: string): readonly unknown[] {
  const found = objects.find((each) => each.kind === kind && each.metadata.name === name)
  return found !== undefined && Array.isArray(found.rules) ? found.rules : []
}

describe('the rights', () => {
  const { clusterRules, namespaceRules } = documentedPermissions({ name: 'reloader-reloader' })
  const sorted = (rules: readonly unknown[]) => rules.map(canonical).sort()

  test('everywhere are exactly those that the scenarios run under', () => {
    expect(sorted(rulesOf('ClusterRole', 'reloader-reloader-role'))).toEqual(sorted(clusterRules))
  })

  test('in the own namespace are exactly those that the scenarios run under', () => {
    expect(sorted(rulesOf('Role', 'reloader-reloader-metadata-role'))).toEqual(sorted(namespaceRules))
  })
})

describe('one number, one image', () => {
  const { version } = JSON.parse(read('package.json')) as { version: string }
  const chart = parse(read('deployments', 'kubernetes', 'chart', 'reloader', 'Chart.yaml')) as {
    version: string
    appVersion: string
  }
  const values = parse(read('deployments', 'kubernetes', 'chart', 'reloader', 'values.yaml')) as {
    image: { repository: string; tag: string }
  }

  test('the chart, what it installs and the package have one version', () => {
    expect([chart.version, chart.appVersion]).toEqual([version, version])
    expect(values.image.tag).toBe('')
  })

  test('every file that names the image names that of values.yaml', () => {
    const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((each) =>
      each.endsWith('.yaml'),
    )
    const images = files.flatMap((file) =>
      [...readFileSync(join(directory, file), 'utf8').matchAll(/^\s*(?:- )?image: "?([^"\s{]+)"?$/gm)].map(
        ([, image]) => image,
      ),
    )
    expect(new Set(images)).toEqual(new Set([`${values.image.repository}:v${version}`]))
  })

  test('the changelog has a heading for the version', () => {
    expect(read('CHANGELOG.md')).toContain(`## ${version}`)
  })
})

test('one file holds what the others hold', () => {
  const { resources } = parse(read('deployments', 'kubernetes', 'kustomization.yaml')) as {
    resources: string[]
  }
  const apart = resources.flatMap((file) => objectsIn(readFileSync(join(directory, file), 'utf8')))
  expect(apart.map(canonical).sort()).toEqual(objects.map(canonical).sort())
})

test('nothing in it says that it came by helm', () => {
  expect(read('deployments', 'kubernetes', 'reloader.yaml')).not.toMatch(/helm/i)
})
