// Pods of one workload that mount one SecretProviderClass, the driver that rotates what they mount, and a controller that sees
// their statuses: in step, late, or not at all. Naive on purpose: what is true of each pod is written down beside it.
import { createClassStore } from '../../src/controller/watch/class-store.ts'
import { digestVersions } from '../../src/decide/content/digest.ts'
import { type PodStatus, reducePodStatus } from '../../src/decide/content/pod-status.ts'
import { planRollout } from '../../src/decide/plan.ts'
import { createStore } from '../../src/kube/store.ts'
import type { Config } from '../../src/types/config.ts'
import type { KubeObject } from '../../src/types/object.ts'
import type { ConfigObservation } from '../../src/types/plan.ts'
import type { WorkloadRecord } from '../../src/types/record.ts'
import { TEST_KEY } from '../builders.ts'
import { follow, observationOf } from '../decision-case.ts'
import { statusObject } from '../pod-statuses.ts'

interface Pod {
  readonly name: string
  /** The version that it read when it began. */
  readonly began: number
  /** The version in its files now. */
  mounted: number
  /** Of the pod template. */
  readonly revision: number
  generation: number
  version: number
  writtenAt: number
}

/** One step; `pod` counts from zero, round and round. */
export type Step =
  | { readonly do: 'provide' | 'start' | 'replace' | 'lose' | 'list' | 'restart' | 'look' }
  | { readonly do: 'rotate' | 'stop' | 'label'; readonly pod: number }

/** All that is left when a controller ends is its record. */
interface Sight {
  readonly statuses: ReturnType<typeof createStore<PodStatus>>
  readonly classes: ReturnType<typeof createStore<Config>>
  readonly configs: ReturnType<typeof createClassStore>
}

export class Rotations {
  /** The versions that living pods were rotated to. */
  readonly rotatedTo = new Set<number>()
  rolls = 0
  #pods: Pod[] = []
  #now = 0
  /** The version that pods begin with and are rotated to. */
  #provided = 0
  #started = 0
  #revision = 0
  #watching = true
  #record: WorkloadRecord | undefined
  #sight = newSight()

  constructor() {
    this.take({ do: 'look' })
  }

  /** Pods that live on with files other than those that they read when they began. */
  get stale(): readonly string[] {
    return this.#pods.filter(({ began, mounted }) => began !== mounted).map(({ name }) => name)
  }

  take(step: Step): void {
    this.#now += 1
    if (step.do === 'provide') this.#provided += 1
    else if (step.do === 'start') this.#start()
    else if (step.do === 'replace') this.#replaceOne()
    else if (step.do === 'lose') this.#watching = false
    else if (step.do === 'list' || step.do === 'restart') this.#list(step.do)
    else if ('pod' in step) this.#changePod(step.do, this.#pods[step.pod % this.#pods.length])
    else this.#look()
  }

  /** Until nothing happens any more: every pod is rotated, seen and, where it is of an old revision, replaced. */
  finish(): void {
    this.take({ do: 'list' })
    this.take({ do: 'look' })
    for (let rounds = 0; rounds < 3; rounds += 1) {
      for (const pod of this.#pods.keys()) this.take({ do: 'rotate', pod })
      this.take({ do: 'look' })
      for (let each = this.#pods.length; each > 0; each -= 1) this.take({ do: 'replace' })
      this.take({ do: 'look' })
    }
  }

  #changePod(how: 'rotate' | 'stop' | 'label', pod: Pod | undefined): void {
    if (pod === undefined || (how === 'rotate' && pod.mounted === this.#provided)) return
    if (how === 'stop') {
      this.#stop(pod)
      return
    }
    if (how === 'rotate') {
      this.rotatedTo.add(this.#provided)
      pod.mounted = this.#provided
      pod.generation += 1
      pod.writtenAt = this.#now
    }
    pod.version = this.#now
    this.#show(pod)
  }

  #start(): void {
    this.#started += 1
    const [began, revision, now] = [this.#provided, this.#revision, this.#now]
    const name = `web-${this.#started}`
    const pod = { name, began, mounted: began, revision, generation: 1, version: now, writtenAt: now }
    this.#pods.push(pod)
    this.#show(pod)
  }

  #stop(pod: Pod): void {
    this.#pods = this.#pods.filter((each) => each !== pod)
    if (!this.#watching) return
    const { namespace = '', name } = objectOf(pod).metadata
    this.#sight.statuses.delete(
      { namespace, name },
      { from: 'watch', resourceVersion: String(100 + this.#now) },
    )
  }

  #replaceOne(): void {
    const old = this.#pods.find(({ revision }) => revision < this.#revision)
    if (old === undefined) return
    this.#start()
    this.#now += 1
    this.#stop(old)
  }

  #show(pod: Pod): void {
    if (this.#watching) this.#sight.statuses.set(this.#reduced(pod), 'watch')
  }

  #list(how: 'list' | 'restart'): void {
    if (how === 'restart') this.#sight = newSight()
    this.#watching = true
    const listing = this.#sight.statuses.startReplace('')
    for (const pod of this.#pods) listing.set(this.#reduced(pod))
    listing.commit('list')
  }

  #reduced(pod: Pod): PodStatus {
    const object = objectOf(pod)
    const { namespace = '', name, resourceVersion } = object.metadata
    const previous = this.#sight.statuses.store.get(namespace, name)
    if (previous?.resourceVersion === resourceVersion) return previous
    const status = reducePodStatus(object, { previous })
    if (status === undefined) throw new Error('Cannot show a pod: its status says nothing')
    return status
  }

  #look(): void {
    const plan = planRollout({
      ...observationOf({ now: timeOf(this.#now) }),
      ...(this.#record === undefined ? {} : { record: this.#record }),
      configs: [{ follow: follow('vault', {}, 'SecretProviderClass'), observation: this.#see() }],
    })
    this.#record = plan.record ?? this.#record
    if (plan.kind !== 'roll') return
    this.rolls += 1
    this.#revision += 1
  }

  #see(): ConfigObservation {
    const config = this.#sight.configs.get('shop', 'vault')
    if (config !== undefined)
      return { state: 'present', config, content: digestVersions(config, { key: TEST_KEY }) }
    const known = this.#record?.configs['SecretProviderClass/vault'] !== undefined
    return known ? { state: 'absent', verified: false } : { state: 'outOfScope' }
  }
}

function newSight(): Sight {
  const statuses = createStore<PodStatus>()
  const classes = createStore<Config>()
  return {
    statuses,
    classes,
    configs: createClassStore({ statuses: statuses.store, classes: classes.store }),
  }
}

function objectOf({ name, mounted, generation, version, writtenAt }: Pod): KubeObject {
  return statusObject({
    pod: name,
    version: String(100 + version),
    generation,
    objects: { db: `v${mounted}` },
    written: timeOf(writtenAt),
  })
}

/** The time of a step: one second each. */
function timeOf(step: number): string {
  return `${new Date(Date.parse('2026-01-01T00:00:00Z') + step * 1_000).toISOString().slice(0, 19)}Z`
}
