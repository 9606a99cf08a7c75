// Runs a table against whatever controller is at work, all rows at once, as somebody does who knows the incumbent: make the objects,
// wait until the pods are ready, change something, wait for the signs of a roll.
import { pathOf } from '../scenarios/harness/kinds.ts'
import type { TestApi } from '../scenarios/harness/test-api.ts'
import type { AcceptanceCase, Place, StepRow } from './acceptance-case.ts'
import { evidenceOf, type Sign, type Strategy } from './evidence.ts'
import { isReady, makeChange, makeConfig, workloadManifest } from './manifests.ts'
import type { ObjectWatch } from './object-watch.ts'

/** A roll is there within this time. */
const ROLL_MS = 15_000
/** Where nothing is to happen, nothing has happened after this time. */
const QUIET_MS = 3_000
const READY_MS = 60_000
const LOOK_MS = 50

export interface Run {
  readonly api: TestApi
  readonly watch: ObjectWatch
  readonly strategy: Strategy
  readonly namespaces: Readonly<Record<Place, string>>
  /** How long after its configs the workload is made. */
  readonly paceMs: number
}

/** What became of a case. */
export interface Outcome {
  readonly name: string
  /** Undefined where all went as expected. */
  readonly problem?: string
  /** From each change to the first sign of its roll, in milliseconds. */
  readonly latencies: readonly number[]
}

/** A workload of a case, by what it takes to find it. */
interface Subject {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** Runs all of them at once; never rejects for a case that fails. */
export async function runCases(run: Run, cases: readonly AcceptanceCase[]): Promise<readonly Outcome[]> {
  return await Promise.all(
    cases.map(async (each, index) => {
      const latencies: number[] = []
      const outcome = { name: each.name, latencies }
      try {
        const subject = await setUp(run, withPrefix(each, `c${index}-`), `c${index}-web`)
        for (const step of withPrefix(each, `c${index}-`).steps)
          latencies.push(...(await take(step, run, subject)))
        return outcome
      } catch (error) {
        return { ...outcome, problem: error instanceof Error ? error.message : String(error) }
      }
    }),
  )
}

function withPrefix(row: AcceptanceCase, prefix: string): AcceptanceCase {
  return JSON.parse(JSON.stringify(row).replaceAll('@', prefix)) as AcceptanceCase
}

/** Throws where the controller does something to it before anything has changed. */
async function setUp(run: Run, row: AcceptanceCase, name: string): Promise<Subject> {
  const { api, watch } = run
  const namespace = run.namespaces[row.place ?? 'home']
  for (const config of row.configs) await makeConfig(api, namespace, config)
  await new Promise((resolve) => setTimeout(resolve, run.paceMs))
  const body = workloadManifest(name, row.workload)
  await api.call('POST', pathOf(body.kind, { namespace }), { body })
  const subject = { kind: body.kind, namespace, name }
  const ready = () => isReady(watch.get(subject.kind, subject))
  if (!(await until(ready, READY_MS)))
    throw new Error(`Waited ${READY_MS} ms in vain for its pods to be ready`)
  const early = evidence('stamp', run, subject)
  if (body.kind !== 'Job' && early !== '') throw new Error(`Rolled before anything changed: ${early}`)
  return subject
}

/** The latency of the roll, if there was to be one. */
async function take(
  { changes = [], rolls, sign = 'stamp' }: StepRow,
  run: Run,
  subject: Subject,
): Promise<number[]> {
  const before = evidence(sign, run, subject)
  for (const change of changes) await makeChange(run.api, subject.namespace, change)
  const beganAt = performance.now()
  const changed = await until(() => evidence(sign, run, subject) !== before, rolls ? ROLL_MS : QUIET_MS)
  const what = changes
    .map(({ verb = 'set', kind = 'ConfigMap', name }) => `${verb} ${kind} ${name}`)
    .join(', ')
  if (changed && !rolls) throw new Error(`Rolled after "${what}": ${evidence(sign, run, subject)}`)
  if (!changed && rolls) throw new Error(`No sign (${sign}) of a roll ${ROLL_MS} ms after "${what}"`)
  return rolls ? [Math.round(performance.now() - beganAt)] : []
}

/** A Job that is being made again is nowhere for a moment. */
function evidence(sign: Sign, { watch, strategy }: Run, subject: Subject): string {
  const workload = watch.get(subject.kind, subject)
  if (workload === undefined) return ''
  return evidenceOf(sign, { workload, strategy, jobs: watch.list('Job', subject.namespace) })
}

/** Whether `condition` came true within the time. */
async function until(condition: () => boolean, deadlineMs: number): Promise<boolean> {
  const deadline = performance.now() + deadlineMs
  while (!condition()) {
    if (performance.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  return true
}
