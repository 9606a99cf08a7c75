// A mutating admission webhook that runs in the test itself.

import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:https'
import { type ApiAccess, callApi } from './api.ts'
import { createAuthority } from './certificates.ts'
import { listenLocally } from './ports.ts'
import { until } from './until.ts'

/** One operation of a JSON patch (RFC 6902). */
export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove' | 'test'
  readonly path: string
  readonly value?: unknown
}

/** The part of an AdmissionReview that a test looks at. */
export interface AdmissionRequest {
  readonly uid: string
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string }
  readonly namespace?: string
  readonly name?: string
  readonly userInfo: { readonly username: string }
  readonly object: unknown
}

export interface WebhookOptions {
  /** Name of the MutatingWebhookConfiguration; the webhook sees the objects of `namespace` alone. */
  readonly name: string
  readonly namespace: string
  /** Plurals of the API group `apps`. */
  readonly resources: readonly string[]
  /** What to change; called for every CREATE and UPDATE, `kubectl scale` and status excluded. */
  readonly mutate: (request: AdmissionRequest) => readonly PatchOperation[]
}

export interface Webhook {
  /** How often it was asked. */
  calls(): number
  /** Removes the configuration and closes the port. */
  close(): Promise<void>
}

const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations'
const PROBE = 'probe-of-the-webhook'

/**
 * Serves the webhook on 127.0.0.1 and registers it with failurePolicy Fail. Resolves when the API server, which learns of
 * it through a watch, calls it.
 */
export async function serveMutatingWebhook(access: ApiAccess, options: WebhookOptions): Promise<Webhook> {
  const authority = createAuthority()
  const { certificate, key } = authority.issueServer(['127.0.0.1'])
  let calls = 0
  const server = createServer({ cert: certificate, key }, (asked, response) => {
    calls += 1
    void review(asked, options.mutate).then(
      (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(body),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  const url = `https://127.0.0.1:${await listenLocally(server)}/`
  await register(access, configurationOf(options, { url, ca: authority.certificate }))
  await until(() => probe(access, options).then(() => calls > 0), { what: 'The first call of the webhook' })
  calls = 0
  return {
    calls: () => calls,
    close: async () => {
      await callApi(access, `${CONFIGURATIONS}/${options.name}`, { method: 'DELETE' })
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function review(asked: IncomingMessage, mutate: WebhookOptions['mutate']): Promise<string> {
  let text = ''
  for await (const chunk of asked.setEncoding('utf8')) text += chunk
  const { request }: { request: AdmissionRequest } = JSON.parse(text)
  const operations = request.name === PROBE ? [] : mutate(request)
  const patch = Buffer.from(JSON.stringify(operations)).toString('base64')
  const response = { uid: request.uid, allowed: true, patchType: 'JSONPatch', patch }
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response })
}

function configurationOf(options: WebhookOptions, { url, ca }: { url: string; ca: string }): unknown {
  const rule = {
    apiGroups: ['apps'],
    apiVersions: ['v1'],
    resources: options.resources,
    operations: ['CREATE', 'UPDATE'],
    scope: 'Namespaced',
  }
  const webhook = {
    name: `${options.name}.reloader.test`,
    clientConfig: { url, caBundle: Buffer.from(ca).toString('base64') },
    rules: [rule],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': options.namespace } },
    failurePolicy: 'Fail',
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    timeoutSeconds: 5,
  }
  return { metadata: { name: options.name }, webhooks: [webhook] }
}

async function register(access: ApiAccess, body: unknown): Promise<void> {
  const { status, body: answer } = await callApi(access, CONFIGURATIONS, { method: 'POST', body })
  if (status !== 201) throw new Error(`Cannot register the webhook: ${status} ${JSON.stringify(answer)}`)
}

/** Webhooks are asked before an object is validated, so an empty one that is refused in the end will do. */
async function probe(access: ApiAccess, { namespace, resources }: WebhookOptions): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${namespace}/${resources[0]}?dryRun=All`
  await callApi(access, path, { method: 'POST', body: { metadata: { name: PROBE } } })
}
