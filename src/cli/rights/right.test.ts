import { expect, test } from 'vitest'
import { controllerRights } from './controller-rights.ts'
import { type PolicyRule, resourceText, rulesOf } from './right.ts'

const rights = controllerRights({
  name: 'reloader',
  configTypes: ['ConfigMap', 'Secret'],
  workloadKinds: ['Deployment', 'StatefulSet', 'DaemonSet'],
  selectsNamespaces: false,
  elects: true,
})

/** A rule on one line of YAML. */
function ruleText({ apiGroups, resources, resourceNames, verbs }: PolicyRule): string {
  const list = (texts: readonly string[]) =>
    `[${texts.map((text) => (text === '' ? '""' : text)).join(', ')}]`
  const names = resourceNames === undefined ? '' : `, resourceNames: ${list(resourceNames)}`
  return `{apiGroups: ${list(apiGroups)}, resources: ${list(resources)}${names}, verbs: ${list(verbs)}}`
}

test('resources that need the same verbs stand in one rule', () => {
  expect(rulesOf(rights.filter(({ place }) => place === 'scope')).map(ruleText)).toEqual([
    '{apiGroups: [""], resources: [configmaps, secrets], verbs: [get, list, watch]}',
    '{apiGroups: [apps], resources: [deployments, statefulsets, daemonsets], verbs: [get, list, watch, patch]}',
    '{apiGroups: [""], resources: [events], verbs: [create, patch]}',
  ])
})

test('a rule about one object names it', () => {
  expect(rulesOf(rights.filter(({ place }) => place === 'own')).map(ruleText)).toEqual([
    '{apiGroups: [""], resources: [configmaps], verbs: [get, list, watch, create, update]}',
    '{apiGroups: [""], resources: [secrets], resourceNames: [reloader-digest-key], verbs: [get, update]}',
    '{apiGroups: [coordination.k8s.io], resources: [leases], verbs: [create]}',
    '{apiGroups: [coordination.k8s.io], resources: [leases], resourceNames: [stakater-reloader-lock], verbs: [get, update]}',
  ])
})

test('a resource is named as kubectl names it', () => {
  expect(resourceText({ group: '', resource: 'secrets' })).toBe('secrets')
  expect(resourceText({ group: 'apps', resource: 'deployments' })).toBe('deployments.apps')
})

test('what runs once needs other verbs than what is patched', () => {
  const batch = (...workloadKinds: readonly ('CronJob' | 'Job')[]) => {
    const options = { name: 'reloader', configTypes: [], selectsNamespaces: false, elects: false } as const
    const all = controllerRights({ ...options, workloadKinds })
    return rulesOf(all.filter(({ group }) => group === 'batch')).map(ruleText)
  }
  expect(batch('CronJob', 'Job')).toEqual([
    '{apiGroups: [batch], resources: [cronjobs], verbs: [get, list, watch]}',
    '{apiGroups: [batch], resources: [jobs], verbs: [get, list, watch, create, delete]}',
  ])
  expect(batch('CronJob')).toEqual([
    '{apiGroups: [batch], resources: [cronjobs], verbs: [get, list, watch]}',
    '{apiGroups: [batch], resources: [jobs], verbs: [list, create]}',
  ])
  expect(batch()).toEqual([])
})
