// The OpenAPI documents of the embedded server against those of a real one: the same definitions but for descriptions,
// default values, formats of numbers and lists of words, and no operation that the real one does not have. Run by `npm run test:cluster`.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLUSTER_FILE_VARIABLE, connectControlPlane } from '../controlplane/share.ts'
import { type EmbeddedCluster, startEmbeddedCluster } from '../scenarios/embedded-cluster.ts'
import { type Answer, type Json, type Send, senderFor } from './exchange.ts'

interface Operation {
  readonly 'x-kubernetes-action'?: string
  readonly 'x-kubernetes-group-version-kind'?: Json
  readonly parameters?: readonly { readonly name: string }[]
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Json>> }
}

const DOCUMENTS = [
  'api/v1',
  'apis/apps/v1',
  'apis/batch/v1',
  'apis/coordination.k8s.io/v1',
  'apis/rbac.authorization.k8s.io/v1',
]

/** Types of which ours has only the fields that kubectl shows. */
const PARTIAL = /\.Node(Spec|Status|SystemInfo)$/

let embedded: EmbeddedCluster
let ours: Send
let theirs: Send

beforeAll(async () => {
  embedded = await startEmbeddedCluster()
  ours = senderFor(embedded, 'default')
  theirs = senderFor(connectControlPlane(process.env[CLUSTER_FILE_VARIABLE] ?? ''), 'default')
})
afterAll(() => embedded.stop())

async function documentOf(send: Send, name: string): Promise<Document> {
  const { body } = await send({ method: 'GET', path: `/openapi/v3/${name}` })
  return body as unknown as Document
}

const UNTOLD = new Set([
  'description',
  'default',
  'enum',
  'required',
  'x-kubernetes-group-version-kind',
  'x-kubernetes-unions',
])

/** Without what ours does not tell, and with what theirs leaves unsaid: a list is atomic unless it says otherwise. */
function comparable(value: Json): Json {
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) =>
      UNTOLD.has(key) && !isSchema(each) ? [] : [[key, comparable(each)]],
    ),
  )
  if (kept['x-kubernetes-map-type'] === 'granular') delete kept['x-kubernetes-map-type']
  const [reference, ...others] = Array.isArray(kept.allOf) ? kept.allOf : []
  if (reference !== undefined && others.length === 0) return { ...without(kept, 'allOf'), ...reference }
  if (kept.type === 'array') return { 'x-kubernetes-list-type': 'atomic', ...kept }
  return ['integer', 'number'].includes(String(kept.type)) ? without(kept, 'format') : kept
}

/** A property may have the name of a keyword. */
function isSchema(value: Json): boolean {
  return typeof value === 'object' && value !== null && ('type' in value || 'allOf' in value)
}

function without(value: Readonly<Record<string, Json>>, key: string): Record<string, Json> {
  return Object.fromEntries(Object.entries(value).filter(([each]) => each !== key))
}

describe.each(DOCUMENTS)('%s', (name) => {
  test('defines its types as the real server does', async () => {
    const [mine, real] = [await documentOf(ours, name), await documentOf(theirs, name)]
    const whole = Object.entries(mine.components.schemas).filter(([type]) => !PARTIAL.test(type))
    const wanted = whole.map(([type]) => [type, comparable(real.components.schemas[type] ?? null)])
    expect(comparable(Object.fromEntries(whole))).toEqual(Object.fromEntries(wanted))
  })

  test('asks for no field that the real server does not ask for', async () => {
    const [mine, real] = [await documentOf(ours, name), await documentOf(theirs, name)]
    for (const [type, schema] of Object.entries(mine.components.schemas)) {
      const wanted = requiredOf(real.components.schemas[type])
      expect([type, wanted]).toEqual([type, expect.arrayContaining([...requiredOf(schema)])])
    }
  })

  test('has operations and parameters that the real server has too', async () => {
    const [mine, real] = [await documentOf(ours, name), await documentOf(theirs, name)]
    for (const [path, operations] of Object.entries(mine.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        const wanted = real.paths[path]?.[method]
        const place = `${method} ${path}`
        expect([place, wanted?.['x-kubernetes-action']]).toEqual([place, operation['x-kubernetes-action']])
        expect(wanted?.['x-kubernetes-group-version-kind']).toEqual(
          operation['x-kubernetes-group-version-kind'],
        )
        const known = [wanted, real.paths[path]].flatMap((each) => parametersOf(each as Operation))
        expect(known).toEqual(expect.arrayContaining([...parametersOf(operation)]))
      }
    }
  })
})

function requiredOf(schema: Json | undefined): readonly string[] {
  return (schema as { required?: readonly string[] } | undefined)?.required ?? []
}

function parametersOf(operation: Operation | undefined): readonly string[] {
  return (operation?.parameters ?? []).map((each) => each.name)
}

describe('the paths of the documents', () => {
  const statusAndType = ({ status, headers }: Answer) => [status, headers['content-type'] ?? '']

  test.each([
    '/openapi/v3',
    '/openapi/v3/apis/apps/v1',
    '/openapi/v3/apis/none',
    '/openapi/v3/apis/apps/v1?hash=AB',
  ])('%s answers with the same code and type', async (path) => {
    const [mine, real] = await Promise.all([ours, theirs].map((send) => send({ method: 'GET', path })))
    expect(mine && statusAndType(mine)).toEqual(real && statusAndType(real))
  })

  test('the index leads to documents by their hash', async () => {
    const { body } = await ours({ method: 'GET', path: '/openapi/v3' })
    const { paths } = body as unknown as { paths: Record<string, { serverRelativeURL: string }> }
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(DOCUMENTS))
    for (const { serverRelativeURL } of Object.values(paths)) {
      const { status } = await ours({ method: 'GET', path: serverRelativeURL })
      expect(status).toBe(200)
    }
  })
})
