// The demo: a cluster in this process, the real controller beside it, the acts, and then whatever the person at it wants.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type JsonObject, textAt } from '../../embedded/object/json.ts'
import { problemText } from '../../types/problem-text.ts'
import type { Stage } from './act.ts'
import { ACTS, issueCertificate } from './acts.ts'
import { createClusterClient } from './cluster-client.ts'
import { type ControllerProcess, createControllerProcess } from './controller-process.ts'
import { type DemoCluster, HOME, type PodTimes, startDemoCluster } from './demo-cluster.ts'
import { DEMO_FILES, readExample } from './examples.ts'
import type { KeyInput } from './keys.ts'
import { createLooks } from './looks.ts'
import { createNarrator } from './narrator.ts'
import { asksForRolls, isComplete, isReady, WORKLOADS } from './news.ts'
import { tellOpening, tellTitle } from './opening.ts'
import type { Page } from './page.ts'
import { playAct } from './play-act.ts'
import { stay } from './stay.ts'
import { problemsOf, takeSurvey } from './survey.ts'
import { createWitness } from './witness.ts'

export interface DemoOptions {
  /** Play the acts and end, instead of staying. */
  readonly once: boolean
  /** The directory with `examples` and `dist` in it. */
  readonly root: string
  readonly page: Page
  /** Where keys come from, after the acts. */
  readonly input: KeyInput
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal
  /** Ctrl-C was typed. */
  readonly onInterrupt: () => void
  /** Takes what is to be done where the process ends at once. */
  readonly atExit: (clean: () => void) => void
  /** How long to wait for anything that has to come; default 30 s. */
  readonly patienceMs?: number
  /** More arguments for the controller. */
  readonly controllerArgs?: readonly string[]
  /** How long things take in the life of a pod; default: as long as it takes to see them. */
  readonly podTimes?: PodTimes
}

const PATIENCE_MS = 30_000
/** What a shell reports of a program that Ctrl-C ended. */
const INTERRUPTED = 130
/** How long nothing more may happen after the last act: longer than a change takes to settle. */
const AFTERMATH_MS = 1_000

/** Resolves with the exit code: 0 if every act was played and had its outcome. Leaves no process and no file behind. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const { page, signal } = options
  tellTitle(page)
  const cluster = await startDemoCluster(options.podTimes)
  const leave = new AbortController()
  const set = setStage(options, cluster, AbortSignal.any([signal, leave.signal]))
  options.atExit(() => leaveNothing(cluster, set.stage.controller))
  const watching = set.watch().catch((error: unknown) => {
    page.verdict(false, `the cluster is out of sight: ${problemText(error)}`)
    leave.abort()
  })
  try {
    await raiseCurtain(set.stage, { cluster, root: options.root })
    const failed = await playAll(set.stage)
    if (!options.once) await stay(set.stage, { ...options, kubeconfig: cluster.adminKubeconfig })
    return failed === 0 ? 0 : 1
  } catch (error) {
    if (signal.aborted) return INTERRUPTED
    throw error
  } finally {
    await set.stage.controller.stop()
    leave.abort()
    await watching
    await cluster.stop()
  }
}

interface StageSet {
  readonly stage: Stage
  /** Looks on until the stage's signal aborts. */
  readonly watch: () => Promise<void>
}

function setStage(options: DemoOptions, cluster: DemoCluster, signal: AbortSignal): StageSet {
  const { page, root, controllerArgs = [], patienceMs = PATIENCE_MS } = options
  const client = createClusterClient({ ...cluster, signal })
  const looks = createLooks()
  const seen = (kind: string) => witness.seen(kind)
  const narrator = createNarrator({ page, client, seen })
  const witness = createWitness({ client, onNews: narrator.hear, unheard: HOME.namespace })
  const controller = createControllerProcess({
    bundle: join(root, 'dist', 'reloader.mjs'),
    kubeconfig: cluster.controllerKubeconfig,
    home: HOME,
    args: controllerArgs,
    onLine: (line) => {
      looks.heard(line)
      witness.stir()
    },
    onEnd: (how) => page.verdict(false, `the controller ended by itself: ${how}`),
  })
  const stage = { client, controller, witness, looks, narrator, page, patienceMs, signal }
  return { stage, watch: () => witness.run(signal) }
}

interface CurtainOptions {
  readonly cluster: DemoCluster
  readonly root: string
}

/** Applies the examples, starts the controller, and waits until all pods run and everything was adopted. */
async function raiseCurtain(stage: Stage, { cluster, root }: CurtainOptions): Promise<void> {
  const { client, controller, witness, page, patienceMs, signal } = stage
  const objectsOf = (files: readonly string[]) =>
    files.flatMap((file) => readExample(join(root, 'examples'), file))
  for (const object of objectsOf(DEMO_FILES.configs)) await client.create(object)
  await issueCertificate(client)
  const workloads = objectsOf(DEMO_FILES.workloads)
  for (const object of workloads) await client.create(object)
  await controller.start()
  await witness.until(() => isReadyToPlay(stage, workloads), { patienceMs, signal })
  signal.throwIfAborted()
  const pods = witness.seen('Pod').length
  tellOpening(page, { server: cluster.server, pid: controller.pid, workloads, pods })
}

/** Every workload has its pods, and every one that asks for something is in the records of the controller. */
function isReadyToPlay({ witness }: Stage, workloads: readonly JsonObject[]): boolean {
  const records = witness
    .seen('ConfigMap')
    .filter((each) => textAt(each, 'metadata', 'namespace') === HOME.namespace)
    .map((each) => JSON.stringify(each.data))
    .join()
  const known = WORKLOADS.flatMap((kind) => witness.seen(kind))
  return (
    known.length === workloads.length &&
    known.every(isComplete) &&
    witness.seen('Pod').every(isReady) &&
    known.filter(asksForRolls).every((each) => records.includes(textAt(each, 'metadata', 'name')))
  )
}

/** Stops at nothing: what did not hold is told, and the next act begins. Resolves with the number of those that failed. */
async function playAll(stage: Stage): Promise<number> {
  const { client, page, witness, signal } = stage
  const failed: string[] = []
  let before = await takeSurvey(client)
  for (const [index, act] of ACTS.entries()) {
    const { problems, after } = await playAct(stage, act, { heading: `${index + 1}  ${act.title}`, before })
    before = after
    if (problems.length > 0) failed.push(act.title)
  }
  await witness.until(() => false, { patienceMs: AFTERMATH_MS, signal })
  const late = problemsOf(before, await takeSurvey(client), { rolls: {} })
  tellEnd(page, [...failed, ...late])
  return failed.length + late.length
}

function tellEnd(page: Page, failed: readonly string[]): void {
  page.heading(
    failed.length === 0 ? 'All acts had their outcome' : `${failed.length} of ${ACTS.length} acts failed`,
  )
  for (const title of failed) page.verdict(false, title)
  if (failed.length === 0)
    page.text(
      `${ACTS.length} of ${ACTS.length}, each checked against the API server and by asking the pods what they run with.`,
    )
}

/** Leaves no process and no file where there is no time to stop in order. */
function leaveNothing({ directory }: DemoCluster, { pid, running }: ControllerProcess): void {
  if (running) process.kill(pid, 'SIGKILL')
  rmSync(directory, { recursive: true, force: true })
}
