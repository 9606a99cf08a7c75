// How an entry of the journal is written down. A fixture of every released format stays in the tests: an upgrade between a Job's
// deletion and its creation must find it again.
import * as v from 'valibot'
import { parseJson } from '../../kube/raw-object.ts'
import type { JournalEntry } from '../../rollout/job.ts'
import type { JobManifest } from '../../rollout/job-manifest.ts'

/** Raised when a program that reads only the older format would misunderstand the newer. */
export const JOURNAL_FORMAT = 1

const Line = v.object({
  format: v.literal(JOURNAL_FORMAT),
  uid: v.pipe(v.string(), v.nonEmpty()),
  resourceVersion: v.string(),
  manifest: v.looseObject({
    apiVersion: v.literal('batch/v1'),
    kind: v.literal('Job'),
    metadata: v.looseObject({ name: v.string(), namespace: v.string() }),
    spec: v.looseObject({ template: v.looseObject({}) }),
  }),
})

/** One line of JSON. */
export function formatEntry({ uid, resourceVersion, manifest }: JournalEntry): string {
  return JSON.stringify({ format: JOURNAL_FORMAT, uid, resourceVersion, manifest })
}

/** The entry that `formatEntry` wrote. Throws an Error of one line, without the text, where it is another format. */
export function parseEntry(text: string): JournalEntry {
  const { output, success } = v.safeParse(Line, parseJson(text))
  if (!success) throw new Error('it has another format')
  const { uid, resourceVersion, manifest } = output
  // Written by `formatEntry`, and read by an API server that checks the rest.
  return { uid, resourceVersion, manifest: manifest as JobManifest }
}
