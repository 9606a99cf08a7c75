import { expect, test } from 'vitest'
import { referenceTo, whyNot } from './why-not.ts'

const uses = { envFrom: [{ configMapRef: { name: 'flags' } }, { secretRef: { name: 'token' } }] }
const flags = { kind: 'ConfigMap', namespace: 'default', name: 'flags' } as const
const token = { kind: 'Secret', namespace: 'default', name: 'token' } as const

function workload(annotations: Readonly<Record<string, string>>, container: object = uses) {
  return {
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default', uid: 'u', resourceVersion: '1', annotations },
    spec: { template: { spec: { containers: [{ name: 'app', ...container }] } } },
  }
}

const auto = { 'reloader.stakater.com/auto': 'true' }
const match = { 'reloader.stakater.com/match': 'true' }
const named = { 'configmap.reloader.stakater.com/reload': 'flags' }
const out = { 'reloader.stakater.com/auto': 'false' }

test.each([
  ['it follows what it uses', workload(auto), flags, undefined],
  ['it follows what it names, used or not', workload(named, {}), flags, undefined],
  ['the config is elsewhere', workload(auto), { ...flags, namespace: 'apps' }, 'in another namespace'],
  ['nothing uses it', workload(auto, {}), flags, 'not used there'],
  ['nobody asks', workload({}), flags, 'used, but nothing asks for a roll'],
  ['it is opted out', workload(out), flags, 'used, but it is opted out'],
  ['only ConfigMaps are asked for', workload(match), token, 'used, but a Secret is not asked for'],
])('%s', (_name, object, config, expected) => {
  expect(whyNot(object, config)).toBe(expected)
})

test('a reference is called by its place', () => {
  expect(referenceTo(workload(auto), flags)).toBe('containers[app].envFrom')
  expect(referenceTo(workload(auto, {}), flags)).toBeUndefined()
})
