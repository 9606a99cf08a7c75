// The files of examples/ that the demo applies, as they are.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { isObject, type JsonObject } from '../../embedded/object/json.ts'

/** What is configured, then what uses it. Three files describe payment-gateway-svc; this is the one most people write. */
export const DEMO_FILES = {
  configs: ['payment-gateway/configs.yaml', 'apps/configs.yaml'],
  workloads: [
    'payment-gateway/auto.yaml',
    'payment-gateway/ledger.yaml',
    'payment-gateway/edge-proxy.yaml',
    'apps/my-app.yaml',
    'apps/my-worker.yaml',
    'apps/opted-out.yaml',
  ],
} as const

/** The objects of one of those files, in its order. Throws where the file is not there or no YAML. */
export function readExample(directory: string, file: string): readonly JsonObject[] {
  const documents = parseAllDocuments(readFileSync(join(directory, file), 'utf8'))
  const [problem] = documents.flatMap(({ errors }) => errors)
  if (problem !== undefined) throw new Error(`Cannot read ${file}: ${problem.message}`)
  return documents.map((each): unknown => each.toJS()).filter(isObject)
}
