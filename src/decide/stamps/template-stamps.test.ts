import { describe, expect, it } from 'vitest'
import { workload } from '../../../test/builders.ts'
import { LAST_RELOADED_FROM } from '../settings/annotation-names.ts'
import type { PodTemplate } from '../template/pod-template.ts'
import { incumbentHashesFor, incumbentHashNeeded } from './incumbent-stamp.ts'
import { stampsIn, templateHashOf } from './template-stamps.ts'

const SHA1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'
const STAMP = `b7e6.42.a.0123abcd-${'A'.repeat(43)}`
const TEMPLATE: PodTemplate = {
  metadata: { annotations: { team: 'shop' } },
  spec: {
    containers: [{ name: 'app', env: [{ name: 'A', value: '1' }] }, { name: 'side' }],
    initContainers: [{ name: 'setup' }],
  },
}

/** The template with more variables in a container and more annotations. */
function changed(
  env: readonly { readonly name: string; readonly value?: string }[],
  {
    container = 'app',
    annotations = {},
  }: { readonly container?: string; readonly annotations?: Readonly<Record<string, string>> } = {},
): PodTemplate {
  const { spec, metadata } = TEMPLATE
  const containers = (list = spec?.containers) =>
    (list ?? []).map((each) =>
      each.name === container ? { ...each, env: [...(each.env ?? []), ...env] } : each,
    )
  return {
    metadata: { annotations: { ...metadata?.annotations, ...annotations } },
    spec: { containers: containers(), initContainers: containers(spec?.initContainers) },
  }
}

describe('stampsIn', () => {
  it('finds ours and the incumbent’s in every container, and the annotation', () => {
    const template: PodTemplate = {
      metadata: { annotations: { [LAST_RELOADED_FROM]: 'text' } },
      spec: {
        containers: [
          { name: 'app', env: [{ name: 'STAKATER_A_CONFIGMAP', value: STAMP }] },
          { name: 'side', env: [{ name: 'STAKATER_B_SECRET', value: SHA1 }] },
        ],
        initContainers: [{ name: 'setup', env: [{ name: 'STAKATER_C_SECRET', value: `x,${STAMP}` }] }],
      },
    }
    expect(stampsIn(template)).toEqual({
      variables: [
        { container: 'app', name: 'STAKATER_A_CONFIGMAP', value: STAMP },
        { container: 'side', name: 'STAKATER_B_SECRET', value: SHA1 },
        { container: 'setup', name: 'STAKATER_C_SECRET', value: `x,${STAMP}`, init: true },
      ],
      annotation: 'text',
    })
  })

  it.each([
    { name: 'STAKATER_A_CONFIGMAP', value: 'mine' },
    { name: 'STAKATER_A_CONFIGMAP', value: '' },
    { name: 'STAKATER_A_CONFIGMAP' },
    { name: 'A_CONFIGMAP', value: STAMP },
    { name: 'STAKATER_A', value: SHA1 },
  ])('leaves %j to its owner', (variable) => {
    expect(stampsIn(changed([variable])).variables).toEqual([])
    expect(templateHashOf(changed([variable]))).not.toBe(templateHashOf(TEMPLATE))
  })

  it('is one shared object where there is none', () => {
    expect(stampsIn(TEMPLATE)).toBe(stampsIn({}))
  })
})

describe('templateHashOf', () => {
  const hash = templateHashOf(TEMPLATE)

  it.each<[string, PodTemplate]>([
    ['our variable', changed([{ name: 'STAKATER_A_CONFIGMAP', value: STAMP }])],
    ['the incumbent’s variable', changed([{ name: 'STAKATER_A_SECRET', value: SHA1 }])],
    [
      'the incumbent’s variable for a SecretProviderClass',
      changed([{ name: 'STAKATER_A_SECRETPROVIDERCLASS', value: SHA1 }]),
    ],
    [
      'a variable where there were none',
      changed([{ name: 'STAKATER_A_CONFIGMAP', value: STAMP }], { container: 'side' }),
    ],
    [
      'a variable in an init container',
      changed([{ name: 'STAKATER_A_CONFIGMAP', value: STAMP }], { container: 'setup' }),
    ],
    ['an empty list that a stamp left', changed([], { container: 'side' })],
    ['the annotation', changed([], { annotations: { [LAST_RELOADED_FROM]: '{}' } })],
  ])('does not see %s', (_what, template) => {
    expect(templateHashOf(template)).toBe(hash)
  })

  it('does not see an annotation that is the only one', () => {
    const spec = { containers: [{ name: 'app' }] }
    expect(templateHashOf({ spec, metadata: { annotations: { [LAST_RELOADED_FROM]: '{}' } } })).toBe(
      templateHashOf({ spec }),
    )
  })

  it.each<[string, PodTemplate]>([
    ['a variable', changed([{ name: 'B', value: '1' }])],
    [
      'an annotation',
      changed([], { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' } }),
    ],
    ['a field nobody here knows', { ...TEMPLATE, spec: { ...TEMPLATE.spec, ...{ hostNetwork: true } } }],
    [
      'the order of containers',
      {
        ...TEMPLATE,
        spec: { ...TEMPLATE.spec, containers: [...(TEMPLATE.spec?.containers ?? [])].reverse() },
      },
    ],
  ])('sees %s', (_what, template) => {
    expect(templateHashOf(template)).not.toBe(hash)
  })

  it('does not depend on the order of fields', () => {
    expect(templateHashOf({ spec: TEMPLATE.spec ?? {}, metadata: { annotations: { team: 'shop' } } })).toBe(
      hash,
    )
  })
})

describe('the hashes that the incumbent left', () => {
  const config = { type: 'ConfigMap', namespace: 'shop', name: 'my.conf' } as const
  const OTHER = SHA1.replace('d', 'e')

  it('are in the variable of the config, wherever it stands, under env-vars', () => {
    const variables = [
      { container: 'app', name: 'STAKATER_MY_CONF_CONFIGMAP', value: SHA1 },
      { container: 'side', name: 'STAKATER_MY_CONF_CONFIGMAP', value: OTHER },
      { container: 'side', name: 'STAKATER_MY_CONF_SECRET', value: SHA1 },
    ]
    expect(incumbentHashesFor({ variables }, { ...config, strategy: 'env-vars' })).toEqual([SHA1, OTHER])
    expect(incumbentHashesFor({ variables }, { ...config, strategy: 'annotations' })).toEqual([])
  })

  it('are not in a variable of ours', () => {
    const variables = [{ container: 'app', name: 'STAKATER_MY_CONF_CONFIGMAP', value: STAMP }]
    expect(incumbentHashesFor({ variables }, { ...config, strategy: 'env-vars' })).toEqual([])
  })

  const fields = {
    type: 'CONFIGMAP',
    name: 'my.conf',
    namespace: 'shop',
    hash: SHA1,
    containerRefs: ['app'],
    observedAt: 1,
  }

  it.each<[string, unknown, readonly string[]]>([
    ['its own', fields, [SHA1]],
    ['that of another type', { ...fields, type: 'SECRET' }, []],
    ['that of another config', { ...fields, name: 'other' }, []],
    ['that of another namespace', { ...fields, namespace: 'other' }, []],
    ['ours', { ...fields, sources: [STAMP] }, []],
    ['no hash', { ...fields, hash: 7 }, []],
    ['no object', null, []],
  ])('are in the annotation under annotations: %s', (_what, value, expected) => {
    const stamps = { variables: [], annotation: JSON.stringify(value) }
    expect(incumbentHashesFor(stamps, { ...config, strategy: 'annotations' })).toEqual(expected)
    expect(incumbentHashesFor(stamps, { ...config, strategy: 'env-vars' })).toEqual([])
  })

  it('are none in an annotation that is no JSON', () => {
    expect(
      incumbentHashesFor({ variables: [], annotation: '{' }, { ...config, strategy: 'annotations' }),
    ).toEqual([])
  })

  it('decide whether the hash of the content is worth making', () => {
    const follow = {
      config: { kind: 'ConfigMap', namespace: 'shop', name: 'a' },
      reason: 'Auto',
      keys: 'all',
      literal: true,
      container: 'app',
    } as const
    const env = [{ name: 'STAKATER_A_CONFIGMAP', value: SHA1 }]
    const stamped = workload({
      annotations: { 'reloader.stakater.com/auto': 'true' },
      spec: { containers: [{ name: 'app', env }] },
    })
    expect(incumbentHashNeeded(stamped, follow, 'env-vars')).toBe(true)
    expect(incumbentHashNeeded(stamped, follow, 'annotations')).toBe(false)
  })
})
