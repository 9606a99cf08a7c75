// By what a suite that was written for the incumbent tells that a workload was rolled (spec 4.3, 4.4, 5 and 7.1).
import type { StoredObject } from '../scenarios/harness/json.ts'
import { templateOf } from '../scenarios/harness/json.ts'
import { stampsOf } from '../scenarios/harness/stamps.ts'

export type Strategy = 'env-vars' | 'annotations'

/** What is looked at: the stamp of the strategy (of a CronJob its manual Jobs, of a Job its uid), or one field alone. */
export type Sign = 'stamp' | 'restartAt' | 'paused-at'

/** What is known about a workload. */
export interface Sighting {
  readonly workload: StoredObject
  /** All Jobs of its namespace. */
  readonly jobs: readonly StoredObject[]
  readonly strategy: Strategy
}

const PAUSED_AT = 'deployment.reloader.stakater.com/paused-at'

/** A text that changes when the workload is rolled; empty where there is no sign of any roll. */
export function evidenceOf(sign: Sign, sighting: Sighting): string {
  const { metadata, spec } = sighting.workload
  switch (sign) {
    case 'stamp':
      return stampEvidence(sighting)
    case 'restartAt':
      return (spec as { restartAt?: string }).restartAt ?? ''
    case 'paused-at': {
      const paused = (spec as { paused?: boolean }).paused === true
      const at = metadata.annotations?.[PAUSED_AT]
      return paused && at !== undefined ? at : ''
    }
  }
}

function stampEvidence({ workload, jobs, strategy }: Sighting): string {
  if (workload.kind === 'Job') return workload.metadata.uid
  if (workload.kind === 'CronJob') return manualRuns(workload, jobs)
  const { variables, annotation = '' } = stampsOf(templateOf(workload))
  if (strategy === 'annotations') return annotation
  return variables.map(({ container, name, value }) => `${container}:${name}=${value}`).join(' ')
}

function manualRuns(cronJob: StoredObject, jobs: readonly StoredObject[]): string {
  const uids = jobs.flatMap(({ metadata: { uid, annotations, ownerReferences = [] } }) => {
    const owned = ownerReferences.some((owner) => owner.uid === cronJob.metadata.uid)
    return owned && annotations?.['cronjob.kubernetes.io/instantiate'] === 'manual' ? [uid] : []
  })
  return uids.sort().join(' ')
}
