// How workloads and what belongs to them are shown (pkg/printers/internalversion of 1.36).
import type { ApiObject } from '../object/api-object.ts'
import { type Json, listAt, numberAt, objectAt, textAt, valueAt } from '../object/json.ts'
import { ageOf, containerCells, humanDuration, labelsText, NONE, selectorText, since } from './cells.ts'
import { type Printer, printer } from './columns.ts'

const CONTAINERS = 'Containers@, Images@'

function count(object: ApiObject, ...path: readonly string[]): number {
  return numberAt(object, ...path) ?? 0
}

function ofDesired(object: ApiObject): string {
  return `${count(object, 'status', 'readyReplicas')}/${count(object, 'spec', 'replicas')}`
}

function nameOf({ metadata }: ApiObject): string {
  return metadata.name ?? ''
}

function templateOf(object: ApiObject): Json | undefined {
  return valueAt(object, 'spec', 'template')
}

function selectorOf(object: ApiObject): string {
  return selectorText(valueAt(object, 'spec', 'selector'))
}

/** Printers by kind. */
export const WORKLOAD_PRINTERS: Readonly<Record<string, Printer>> = {
  Deployment: printer(`Name, Ready, Up-to-date, Available, Age, ${CONTAINERS}, Selector@`, (object, now) => [
    nameOf(object),
    ofDesired(object),
    count(object, 'status', 'updatedReplicas'),
    count(object, 'status', 'availableReplicas'),
    ageOf(object, now),
    ...containerCells(templateOf(object)),
    selectorOf(object),
  ]),
  ReplicaSet: printer(
    `Name, Desired:integer, Current:integer, Ready:integer, Age, ${CONTAINERS}, Selector@`,
    (object, now) => [
      nameOf(object),
      count(object, 'spec', 'replicas'),
      count(object, 'status', 'replicas'),
      count(object, 'status', 'readyReplicas'),
      ageOf(object, now),
      ...containerCells(templateOf(object)),
      selectorOf(object),
    ],
  ),
  StatefulSet: printer(`Name, Ready, Age, ${CONTAINERS}`, (object, now) => [
    nameOf(object),
    ofDesired(object),
    ageOf(object, now),
    ...containerCells(templateOf(object)),
  ]),
  DaemonSet: printer(
    `Name, Desired:integer, Current:integer, Ready:integer, Up-to-date:integer, Available:integer, Node Selector, Age, ${CONTAINERS}, Selector@`,
    (object, now) => [
      nameOf(object),
      count(object, 'status', 'desiredNumberScheduled'),
      count(object, 'status', 'currentNumberScheduled'),
      count(object, 'status', 'numberReady'),
      count(object, 'status', 'updatedNumberScheduled'),
      count(object, 'status', 'numberAvailable'),
      labelsText(valueAt(object, 'spec', 'template', 'spec', 'nodeSelector')),
      ageOf(object, now),
      ...containerCells(templateOf(object)),
      selectorOf(object),
    ],
  ),
  ControllerRevision: printer('Name, Controller, Revision, Age', (object, now) => [
    nameOf(object),
    controllerText(object),
    count(object, 'revision'),
    ageOf(object, now),
  ]),
  Job: printer(`Name, Status, Completions, Duration, Age, ${CONTAINERS}, Selector@`, (object, now) => [
    nameOf(object),
    jobStatus(object),
    jobCompletions(object),
    jobDuration(object, now),
    ageOf(object, now),
    ...containerCells(templateOf(object)),
    selectorOf(object),
  ]),
  CronJob: printer(
    `Name, Schedule, Timezone, Suspend:boolean, Active:integer, Last Schedule, Age, ${CONTAINERS}, Selector@`,
    (object, now) => [
      nameOf(object),
      textAt(object, 'spec', 'schedule'),
      textAt(object, 'spec', 'timeZone') || NONE,
      suspendText(valueAt(object, 'spec', 'suspend')),
      listAt(object, 'status', 'active').length,
      lastSchedule(object, now),
      ageOf(object, now),
      ...containerCells(valueAt(object, 'spec', 'jobTemplate', 'spec', 'template')),
      selectorText(valueAt(object, 'spec', 'jobTemplate', 'spec', 'selector')),
    ],
  ),
}

function controllerText({ metadata }: ApiObject): string {
  const owner = metadata.ownerReferences?.find((each) => each.controller === true)
  if (owner === undefined) return NONE
  const [version = '', group] = owner.apiVersion.split('/').toReversed()
  const qualified = group === undefined || version === '' ? owner.kind : `${owner.kind}.${group}`
  return `${qualified.toLowerCase()}/${owner.name}`
}

/** The first condition that holds says it. */
const JOB_STATES = [
  ['Complete', 'Complete'],
  ['Failed', 'Failed'],
  ['', 'Terminating'],
  ['Suspended', 'Suspended'],
  ['FailureTarget', 'FailureTarget'],
  ['SuccessCriteriaMet', 'SuccessCriteriaMet'],
] as const

function jobStatus(job: ApiObject): string {
  const holds = (type: string) =>
    type === ''
      ? job.metadata.deletionTimestamp !== undefined
      : listAt(job, 'status', 'conditions').some(
          (each) => textAt(each, 'type') === type && textAt(each, 'status') === 'True',
        )
  return JOB_STATES.find(([type]) => holds(type))?.[1] ?? 'Running'
}

function jobCompletions(job: ApiObject): string {
  const succeeded = count(job, 'status', 'succeeded')
  const completions = numberAt(job, 'spec', 'completions')
  if (completions !== undefined) return `${succeeded}/${completions}`
  const parallelism = count(job, 'spec', 'parallelism')
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function jobDuration(job: ApiObject, now: Date): string {
  const { startTime, completionTime } = objectAt(job, 'status')
  if (typeof startTime !== 'string') return ''
  const end = typeof completionTime === 'string' ? Date.parse(completionTime) : now.getTime()
  return humanDuration(end - Date.parse(startTime))
}

function suspendText(suspend: Json | undefined): string {
  if (typeof suspend !== 'boolean') return '<unset>'
  return suspend ? 'True' : 'False'
}

function lastSchedule(cronJob: ApiObject, now: Date): string {
  const time = valueAt(cronJob, 'status', 'lastScheduleTime')
  return typeof time === 'string' ? since(time, now) : NONE
}
