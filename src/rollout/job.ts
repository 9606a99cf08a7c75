// Carries out the roll of a Job: it is deleted and created again under its name, because its pod template cannot be changed.
//
// Between the two its manifest is in the journal, so that it exists again whatever happens in between:
//
//   GET -> dry run of the create -> journal -> DELETE -> create -> out of the journal
//
// `finishRerun` goes on from wherever that broke off.
import { type KubeObject, refKey } from '../types/object.ts'
import type { StampChange, Workload } from '../types/workload.ts'
import { type Job, type JobManifest, rerunManifest } from './job-manifest.ts'

/** A Job that is being made again. */
export interface JournalEntry {
  /** Of the Job that is to be deleted. */
  readonly uid: string
  readonly resourceVersion: string
  readonly manifest: JobManifest
}

/** Where manifests are kept meanwhile. */
export interface Journal {
  /** Resolves once the entry will survive us. */
  begin(entry: JournalEntry, signal: AbortSignal): Promise<void>
  /** Takes it out again. */
  end(entry: JournalEntry, signal: AbortSignal): Promise<void>
}

/** A Job with a name and a namespace. */
export type JobName = Pick<Workload['ref'], 'namespace' | 'name'>

/** What the roll of a Job needs of a Kubernetes client. */
export interface JobClient {
  getJob(job: JobName, signal: AbortSignal): Promise<Job>
  /** Has the API server check the manifest, and stores nothing. */
  validateJob(job: JobManifest, signal: AbortSignal): Promise<unknown>
  createJob(job: JobManifest, signal: AbortSignal): Promise<KubeObject>
  /** Deletes the Job of that uid and resourceVersion, and its pods after it; no answer comes later than `DELETE_TIMEOUT_MS`. */
  deleteJob(entry: JournalEntry, signal: AbortSignal): Promise<void>
  /** The Job is another one, or in another version. */
  isConflict(error: unknown): boolean
  isNotFound(error: unknown): boolean
  isAlreadyExists(error: unknown): boolean
}

/** What making a Job again needs. */
export interface RerunParts {
  readonly client: JobClient
  readonly journal: Journal
}

/** How long a DELETE waits for its answer, in milliseconds. */
export const DELETE_TIMEOUT_MS = 5_000
/** A DELETE whose answer nobody heard has arrived by then, or never will. */
const LATE_MS = DELETE_TIMEOUT_MS + 1_000

/** What became of the roll of a Job. */
export type Rerun =
  /** `by`: the new Job; missing where the old one is not quite gone, and the journal has the rest. */
  | { readonly state: 'replaced'; readonly by?: KubeObject }
  /** The Job is not what the plan was made from: decide again. */
  | { readonly state: 'conflict' }
  | { readonly state: 'gone' }

/**
 * Guarantees: the Job is deleted only once its manifest was found valid and is in the journal, and only while it is the version
 * that the plan was made from. Errors: whatever else the API server answered, unchanged; the journal then says how far it got.
 */
export async function rerunJob(
  { client, journal }: RerunParts,
  change: StampChange,
  { workload, signal }: { readonly workload: Workload; readonly signal: AbortSignal },
): Promise<Rerun> {
  const { ref, uid, resourceVersion } = workload
  const job = await client.getJob(ref, signal).catch(unless(client.isNotFound))
  // On its way out already, by somebody who wants it gone.
  if (job === undefined || job.metadata.deletionTimestamp !== undefined) return { state: 'gone' }
  if (job.metadata.uid !== uid || job.metadata.resourceVersion !== resourceVersion)
    return { state: 'conflict' }
  const entry = { uid, resourceVersion, manifest: rerunManifest(job, change) }
  await client.validateJob(entry.manifest, signal).catch(unless(client.isAlreadyExists))
  await journal.begin(entry, signal)
  const refusal = await remove(client, entry, signal)
  if (refusal !== undefined) {
    await journal.end(entry, signal)
    return { state: refusal }
  }
  return createAgain({ client, journal }, entry, signal)
}

async function remove(client: JobClient, entry: JournalEntry, signal: AbortSignal) {
  try {
    await client.deleteJob(entry, signal)
    return undefined
  } catch (error) {
    if (client.isConflict(error)) return 'conflict'
    // Somebody else deleted it: then it is to stay deleted.
    if (client.isNotFound(error)) return 'gone'
    throw error
  }
}

async function createAgain(
  { client, journal }: RerunParts,
  entry: JournalEntry,
  signal: AbortSignal,
): Promise<Rerun> {
  // The name is taken while finalizers keep the old Job.
  const by = await client.createJob(entry.manifest, signal).catch(unless(client.isAlreadyExists))
  if (by === undefined) return { state: 'replaced' }
  // An entry that stays is found to be done at the next look.
  await journal.end(entry, signal).catch(() => {})
  return { state: 'replaced', by }
}

/** What became of an entry that was left in the journal. */
export type Finished =
  /** `by`: it was created just now; missing: there was nothing left to do. */
  { readonly state: 'done'; readonly by?: KubeObject } | { readonly state: 'waiting' }

/**
 * Goes on where the making of a Job broke off, `openForMs` ago. Guarantees: a Job that was deleted exists again, once; one that
 * was not is left to the next decision. Errors: whatever else the API server answered, unchanged.
 */
export async function finishRerun(
  parts: RerunParts,
  entry: JournalEntry,
  { openForMs, signal }: { readonly openForMs: number; readonly signal: AbortSignal },
): Promise<Finished> {
  const { client, journal } = parts
  const job = await client.getJob(entry.manifest.metadata, signal).catch(unless(client.isNotFound))
  if (job === undefined) {
    const made = await createAgain(parts, entry, signal).catch(unless(client.isNotFound))
    if (made?.state === 'replaced') return made.by ? { state: 'done', by: made.by } : { state: 'waiting' }
  } else if (job.metadata.uid === entry.uid && isStillOpen(job, entry, openForMs)) {
    return { state: 'waiting' }
  }
  await journal.end(entry, signal)
  return { state: 'done' }
}

/** It is on its way out, or a DELETE that nobody heard of again could still arrive. */
function isStillOpen({ metadata }: Job, { resourceVersion }: JournalEntry, openForMs: number): boolean {
  if (metadata.deletionTimestamp !== undefined) return true
  return metadata.resourceVersion === resourceVersion && openForMs < LATE_MS
}

/** The key of the workload that an entry is about. */
export function workloadKeyOf({ manifest: { kind, metadata } }: JournalEntry): string {
  return refKey({ kind, namespace: metadata.namespace, name: metadata.name })
}

/** Turns an expected error into undefined. */
function unless(expected: (error: unknown) => boolean): (error: unknown) => undefined {
  return (error) => {
    if (!expected(error)) throw error
    return undefined
  }
}
