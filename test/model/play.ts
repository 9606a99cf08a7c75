// Plays a history: the cluster changes, the process watches and looks, and the page judges every look.
import type { ConfigStep, History, ProcessStep, Step, WorkloadStep } from './history.ts'
import { createPage } from './page.ts'
import { type Process, type Stored, startProcess } from './process.ts'
import { CONFIG_NAMES, type ConfigName, createWorld, type Template, type World } from './world.ts'

/** A disagreement with the page, in the words of its section 7. */
export type Fault = `${'lost change' | 'spurious roll' | 'second roll'} at step ${number}`

/** Plays `history` to its end, where everything works again and settles; returns the first disagreement. */
export function play(history: History): Fault | undefined {
  const world = createWorld()
  const trial = createTrial(world, history)
  for (const [at, step] of history.steps.entries()) {
    take(step, { world, trial, at })
    if (trial.fault() !== undefined) return trial.fault()
  }
  trial.repair()
  trial.start()
  trial.settle(history.steps.length)
  return trial.fault()
}

type Trial = ReturnType<typeof createTrial>

function createTrial(world: World, { policy, keyLevel }: History) {
  const page = createPage(world, { ...policy, keyLevel })
  const stored: Stored = {}
  const unreadable = new Set<ConfigName>()
  let process: Process | undefined
  let patchRefused = false
  let killAtPatch = false
  let fault: Fault | undefined

  world.watch(page)
  world.watch({
    configChanged: (name, after) => process?.configChanged(name, after),
    workloadChanged: (after) => process?.workloadChanged(after),
  })

  function kill(): void {
    process = undefined
    killAtPatch = false
    page.stop()
  }

  function diesAtPatch(): boolean {
    const dies = killAtPatch
    if (dies) kill()
    return dies
  }

  /** One look; true if it rolled. */
  function look(at: number): boolean {
    if (process === undefined) return false
    const readable = new Set(CONFIG_NAMES.filter((name) => !unreadable.has(name)))
    const settling = page.hasLedger() ? process.settling() : []
    const ready = new Set([...readable].filter((name) => !settling.includes(name)))
    const verdict = page.verdict(ready)
    const patch = process.look({ unreadable, patchRefused }, diesAtPatch)?.patch
    const rolls = patch === 'applied' || patch === 'refused'
    if (verdict === 'must' && !rolls) fault ??= `lost change at step ${at}`
    if (verdict === 'no' && rolls) fault ??= `spurious roll at step ${at}`
    // A roll takes along what still settles; of one that was refused, or died away, nothing is remembered.
    if (process !== undefined && patch !== 'refused') page.looked(rolls ? readable : ready)
    return patch === 'applied'
  }

  return {
    fault: () => fault,
    look,
    /** Everything is quiet for long enough: one roll at most, nothing after it, and what is remembered is written. */
    settle(at: number): void {
      process?.wait()
      if (look(at) && process !== undefined && look(at)) fault ??= `second roll at step ${at}`
      world.finishRollout()
      process?.flush()
      if (process !== undefined) page.flush()
    },
    start(): void {
      if (process !== undefined) return
      page.start()
      process = startProcess({ world, stored, policy: { ...policy, adopt: 'heal' }, keyLevel })
    },
    stop(): void {
      process?.flush()
      if (process !== undefined) page.flush()
      kill()
    },
    kill,
    killAtNextPatch(): void {
      killAtPatch = process !== undefined
    },
    refusePatches(): void {
      patchRefused = !patchRefused
    },
    toggleReadable(name: ConfigName): void {
      if (!unreadable.delete(name)) unreadable.add(name)
    },
    loseRecords(): void {
      if (process !== undefined) return
      delete stored.record
      delete stored.watchedUntil
      page.forget()
    },
    repair(): void {
      patchRefused = false
      killAtPatch = false
      unreadable.clear()
    },
  }
}

interface Stage {
  readonly world: World
  readonly trial: Trial
  readonly at: number
}

function take(step: Step, stage: Stage): void {
  if ('config' in step) takeConfigStep(step, stage)
  else if (isProcessStep(step)) takeProcessStep(step, stage)
  else takeWorkloadStep(step, stage)
}

function isProcessStep(step: WorkloadStep | ProcessStep): step is ProcessStep {
  return ['look', 'settle', 'start', 'stop', 'kill', 'killAtPatch', 'deny', 'loseRecords'].includes(step.do)
}

function takeConfigStep(step: ConfigStep, { world, trial }: Stage): void {
  const { config: name } = step
  const config = world.config(name)
  if (step.do === 'readable') trial.toggleReadable(name)
  if (step.do === 'create' && config === undefined) world.createConfig(name, { a: step.value, b: '0' })
  if (config === undefined) return
  if (step.do === 'write') world.editConfig(name, { data: { ...config.data, [step.key]: step.value } })
  if (step.do === 'touch') world.editConfig(name, {})
  if (step.do === 'scope') world.editConfig(name, { inScope: !config.inScope })
  if (step.do === 'ignore') world.editConfig(name, { ignored: !config.ignored })
  if (step.do === 'delete') world.deleteConfig(name)
}

function takeWorkloadStep(step: WorkloadStep, { world }: Stage): void {
  const template = world.workload()?.template
  if (template === undefined) {
    if (step.do === 'deploy') world.createWorkload(step.asks, { conf: step.conf, cred: step.cred })
    return
  }
  if (step.do === 'image') world.editWorkload({ template: { ...template, image: step.image } })
  if (step.do === 'ask') world.editWorkload({ asks: step.asks })
  if (step.do === 'undo') restore(world, world.revisions().at(-1 - step.back))
  if (step.do === 'strip') restore(world, { ...template, variables: {}, annotations: {} })
  if (step.do === 'undeploy') world.deleteWorkload()
  if (step.do !== 'use') return
  world.editWorkload({ template: { ...template, uses: { ...template.uses, [step.name]: step.use } } })
}

/** Exactly the pods of that template, whatever was under way. */
function restore(world: World, template: Template | undefined): void {
  world.finishRollout()
  if (template !== undefined) world.editWorkload({ template })
}

function takeProcessStep(step: ProcessStep, { trial, at }: Stage): void {
  const actions: Readonly<Record<ProcessStep['do'], () => void>> = {
    look: () => trial.look(at),
    settle: () => trial.settle(at),
    start: trial.start,
    stop: trial.stop,
    kill: trial.kill,
    killAtPatch: trial.killAtNextPatch,
    deny: trial.refusePatches,
    loseRecords: trial.loseRecords,
  }
  actions[step.do]()
}
