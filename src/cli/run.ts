// The composition root: makes every part from the options, wires them and runs them until the signal aborts.
import type { Options } from './options.ts'
import type { Build } from './version.ts'

/** What the process gives to a run besides its options. */
export interface RunContext {
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal
  readonly build: Build
}

/** Works until the signal aborts; resolves with the exit code, and rejects with an Error of one line when it cannot start. */
export async function run(_options: Options, _context: RunContext): Promise<number> {
  throw new Error('Cannot run: the controller is not wired yet')
}
