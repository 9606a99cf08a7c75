// The process's own figures under the names that every Prometheus client uses, taken when somebody scrapes.
// prom-client's default set costs 0.9 % of a core while idle (a timer for the event loop's delay), this costs nothing.
import { readdirSync, readFileSync } from 'node:fs'
import type { Declare } from './declare-metric.ts'
import { memoryLimitBytes } from './memory-limit.ts'

const startTimeSeconds = Date.now() / 1000 - process.uptime()

/** Declares CPU, memory, start time and open descriptors of this process. */
export function declareProcessMetrics({ sampledCounter, sampledGauge }: Declare): void {
  sampledCounter('process_cpu_seconds_total', 'CPU time used, user and system', () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  })
  sampledGauge('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss())
  sampledGauge(
    'reloader_memory_limit_bytes',
    'Memory that the container may use; 0 where there is no limit',
    () => memoryLimitBytes() ?? 0,
  )
  sampledGauge(
    'process_virtual_memory_bytes',
    'Address space, most of which is never used; 0 where the system does not tell',
    () => numberIn('/proc/self/status', /^VmSize:\s+(\d+) kB$/m) * 1024,
  )
  sampledGauge('process_start_time_seconds', 'Start of the process since the epoch', () => startTimeSeconds)
  sampledGauge('process_open_fds', 'Open file descriptors; 0 where the system does not tell', openDescriptors)
  sampledGauge('process_max_fds', 'File descriptors that may be open; 0 where the system does not tell', () =>
    numberIn('/proc/self/limits', /^Max open files\s+(\d+) /m),
  )
  sampledGauge('nodejs_heap_size_used_bytes', 'JavaScript heap in use', () => process.memoryUsage().heapUsed)
  sampledGauge(
    'nodejs_external_memory_bytes',
    'Memory of buffers outside the JavaScript heap',
    () => process.memoryUsage().external,
  )
}

function openDescriptors(): number {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return 0
  }
}

/** The number that `pattern` finds in a file of /proc; 0 where there is no such file. */
function numberIn(file: string, pattern: RegExp): number {
  try {
    return Number(pattern.exec(readFileSync(file, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
