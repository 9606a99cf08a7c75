// Kubeconfig files as data: read, merged like kubectl does, and one context of them chosen.
import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { parse } from 'yaml'
import { problemText } from '../types/problem-text.ts'
import { ConnectionProblem } from './api-error.ts'
import { isRecord } from './raw-object.ts'

/** Part of a kubeconfig, with the names of the file format. */
export type Fields = Readonly<Record<string, unknown>>

/** One context with what it points at. Relative paths in it were made absolute. */
export interface KubeconfigContext {
  readonly name: string
  /** The file that has the context. */
  readonly file: string
  readonly namespace?: string
  readonly cluster: Fields
  readonly user: Fields
  /** The name of the user, for messages. */
  readonly userName: string
}

type Section = 'clusters' | 'users' | 'contexts'

interface Entry {
  readonly file: string
  readonly fields: Fields
}

/** Where a file of the format may name another file: relative to its own directory. */
const PATHS: Readonly<Record<Section, readonly string[]>> = {
  clusters: ['certificate-authority'],
  users: ['client-certificate', 'client-key', 'tokenFile'],
  contexts: [],
}

/** The text of a field, or undefined where it is missing or empty. Throws `ConnectionProblem` when it is not text. */
export function textOf(fields: Fields, name: string): string | undefined {
  const value = fields[name]
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string') throw new ConnectionProblem(`Cannot use the kubeconfig: ${name} is not text`)
  return value
}

/** The part under a name, empty where it is missing. */
export function fieldsOf(fields: Fields, name: string): Fields {
  const value = fields[name]
  return isRecord(value) ? value : {}
}

/**
 * Reads `files` and chooses `context`, or their current one. As with kubectl the first file that names a thing wins, and of
 * several files the missing ones are passed over. Throws `ConnectionProblem`.
 */
export function readKubeconfig(files: readonly string[], context?: string): KubeconfigContext {
  const documents = readAll(files)
  const name =
    context ??
    documents.map(({ fields }) => textOf(fields, 'current-context')).find((each) => each !== undefined)
  if (name === undefined) {
    throw new ConnectionProblem(`Cannot use the kubeconfig ${files.join(', ')}: it names no current-context`)
  }
  const find = (section: Section, wanted: string) => findEntry(documents, section, wanted)
  const chosen = find('contexts', name)
  const problem = (text: string) =>
    new ConnectionProblem(`Cannot use the context ${name} of ${chosen?.file ?? files.join(', ')}: ${text}`)
  if (chosen === undefined) throw problem(`there is no such one, ${whatThereIs(documents)}`)
  const clusterName = textOf(chosen.fields, 'cluster')
  if (clusterName === undefined) throw problem('it names no cluster')
  const cluster = find('clusters', clusterName)
  if (cluster === undefined) throw problem(`there is no cluster ${clusterName}`)
  const userName = textOf(chosen.fields, 'user')
  const user = userName === undefined ? undefined : find('users', userName)
  if (userName !== undefined && user === undefined) throw problem(`there is no user ${userName}`)
  const namespace = textOf(chosen.fields, 'namespace')
  return {
    name,
    file: chosen.file,
    ...(namespace !== undefined && { namespace }),
    cluster: cluster.fields,
    user: user?.fields ?? {},
    userName: userName ?? '',
  }
}

function readAll(files: readonly string[]): readonly Entry[] {
  const documents = files.flatMap((file) => readDocument(file, files.length > 1))
  if (documents.length > 0) return documents
  throw new ConnectionProblem(`Cannot read a kubeconfig: none of ${files.join(', ')} exists`)
}

function readDocument(file: string, mayBeMissing: boolean): readonly Entry[] {
  try {
    const fields: unknown = parse(readFileSync(file, 'utf8'))
    if (!isRecord(fields)) throw new TypeError('it is not a mapping')
    return [{ file, fields }]
  } catch (error) {
    if (mayBeMissing && error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw new ConnectionProblem(`Cannot read the kubeconfig ${file}: ${problemText(error)}`, { cause: error })
  }
}

function entriesOf(document: Entry, section: Section): readonly Fields[] {
  const list = document.fields[section]
  return Array.isArray(list) ? list.filter(isRecord) : []
}

function findEntry(documents: readonly Entry[], section: Section, name: string): Entry | undefined {
  for (const document of documents) {
    const entry = entriesOf(document, section).find((each) => each.name === name)
    if (entry === undefined) continue
    const fields = fieldsOf(entry, section.slice(0, -1))
    return { file: document.file, fields: withAbsolutePaths(fields, PATHS[section], dirname(document.file)) }
  }
  return undefined
}

function withAbsolutePaths(fields: Fields, paths: readonly string[], directory: string): Fields {
  const absolute = { ...fields }
  for (const path of paths) {
    const value = textOf(fields, path)
    if (value !== undefined && !isAbsolute(value)) absolute[path] = join(directory, value)
  }
  const exec = fieldsOf(fields, 'exec')
  const command = textOf(exec, 'command')
  if (command?.includes('/') && !isAbsolute(command))
    absolute.exec = { ...exec, command: join(directory, command) }
  return absolute
}

function whatThereIs(documents: readonly Entry[]): string {
  const names = documents.flatMap((document) =>
    entriesOf(document, 'contexts').map((each) => String(each.name)),
  )
  return names.length === 0 ? 'and no other' : `only ${names.join(', ')}`
}
