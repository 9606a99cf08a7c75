// How much memory the container may use. Node.js sizes its heap from the same limit: half of it, though never less than 256 MiB.
import { totalmem } from 'node:os'

/**
 * The least limit that was measured to be enough (docs/install.md): at rest 55 to 64 MiB are resident, 40 of them the
 * program text of Node.js, and a thousand followed workloads add 7.
 */
export const MEMORY_FLOOR_BYTES = 96 * 2 ** 20

/** What the system says; the process's own unless a test says otherwise. */
export interface MemoryOfSystem {
  /** Bytes; 0, or more than there is, where the process is not constrained. */
  readonly constrained: number
  readonly total: number
}

/** The limit of the cgroup in bytes; undefined where there is none. */
export function memoryLimitBytes(system: MemoryOfSystem = memoryOfSystem()): number | undefined {
  const { constrained, total } = system
  return constrained > 0 && constrained < total ? constrained : undefined
}

/** One line for whoever gave it too little; undefined where it is enough. */
export function memoryWarning(limitBytes: number | undefined): string | undefined {
  if (limitBytes === undefined || limitBytes >= MEMORY_FLOOR_BYTES) return undefined
  return `The memory limit is ${mebibytes(limitBytes)} MiB, which may not be enough even for a small cluster; give it ${mebibytes(MEMORY_FLOOR_BYTES)} MiB or more (docs/install.md)`
}

function memoryOfSystem(): MemoryOfSystem {
  return { constrained: process.constrainedMemory(), total: totalmem() }
}

function mebibytes(bytes: number): number {
  return Math.floor(bytes / 2 ** 20)
}
