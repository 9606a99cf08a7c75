// The alerts and the dashboard as the tests read them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { ROOT } from './dockerfile.ts'

export const MONITORING = join(ROOT, 'deployments', 'monitoring')

export interface Alert {
  readonly alert: string
  readonly expr: string
  readonly annotations: Readonly<Record<string, string>>
}

export interface Panel {
  readonly id: number
  readonly title: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[]
}

/** The rules of alerts.yaml, as a PrometheusRule has them. */
export function readRules(): { readonly groups: readonly { readonly rules: readonly Alert[] }[] } {
  return parse(readFileSync(join(MONITORING, 'alerts.yaml'), 'utf8'))
}

export function readAlerts(): readonly Alert[] {
  return readRules().groups.flatMap(({ rules }) => rules)
}

export function readPanels(): readonly Panel[] {
  return JSON.parse(readFileSync(join(MONITORING, 'dashboard.json'), 'utf8')).panels
}
