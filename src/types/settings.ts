// What the annotations of one workload ask for.
import type { ConfigType } from './config.ts'

/** One entry of a named list: a regular expression, and a literal too where the text is a legal object name. */
export interface NamePattern {
  readonly text: string
  /** True where `text` is a legal object name, so that a missing config of that name can be recorded as absent. */
  readonly literal: boolean
  /** Whether the whole of a config's name matches. Linear in the length of the name. */
  readonly matches: (name: string) => boolean
}

/** What one workload's annotations ask for, for one config type. */
export interface TypeSettings {
  /** `configmap.…/reload`, `secret.…/reload` and the list form of `auto`. */
  readonly named: readonly NamePattern[]
  /** Exact names that are never followed. */
  readonly excluded: readonly string[]
  /** `search` is exactly `true`. */
  readonly search: boolean
  /** `auto` or the type's own auto is true. */
  readonly auto: boolean
  /** --auto-reload-all is set, and neither `auto` nor the type's own auto says anything. */
  readonly autoReloadAll: boolean
}

/** An entry of an annotation that is ignored, while the rest of it works. */
export interface InvalidAnnotation {
  readonly annotation: string
  readonly entry: string
  /** Why, and how to mend it; no full stop. */
  readonly problem: string
}

/** What a roll writes into the pod template: a variable for each config, or one annotation. */
export type ReloadStrategy = 'env-vars' | 'annotations'

/** What one workload's annotations ask for. */
export interface Settings {
  readonly types: Readonly<Record<ConfigType, TypeSettings>>
  /** False when no config, whatever its annotations, could be followed: the workload is then kept as a bare minimum. */
  readonly optedIn: boolean
  /** Per-workload overrides of the options of the same names; undefined = the option. */
  readonly keyLevel?: boolean
  readonly settleMs?: number
  /** Above zero. */
  readonly pausePeriodMs?: number
  readonly reloadStrategy?: ReloadStrategy
  readonly invalid: readonly InvalidAnnotation[]
}

/** Annotations by name. */
export type Annotations = Readonly<Record<string, string>>

/** The annotations of a workload and of its pod template. */
export interface AnnotationSources {
  readonly metadata: Annotations | undefined
  readonly template: Annotations | undefined
}
