import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConfigType, KeySet } from '../../types/config.ts'
import type { StampEntry } from '../../types/plan.ts'
import {
  formatStamp,
  holdsStamp,
  isStampVariableName,
  joinStamps,
  parseStamp,
  parseStamps,
  stampTexts,
  stampVariableName,
} from './stamp.ts'

const DIGEST = `0123abcd-${'A-_z'.repeat(10)}abc`

function entry(keys: KeySet, change: Partial<{ resourceVersion: string; digest: string }> = {}): StampEntry {
  return {
    follow: {
      config: { kind: 'ConfigMap', namespace: 'shop', name: 'conf' },
      reason: 'Auto',
      keys,
      literal: true,
      container: 'app',
    },
    uid: 'b7e6-1',
    change: {
      state: 'present',
      resourceVersion: '42',
      digest: DIGEST,
      dataTime: '2026-01-01T00:00:00Z',
      ...change,
    },
  }
}

describe('a stamp entry', () => {
  it('names uid, resourceVersion, kind of key set and digest', () => {
    expect(formatStamp(entry('all'))).toBe(`b7e6-1.42.a.${DIGEST}`)
    expect(formatStamp(entry(['a']))).toBe(`b7e6-1.42.k.${DIGEST}`)
    expect(formatStamp(entry([]))).toBe(`b7e6-1.42.k.${DIGEST}`)
    expect(formatStamp({ ...entry('all'), change: { state: 'deleted' } })).toBe('b7e6-1.deleted')
  })

  it('reads back as what was written', () => {
    const version = fc.bigInt({ min: 1n, max: 2n ** 80n }).map(String)
    const keys = fc.constantFrom<KeySet>('all', ['a'])
    fc.assert(
      fc.property(fc.uuid(), version, keys, fc.boolean(), (uid, resourceVersion, used, deleted) => {
        const written: StampEntry = { ...entry(used, { resourceVersion }), uid }
        if (deleted) {
          expect(parseStamp(formatStamp({ ...written, change: { state: 'deleted' } }))).toEqual({
            deleted: true,
            uid,
          })
          return
        }
        expect(parseStamp(formatStamp(written))).toEqual({
          deleted: false,
          uid,
          resourceVersion,
          keys: used === 'all' ? 'a' : 'k',
          digest: DIGEST,
        })
      }),
    )
  })

  it.each([
    '',
    'x',
    'deleted',
    '.deleted',
    'a.b.deleted',
    `u.042.a.${DIGEST}`,
    `u.42.b.${DIGEST}`,
    'u.42.a.',
    'u.42.a.x',
    `u.-1.a.${DIGEST}`,
    `u.42.a.${DIGEST}.`,
    ` u.42.a.${DIGEST}`,
    'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  ])('is not %j', (text) => {
    expect(parseStamp(text)).toBeUndefined()
    expect(holdsStamp(text)).toBe(false)
  })
})

describe('the stamps of a template', () => {
  const one = `u-1.42.a.${DIGEST}`
  const two = `u-2.7.k.${DIGEST}`

  it('are read from variables that several share, and from the annotation, each once', () => {
    const stamps = {
      variables: [
        { container: 'app', name: 'STAKATER_A_CONFIGMAP', value: joinStamps([two, one, two]) },
        { container: 'side', name: 'STAKATER_B_CONFIGMAP', value: one },
      ],
      annotation: JSON.stringify({ type: 'CONFIGMAP', sources: [one, 'u-3.deleted', 7, 'garbage'] }),
    }
    expect(stampTexts(stamps)).toEqual([one, two, 'u-3.deleted'])
    expect(parseStamps(stamps).map(({ uid }) => uid)).toEqual(['u-1', 'u-2', 'u-3'])
  })

  it.each(['', '{', 'null', '[]', '7', '{"sources":"x"}', '{"sources":null}', '{"hash":"x"}'])(
    'are none in the annotation %j',
    (annotation) => {
      expect(parseStamps({ variables: [], annotation })).toEqual([])
    },
  )

  it('pass over what a stranger put into a variable', () => {
    const value = `garbage,${one},`
    expect(
      parseStamps({ variables: [{ container: 'app', name: 'STAKATER_A_CONFIGMAP', value }] }),
    ).toHaveLength(1)
  })
})

describe('joinStamps', () => {
  it('makes the same text of the same stamps in any order', () => {
    const stamps = fc.array(fc.constantFrom('a.deleted', 'b.deleted', 'c.deleted'))
    fc.assert(
      fc.property(stamps, (texts) => {
        expect(joinStamps([...texts].reverse())).toBe(joinStamps(texts))
      }),
    )
  })
})

describe('stampVariableName (spec 4.3)', () => {
  it.each<[ConfigType, string, string]>([
    ['ConfigMap', 'my.app-config', 'STAKATER_MY_APP_CONFIG_CONFIGMAP'],
    ['Secret', 'pass', 'STAKATER_PASS_SECRET'],
    ['Secret', 'a--b..c', 'STAKATER_A_B_C_SECRET'],
    ['ConfigMap', '0', 'STAKATER_0_CONFIGMAP'],
    ['SecretProviderClass', 'my-spc', 'STAKATER_MY_SPC_SECRETPROVIDERCLASS'],
    ['ConfigMap', '-.a', 'STAKATER_A_CONFIGMAP'],
    ['ConfigMap', 'a-', 'STAKATER_A__CONFIGMAP'],
  ])('of %s %s is %s', (type, name, variable) => {
    expect(stampVariableName(type, name)).toBe(variable)
    expect(isStampVariableName(variable)).toBe(true)
  })

  it.each(['STAKATER_A', 'STAKATER_CONFIGMAP', 'A_CONFIGMAP', 'STAKATER_a_CONFIGMAP'])(
    'never makes %s',
    (name) => {
      expect(isStampVariableName(name)).toBe(false)
    },
  )
})
