// What can be asked of a running pod: the environment that its containers started with, the files that they see now.

/** A container of a pod. */
export interface ContainerPlace {
  readonly namespace: string
  readonly pod: string
  /** The first one where it is left out. */
  readonly container?: string
}

/** Contents by absolute path, as base64. */
export type Files = Readonly<Record<string, string>>

/** Undefined where there is no such container, or it has not started. */
export interface PodFacts {
  /** As it was when the container started. */
  readonly env: (place: ContainerPlace) => Readonly<Record<string, string>> | undefined
  /** As they are mounted now; a subPath as it was when the container started. */
  readonly files: (place: ContainerPlace) => Files | undefined
}
