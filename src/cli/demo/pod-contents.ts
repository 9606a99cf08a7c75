// What a pod really runs with, asked of the pod itself: its variables, and its files.
import { createHash, X509Certificate } from 'node:crypto'
import { isObject, type Json, type JsonObject, listAt, objectAt, textAt } from '../../embedded/object/json.ts'
import type { ClusterClient } from './cluster-client.ts'
import { placeOf } from './news.ts'

/** Variables by name and files by absolute path, as text. */
export type Contents = Readonly<Record<string, string>>

/** Asks the first container of a pod. Rejects where it does not run. */
export async function contentsOf(client: Pick<ClusterClient, 'askPod'>, pod: JsonObject): Promise<Contents> {
  const place = placeOf(pod)
  const [env, files] = await Promise.all([client.askPod(place, 'env'), client.askPod(place, 'files')])
  return { ...texts(env), ...decoded(texts(files)) }
}

function texts(value: Json): Contents {
  if (!isObject(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, String(each)]))
}

function decoded(files: Contents): Contents {
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => [path, Buffer.from(content, 'base64').toString()]),
  )
}

/** Variables that a roll writes: they are how it is done, not what was changed. */
const STAMP = /^STAKATER_/
/** Files of a key pair of which only the public half is worth showing. */
const PRIVATE_KEY = /\.key$/

/** What one pod runs with and another does not, for people: `NEW_CHECKOUT false → true`. Nothing of a Secret is shown. */
export function differences(
  old: Contents,
  present: Contents,
  isSecret: (name: string) => boolean,
): readonly string[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(present)])]
  return names
    .filter((name) => old[name] !== present[name] && !STAMP.test(name) && !PRIVATE_KEY.test(name))
    .map((name) => {
      const show = (value: string | undefined) => shown(name, value, isSecret(name))
      const [from, to] = [show(old[name]), show(present[name])]
      return from === to ? `${baseName(name)} changed` : `${baseName(name)} ${from} → ${to}`
    })
}

/** Whether a variable or a file of the first container of `pod` comes from a Secret. */
export function secretNames(pod: JsonObject, secrets: readonly JsonObject[]): (name: string) => boolean {
  const [container] = listAt(pod, 'spec', 'containers')
  const variables = new Set(secretVariables(container ?? null, secrets))
  const paths = secretPaths(pod, container ?? null)
  return (name) => variables.has(name) || paths.some((path) => name.startsWith(`${path}/`))
}

function secretVariables(container: Json, secrets: readonly JsonObject[]): readonly string[] {
  const keysOf = (name: string) =>
    secrets
      .filter((each) => textAt(each, 'metadata', 'name') === name)
      .flatMap((each) => Object.keys(objectAt(each, 'data')))
  const single = listAt(container, 'env')
    .filter((each) => textAt(each, 'valueFrom', 'secretKeyRef', 'name') !== '')
    .map((each) => textAt(each, 'name'))
  const whole = listAt(container, 'envFrom').flatMap((each) => keysOf(textAt(each, 'secretRef', 'name')))
  return [...single, ...whole]
}

function secretPaths(pod: JsonObject, container: Json): readonly string[] {
  const volumes = listAt(pod, 'spec', 'volumes')
    .filter((each) => textAt(each, 'secret', 'secretName') !== '')
    .map((each) => textAt(each, 'name'))
  return listAt(container, 'volumeMounts')
    .filter((each) => volumes.includes(textAt(each, 'name')))
    .map((each) => textAt(each, 'mountPath'))
}

function shown(name: string, value: string | undefined, secret: boolean): string {
  if (value === undefined || value === '') return '(none)'
  if (name.endsWith('.crt')) return fingerprint(value)
  if (secret) return '(secret)'
  const text = value.trim()
  return text.includes('\n') || text.length > 24 ? digest(text) : text
}

function digest(text: string): string {
  return `#${createHash('sha256').update(text).digest('hex').slice(0, 8)}`
}

/** The end of the serial number; certificates are public. */
function fingerprint(certificate: string): string {
  try {
    return `#${new X509Certificate(certificate).serialNumber.slice(-8).toLowerCase()}`
  } catch {
    return digest(certificate)
  }
}

function baseName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}
