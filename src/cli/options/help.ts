// The text of `--help`, made from the tables, 80 columns wide.

import { TERMINAL_WIDTH, wrap } from '../wrap.ts'
import { FLAG_GROUPS, type Flag } from './flag.ts'
import type { Variable } from './variable-table.ts'

const INDENT = 6

type HelpFlag = Pick<Flag<unknown>, 'name' | 'group' | 'type' | 'help' | 'since' | 'bare' | 'defaultText'>
type HelpVariable = Pick<Variable<unknown>, 'name' | 'help' | 'since'>

/** The rows that the text is made from. */
export interface HelpTables {
  readonly flags: readonly HelpFlag[]
  readonly variables: readonly HelpVariable[]
  /** Other commands by name, with one line for each. */
  readonly commands: Readonly<Record<string, string>>
}

const INTRODUCTION = `Usage: reloader [flags]
       reloader COMMAND [flags]

Rolls Kubernetes workloads when a ConfigMap or Secret that they use changes:
once, and never without cause. Workloads are Deployments, StatefulSets,
DaemonSets, CronJobs and Jobs, Argo Rollouts and DeploymentConfigs. One opts in
by an annotation:

      kubectl annotate deployment/NAME reloader.stakater.com/auto=true

Who follows what, what would be rolled now, and which rights are missing, with
nothing written:

      reloader --dry-run --once
`

const CLOSING = `Flags:
  --help, -h
      Show this text
  --version
      Show the version

A duration is written as 500ms, 10s, 5m or 1h30m; a list as a,b.
All flags, variables and annotations are explained in docs/ of the sources.
`

/** All of it, line breaks included. */
export function helpText({ flags, variables, commands }: HelpTables): string {
  const groups = FLAG_GROUPS.map((group) =>
    flagSection(
      group,
      flags.filter((flag) => flag.group === group),
    ),
  )
  const lines = Object.entries(commands).map(([name, text]) => entry(name, text))
  const others = `Commands (reloader COMMAND --help says more):\n${lines.join('')}`
  return [INTRODUCTION, others, ...groups, variableSection(variables), CLOSING].join('\n')
}

/** Flags under a heading. */
export function flagSection(heading: string, flags: readonly HelpFlag[]): string {
  return `${heading}:\n${flags.map(flagText).join('')}`
}

/** The variables that do something. */
export function variableSection(variables: readonly HelpVariable[]): string {
  const set = variables.filter(({ since }) => since !== 'ignored')
  return `Environment:\n${set.map(variableText).join('')}`
}

function flagText({ name, type, help, since, bare, defaultText }: HelpFlag): string {
  const value = bare === undefined ? `=<${type}>` : '[=true|false]'
  const showDefault = defaultText !== '' && defaultText !== bareDefault(bare)
  const notes = [
    ...(showDefault ? [`default ${defaultText}`] : []),
    ...(since === 'later' ? ['not in this build yet'] : []),
  ]
  return entry(`--${name}${value}`, notes.length > 0 ? `${help} (${notes.join('; ')})` : help)
}

/** A switch that is off unless it is named needs no word about its default. */
function bareDefault(bare: string | undefined): string | undefined {
  return bare === undefined ? undefined : 'false'
}

function variableText({ name, help, since }: HelpVariable): string {
  return entry(name, since === 'later' ? `${help} (not in this build yet)` : help)
}

function entry(head: string, text: string): string {
  return `  ${head}\n${wrap(text, TERMINAL_WIDTH - INDENT)
    .map((line) => `${' '.repeat(INDENT)}${line}\n`)
    .join('')}`
}
