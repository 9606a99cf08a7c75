// What a test of an installation starts with: a namespace to install into, workloads to look at, and nothing left at its end.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { CHART } from '../../scripts/render/chart.ts'
import { AUTO, configMapNamed, envFrom, secretNamed } from '../scenarios/harness/fixtures.ts'
import type { CustomKind } from '../scenarios/harness/kinds.ts'
import type { ConfigHandle, Namespace, WorkloadHandle } from '../scenarios/harness/namespace.ts'
import type { TestApi } from '../scenarios/harness/test-api.ts'
import { useWorld } from '../scenarios/harness/world.ts'
import { type RunningController, runInstalled } from './installed.ts'
import { done, helm, type Outcome } from './tools.ts'

export type Values = Readonly<Record<string, unknown>>

/** A Deployment that is opted in and uses a ConfigMap and a Secret. */
export interface App {
  readonly ns: Namespace
  readonly config: ConfigHandle
  readonly secret: ConfigHandle
  readonly web: WorkloadHandle
}

export interface InstallWorld {
  readonly api: TestApi
  /** A namespace of this test alone; `custom` as in `World`. */
  namespace(labels?: Record<string, string>, custom?: readonly CustomKind[]): Promise<Namespace>
  app(ns: Namespace): Promise<App>
  /** `helm install` or `helm upgrade` of release `reloader`, which is uninstalled after the test. */
  release(ns: Namespace, options?: ReleaseOptions): Promise<Outcome>
  /** Runs what the Deployment `reloader-reloader` says, until the test ends. */
  controller(home: Namespace, namespaces: readonly Namespace[]): Promise<RunningController>
  /** Done after the test, in reverse order. */
  afterwards(step: () => Promise<unknown>): void
}

export interface ReleaseOptions {
  readonly values?: Values
  /** Default `install`. */
  readonly command?: 'install' | 'upgrade'
  /** Default: the chart of this repository. */
  readonly chart?: string
  readonly args?: readonly string[]
}

/** Registers the hooks of a test file. */
export function useInstallWorld(): InstallWorld {
  const world = useWorld()
  let steps: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    const due = steps.reverse()
    steps = []
    for (const step of due) await step()
  })

  const afterwards = (step: () => Promise<unknown>) => {
    steps.push(step)
  }
  return {
    afterwards,
    get api() {
      return world.api
    },
    namespace: (labels = {}, custom = []) => world.namespace({ labels, custom }),
    async app(ns) {
      const [config, secret] = [await ns.configMap('app', { a: '1' }), await ns.secret('app', { p: 'x' })]
      const uses = [envFrom(configMapNamed('app')), envFrom(secretNamed('app'))]
      return { ns, config, secret, web: await ns.workload('web', { annotations: AUTO, uses }) }
    },
    release(ns, options = {}) {
      afterwards(() => helm(['uninstall', 'reloader', `--namespace=${ns.name}`, '--ignore-not-found']))
      return applyRelease(ns, options)
    },
    async controller(home, namespaces) {
      const directory = await mkdtemp(join(tmpdir(), 'reloader-installed-'))
      afterwards(() => rm(directory, { recursive: true, force: true }))
      const name = { namespace: home.name, name: 'reloader-reloader' }
      const running = await runInstalled({ ...name, directory, namespaces })
      afterwards(() => running.stop())
      return running
    },
  }
}

/** Throws with what helm says when it fails. */
async function applyRelease(
  ns: Namespace,
  { values = {}, command = 'install', chart = CHART, args = [] }: ReleaseOptions,
): Promise<Outcome> {
  const all = [command, 'reloader', chart, `--namespace=${ns.name}`, '--values=-', ...args]
  return await done(helm(all, { input: JSON.stringify(values) }))
}

/**
 * Changes both configs and returns how often the workload was rolled since it was made, once everything is decided.
 * What was there before the controller is adopted first.
 */
export async function rollsAfterChange(
  { config, secret, web }: App,
  controller: RunningController,
): Promise<number> {
  await controller.decided()
  const stamp = `${web.templateChanges}-${Math.random()}`
  await config.set({ a: stamp })
  await secret.set({ p: stamp })
  await controller.decided()
  return web.rolls
}
