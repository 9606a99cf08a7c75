// What an act of the demo is, and on what it plays.
import type { ClusterClient } from './cluster-client.ts'
import type { ControllerProcess } from './controller-process.ts'
import type { Looks } from './looks.ts'
import type { Narrator } from './narrator.ts'
import type { Page } from './page.ts'
import type { Expectation } from './survey.ts'
import type { ChangedConfig } from './why-not.ts'
import type { Witness } from './witness.ts'

/** Everything that an act can reach. */
export interface Stage {
  readonly client: ClusterClient
  readonly controller: ControllerProcess
  readonly witness: Witness
  readonly looks: Looks
  readonly narrator: Narrator
  readonly page: Page
  /** How long to wait for anything that has to come. */
  readonly patienceMs: number
  readonly signal: AbortSignal
}

/** What an act did, and what has to come of it. */
export interface Played extends Expectation {
  /** The configs that it changed. */
  readonly changed: readonly ChangedConfig[]
  /** Followers that the controller has to look at and leave alone, with the reason that it gives. */
  readonly leftAlone?: readonly { readonly id: string; readonly reason: string }[]
  /** Warning Events that it has to write. */
  readonly reported?: readonly { readonly id: string; readonly reason: string }[]
  /** Takes back what should not stay, once everything has come. */
  readonly undo?: () => Promise<void>
}

export interface Act {
  readonly title: string
  /** What it shows, in a sentence or two. */
  readonly text: string
  /** Changes something and says what has to come of it; may wait for what happens in between. */
  readonly play: (stage: Stage) => Promise<Played>
}
