// Whether somebody whose tests were written for the incumbent finds nothing missing: its documented behaviour, as a black box, under
// its own rights and ours, in both strategies, cluster-wide and per namespace. A roll is there within 15 s, and where nothing is to
// happen nothing has happened after 3 s.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Cluster } from '../scenarios/cluster.ts'
import { clusterUnderTest } from '../scenarios/harness/cluster-under-test.ts'
import { defineKinds, removeKinds } from '../scenarios/harness/custom-kinds.ts'
import { CUSTOM_KINDS } from '../scenarios/harness/kinds.ts'
import { defineClasses, removeClasses } from '../scenarios/harness/provider-classes.ts'
import { createTestApi, type TestApi } from '../scenarios/harness/test-api.ts'
import type { CaseRow } from './acceptance-case.ts'
import { accept, type Mode } from './acceptance-world.ts'
import { LONE_RUNS } from './alone-cases.ts'
import { ANNOTATION_CASES } from './annotation-cases.ts'
import { CLASS_CASES } from './class-cases.ts'
import { FLAG_RUNS, type FlagRun } from './flag-cases.ts'
import { REFERENCE_CASES } from './reference-cases.ts'
import type { Outcome } from './run-cases.ts'

let cluster: Cluster
let api: TestApi

beforeAll(async () => {
  cluster = await clusterUnderTest()
  api = createTestApi(cluster)
  await defineKinds(api, CUSTOM_KINDS)
  await defineClasses(api)
})
afterAll(async () => {
  await removeKinds(api, CUSTOM_KINDS)
  await removeClasses(api)
  api.close()
  await cluster.stop()
})

const MODES: readonly Mode[] = (['ours', 'incumbent'] as const).flatMap((chart) =>
  (['env-vars', 'annotations'] as const).flatMap((strategy) =>
    (['cluster-wide', 'per namespace'] as const).map((scope) => ({ chart, strategy, scope })),
  ),
)

const PLACE_CASES: readonly CaseRow[] = [
  { name: 'in a namespace that is ignored', place: 'ignored', rolls: false },
]

const MAIN = MODES.map(
  (mode) => [`the rights of ${mode.chart}, ${mode.strategy}, ${mode.scope}`, mode] as const,
)

test.each(MAIN)('annotations, references and kinds: %s', async (_, mode) => {
  const elsewhere = {
    name: 'in another namespace',
    place: 'other',
    rolls: mode.scope === 'cluster-wide',
  } as const
  const rows = [...ANNOTATION_CASES, ...REFERENCE_CASES, ...CLASS_CASES, ...PLACE_CASES, elsewhere]
  expectAll(await accept({ cluster, api }, mode, { rows }))
})

const FLAGS = MODES.filter(({ scope }) => scope === 'per namespace').map(
  (mode) => [`the rights of ${mode.chart}, ${mode.strategy}`, mode] as const,
)

test.each(FLAGS)('flags: %s', async (_, mode) => {
  expectAll(await acceptEach(mode, FLAG_RUNS))
})

const LONE = FLAGS.filter(([, { chart }]) => chart === 'incumbent')

test.each(LONE)('one by one: %s', async (_, mode) => {
  expectAll(await acceptEach(mode, LONE_RUNS))
})

async function acceptEach(mode: Mode, runs: readonly FlagRun[]): Promise<readonly Outcome[]> {
  const outcomes = runs.map(({ rows, scope = mode.scope, ...run }) =>
    accept(
      { cluster, api },
      { ...mode, scope },
      { ...run, rows: rows.filter(({ only = mode.strategy }) => only === mode.strategy) },
    ),
  )
  return (await Promise.all(outcomes)).flat()
}

function expectAll(outcomes: readonly Outcome[]): void {
  const times = outcomes.flatMap(({ latencies }) => latencies).sort((a, b) => a - b)
  const at = (share: number) => `${times[Math.floor((times.length - 1) * share)]} ms`
  console.log(`${outcomes.length} cases; median ${at(0.5)}, 95 % ${at(0.95)}, last ${at(1)}`)
  const failed = outcomes.flatMap(({ name, problem }) =>
    problem === undefined ? [] : [`${name}: ${problem}`],
  )
  expect(failed).toEqual([])
}
