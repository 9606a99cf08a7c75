// Definitions of the custom kinds of workload, written for the tests: whatever their controllers know of these objects, an API
// server stores them as they are.
import { eventually } from './eventually.ts'
import type { NewObject } from './json.ts'
import { type CustomKind, kindInfo, pathOf } from './kinds.ts'
import { ApiFailure, type TestApi } from './test-api.ts'

/** Makes the definitions that are not there; resolves when their objects can be made. */
export async function defineKinds(api: TestApi, kinds: readonly CustomKind[]): Promise<void> {
  for (const kind of kinds) {
    await api
      .call('POST', pathOf('CustomResourceDefinition'), { body: definitionOf(kind) })
      .catch(unless(409))
  }
  for (const kind of kinds) {
    await eventually(() => isServed(api, kind), { what: `the API server to serve ${kind}s` })
  }
}

/** Removes them with all of their objects; resolves when nothing of them is served. */
export async function removeKinds(api: TestApi, kinds: readonly CustomKind[]): Promise<void> {
  for (const kind of kinds) {
    const path = pathOf('CustomResourceDefinition', { name: nameOf(kind) })
    await api.call('DELETE', path).catch(unless(404))
  }
  for (const kind of kinds) {
    await eventually(async () => !(await isServed(api, kind)), { what: `the end of ${kind}s` })
  }
}

function nameOf(kind: CustomKind): string {
  const { apiVersion, plural } = kindInfo(kind)
  return `${plural}.${apiVersion.split('/')[0]}`
}

function definitionOf(kind: CustomKind): NewObject {
  const { apiVersion, plural } = kindInfo(kind)
  const [group, version] = apiVersion.split('/')
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  return {
    apiVersion: kindInfo('CustomResourceDefinition').apiVersion,
    kind: 'CustomResourceDefinition',
    metadata: { name: nameOf(kind) },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: anything },
          subresources: { status: {} },
        },
      ],
    },
  }
}

async function isServed(api: TestApi, kind: CustomKind): Promise<boolean> {
  return api.call('GET', pathOf(kind)).then(
    () => true,
    (error) => unless(404)(error) ?? false,
  )
}

function unless(code: number): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof ApiFailure) || error.code !== code) throw error
    return undefined
  }
}
