import { expect, test } from 'vitest'
import type { ConfigRef } from '../types/config.ts'
import {
  invalidAnnotationEvent,
  MAX_MESSAGE_LENGTH,
  reloadedEvent,
  reloadFailEvent,
  resumeFailEvent,
  rollRevertedEvent,
} from './event-message.ts'

const workload = { kind: 'Deployment', namespace: 'shop', name: 'web', uid: 'u1' } as const
const configMap: ConfigRef = { kind: 'ConfigMap', namespace: 'shop', name: 'settings' }
const secret: ConfigRef = { kind: 'Secret', namespace: 'shop', name: 'password' }

test("a roll says the incumbent's sentence first, then its reason", () => {
  expect(reloadedEvent({ workload, configs: [configMap], reason: 'DigestChanged' })).toEqual({
    workload,
    type: 'Normal',
    reason: 'Reloaded',
    component: 'reloader-configmaps',
    message:
      "Changes detected in 'settings' of type 'CONFIGMAP' in namespace 'shop', Updated 'web' of type 'Deployment' in namespace 'shop'; DigestChanged",
  })
})

test('a roll of several configs is one Event that names all of them and the changed keys', () => {
  const event = reloadedEvent({
    workload,
    configs: [secret, configMap],
    reason: 'Created',
    changedKeys: ['tls.crt', 'tls.key'],
  })
  expect(event.component).toBe('reloader-secrets')
  expect(event.message).toMatch(/^Changes detected in 'password' of type 'SECRET' /)
  expect(event.message).toMatch(/; Created; changed keys: tls\.crt, tls\.key; also: ConfigMap 'settings'$/)
})

test('a list of names has an end', () => {
  const changedKeys = Array.from({ length: 25 }, (_, index) => `key-${index}`)
  const { message } = reloadedEvent({ workload, configs: [configMap], reason: 'DigestChanged', changedKeys })
  expect(message).toContain('key-9 and 15 more')
  expect(message).not.toContain('key-10')
})

test("a failed roll says the incumbent's sentence first", () => {
  expect(reloadFailEvent({ workload, config: configMap, error: 'denied by policy' })).toMatchObject({
    type: 'Warning',
    reason: 'ReloadFail',
    component: 'reloader-configmaps',
    message:
      "Update for 'web' of type 'Deployment' in namespace 'shop' failed with error denied by policy; it is tried again",
  })
})

test('a Deployment that stays paused says who keeps it so', () => {
  expect(resumeFailEvent(workload, 'denied by policy')).toMatchObject({
    type: 'Warning',
    reason: 'ReloadFail',
    message:
      "'web' of type 'Deployment' in namespace 'shop' cannot be resumed after its pause: denied by policy; it is tried again",
  })
})

test('no message is longer than the API server takes', () => {
  const long = 'x'.repeat(5000)
  const events = [
    reloadedEvent({ workload, configs: [{ ...configMap, name: long }], reason: 'DigestChanged' }),
    reloadFailEvent({ workload, config: configMap, error: long }),
    resumeFailEvent(workload, long),
    invalidAnnotationEvent(workload, {
      annotation: 'a',
      entry: long,
      problem: 'it is not a regular expression',
    }),
    rollRevertedEvent(workload, long),
  ]
  for (const { message } of events) expect(message.length).toBeLessThanOrEqual(MAX_MESSAGE_LENGTH)
})

test('the reason of a bad annotation is kept however long its entry is', () => {
  const entry = 'x'.repeat(5000)
  const { message } = invalidAnnotationEvent(workload, { annotation: 'a', entry, problem: 'it is too long' })
  expect(message).toMatch(/': it is too long$/)
})

test('a reverted roll names who did it and the cure', () => {
  const { reason, type, message } = rollRevertedEvent(workload, 'argocd-controller')
  expect({ reason, type }).toEqual({ reason: 'RollReverted', type: 'Warning' })
  expect(message).toContain("'argocd-controller'")
  expect(message).toContain('reloader.stakater.com/reload-strategy: annotations')
})
