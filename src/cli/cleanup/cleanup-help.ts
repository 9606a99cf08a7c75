// The text of `reloader cleanup --help`, made from the tables.
import { flagSection, variableSection } from '../options/help.ts'
import { CLEANUP_COUNTS, CLEANUP_FLAGS, CLEANUP_VARIABLES } from './cleanup-flags.ts'

const INTRODUCTION = `Usage: reloader cleanup [flags]

Removes what Reloader left in a cluster once it was uninstalled: its records,
journal, key and Lease. Deployments that it paused are resumed. No workload is
rolled by that; with --stamps, those that carry a stamp are.

Says what it would do and changes nothing, until it is run with --yes. It can be
run again at any time, and goes on where it was interrupted.
`

const CLOSING = `The flags of the controller are accepted as well, so that its arguments can be
given as they are.

Exit code: 0 all is done, or told; 1 something could not be looked at or done,
or a controller is still alive; 2 the command line cannot be used.
`

/** All of it, line breaks included. */
export function cleanupHelpText(): string {
  return [
    INTRODUCTION,
    flagSection('Flags', Object.values(CLEANUP_FLAGS)),
    flagSection('Flags of the controller that count', CLEANUP_COUNTS),
    variableSection(CLEANUP_VARIABLES),
    CLOSING,
  ].join('\n')
}
