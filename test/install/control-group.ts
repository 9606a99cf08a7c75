// Limits of memory and processor time as a kubelet sets them, where this machine lets a test set any.
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '../scenarios/harness/eventually.ts'

export interface Limits {
  readonly memoryBytes: number
  /** Of one processor. */
  readonly cpuMillis: number
}

export interface ControlGroup {
  /** Which limits hold; none where no control group can be made. */
  readonly limited: readonly (keyof Limits)[]
  /** To be called when the process is gone. */
  remove(): Promise<void>
}

const ROOT = '/sys/fs/cgroup'
const PERIOD_US = 100_000

interface Group {
  readonly directory: string
  readonly limits: readonly (keyof Limits)[]
  readonly files: Readonly<Record<string, string>>
}

/** Version 2 has one hierarchy for both limits, version 1 has one for each. */
function groupsFor(name: string, { memoryBytes, cpuMillis }: Limits): readonly Group[] {
  const quota = `${(cpuMillis * PERIOD_US) / 1000}`
  if (existsSync(join(ROOT, 'cgroup.controllers'))) {
    const files = { 'memory.max': `${memoryBytes}`, 'cpu.max': `${quota} ${PERIOD_US}` }
    return [{ directory: join(ROOT, name), limits: ['memoryBytes', 'cpuMillis'], files }]
  }
  const cpu = { 'cpu.cfs_period_us': `${PERIOD_US}`, 'cpu.cfs_quota_us': quota }
  return [
    {
      directory: join(ROOT, 'memory', name),
      limits: ['memoryBytes'],
      files: { 'memory.limit_in_bytes': `${memoryBytes}` },
    },
    { directory: join(ROOT, 'cpu', name), limits: ['cpuMillis'], files: cpu },
  ]
}

/** Puts the process under the limits that can be set. What it used before the call counts for nothing. */
export function limitProcess(pid: number, limits: Limits): ControlGroup {
  const entered = groupsFor(`reloader-test-${pid}`, limits).filter((group) => enter(pid, group))
  return {
    limited: entered.flatMap((each) => each.limits),
    async remove() {
      for (const { directory } of entered)
        await eventually(() => isRemoved(directory), { what: 'the group to be empty' })
    },
  }
}

function enter(pid: number, { directory, files }: Group): boolean {
  try {
    mkdirSync(directory)
  } catch {
    return false
  }
  try {
    for (const [name, value] of Object.entries(files)) writeFileSync(join(directory, name), value)
    writeFileSync(join(directory, 'cgroup.procs'), `${pid}`)
    return true
  } catch {
    rmdirSync(directory)
    return false
  }
}

/** A process leaves its group a moment after its end. */
function isRemoved(directory: string): boolean {
  try {
    rmdirSync(directory)
  } catch {
    return !existsSync(directory)
  }
  return true
}
