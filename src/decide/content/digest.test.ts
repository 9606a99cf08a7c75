import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { configObject, content, TEST_KEY } from '../../../test/builders.ts'
import { mountedClass } from '../../../test/pod-statuses.ts'
import type { Config, ConfigType, Digest, KeySet } from '../../types/config.ts'
import {
  changedKeys,
  createDigestKey,
  digestContent,
  digestKeyOf,
  digestOf,
  digestVersions,
} from './digest.ts'

type Values = Readonly<Record<string, string>>

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

function encoded(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, base64(value)]))
}

function configMapDigest(data: Values, keys: KeySet = 'all', binaryData: Values = {}): Digest {
  return digestOf(content('ConfigMap', 'conf', { data, binaryData }), keys)
}

function secretDigest(data: Values, keys: KeySet = 'all'): Digest {
  return digestOf(content('Secret', 'pass', { data: encoded(data) }), keys)
}

/** Legal keys that look like parts of an encoding, and values that try to be one. */
const key: fc.Arbitrary<string> = fc.constantFrom(
  'a',
  'b',
  'ab',
  'a.b',
  'A',
  '0',
  'a-b',
  '__proto__',
  'constructor',
)
const nasty = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '',
    'a',
    'b',
    '\0',
    'a\0b',
    'a=b',
    'a;b=c',
    '1;b=2',
    '\0\0\0\0\0\0\0\u0001a',
    'é',
    '\u{1f600}',
  ),
)
const values = fc.dictionary(key, nasty, { maxKeys: 5 })

describe('digestOf', () => {
  // A changed encoding would roll every workload of every installation once: these never change.
  it.each<[string, Digest, Digest]>([
    ['an empty ConfigMap', configMapDigest({}), '5f87837f-9zsINRoulqMuDdzkBDUtj-zWB6zKwyGwWVhNf9bOFy8'],
    ['an empty Secret', secretDigest({}), '5f87837f-B-Ldzi7HSlqVGooA4coDWHbTru4tTGaHxhUxPX7zPhQ'],
    [
      'a ConfigMap',
      configMapDigest({ key: 'updated' }),
      '5f87837f-5nj7BvewnG2qfNhbebLEIv8IBG_arS7jXXz7ePcNcFw',
    ],
    ['a Secret', secretDigest({ key: 'updated' }), '5f87837f-wRB25AYy5CHAp4MUVUOKcJKAsxqLBO8r9FPnJFUqti0'],
    [
      'binary data',
      configMapDigest({ test: 'test' }, 'all', { bintest: base64('test') }),
      '5f87837f-_h85Ahv34sycy23tnYDfVh4aIvE0lauwdFo14NMOILk',
    ],
    [
      'two of three keys',
      configMapDigest({ a: '1', b: '2', c: '3' }, ['a', 'c']),
      '5f87837f-GOFpZ3GJIA41zyjauuWUR12prwE3hP731VmCnpHoCC0',
    ],
    [
      'beyond ASCII',
      configMapDigest({ a: 'Grüße \u{1f600}\n' }),
      '5f87837f-HB_AdtDoHNTe51KZG85MeRoYgclHC3VhC92tvkKV0B0',
    ],
  ])('is, for %s, what it always was', (_what, digest, golden) => {
    expect(digest).toBe(golden)
  })

  it('is equal for equal contents and for no others', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const same = JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort())
        expect(configMapDigest(a) === configMapDigest(b)).toBe(same)
        expect(secretDigest(a) === secretDigest(b)).toBe(same)
      }),
      { numRuns: 500 },
    )
  })

  it('does not depend on the order of the keys', () => {
    fc.assert(
      fc.property(values, (data) => {
        expect(configMapDigest(Object.fromEntries(Object.entries(data).reverse()))).toBe(
          configMapDigest(data),
        )
      }),
    )
  })

  it('depends on the used keys alone', () => {
    fc.assert(
      fc.property(values, values, fc.uniqueArray(key), (data, others, used) => {
        const rest = Object.fromEntries(Object.entries(others).filter(([each]) => !used.includes(each)))
        const mixed = {
          ...rest,
          ...Object.fromEntries(Object.entries(data).filter(([each]) => used.includes(each))),
        }
        expect(configMapDigest(mixed, used)).toBe(configMapDigest(data, used))
      }),
    )
  })

  it('does not depend on the order of the used keys', () => {
    fc.assert(
      fc.property(values, fc.array(key), (data, used) => {
        expect(configMapDigest(data, [...used, ...used].reverse())).toBe(configMapDigest(data, used))
      }),
    )
  })

  it('tells a used key that is there and empty from one that is not there', () => {
    expect(configMapDigest({ a: '' }, ['a'])).not.toBe(configMapDigest({}, ['a']))
  })

  it('tells text from binary data of the same bytes', () => {
    expect(configMapDigest({ a: 'test' })).not.toBe(configMapDigest({}, 'all', { a: base64('test') }))
    expect(configMapDigest({ a: base64('test') })).not.toBe(configMapDigest({}, 'all', { a: base64('test') }))
  })

  it('tells a ConfigMap from a Secret of the same content, even of none', () => {
    expect(configMapDigest({ a: '1' })).not.toBe(secretDigest({ a: '1' }))
    expect(configMapDigest({})).not.toBe(secretDigest({}))
  })

  it('tells contents apart that the hash of the incumbent confuses', () => {
    expect(configMapDigest({ a: '1;b=2' })).not.toBe(configMapDigest({ a: '1', b: '2' }))
  })

  it('covers bytes that are no text', () => {
    const bytes = (hex: string) => ({ a: Buffer.from(hex, 'hex').toString('base64') })
    const digest = (hex: string) => digestOf(content('Secret', 'pass', { data: bytes(hex) }), 'all')
    expect(digest('fffe')).not.toBe(digest('fffd'))
  })

  it('begins with the id of its key, and is another one under another key, even of nothing', () => {
    const other = createDigestKey()
    const object = configObject('Secret', 'pass')
    const digest = digestOf(digestContent(object, { type: 'Secret', key: other }), 'all')
    expect(digest).toMatch(/^[0-9a-f]{8}-[A-Za-z0-9_-]{43}$/)
    expect(digest.startsWith(`${other.id}-`)).toBe(true)
    expect(digest.split('-')[1]).not.toBe(secretDigest({}).split('-')[1])
  })
})

describe('digestContent', () => {
  it('keeps no value: neither as text, nor decoded, nor encoded', () => {
    const secret = 'correct horse battery staple'
    for (const type of ['ConfigMap', 'Secret'] satisfies ConfigType[]) {
      const data = { password: type === 'Secret' ? base64(secret) : secret }
      const digested = digestContent(configObject(type, 'pass', { data }), {
        type,
        key: TEST_KEY,
        incumbentHash: true,
      })
      const kept = JSON.stringify({ ...digested, entries: [...digested.entries] })
      expect(kept).not.toContain(secret)
      expect(kept).not.toContain(base64(secret))
      expect(digested.entries.get('password')).toMatch(/^[A-Za-z0-9_-]{43}$/)
    }
  })

  it('says which object and version it is of, and when its data were written', () => {
    const managedFields = [
      { manager: 'kubectl', operation: 'Update', time: '2026-02-03T04:05:06Z', fieldsV1: { 'f:data': {} } },
    ]
    expect(content('ConfigMap', 'conf', { metadata: { managedFields } })).toMatchObject({
      type: 'ConfigMap',
      uid: 'conf-uid',
      resourceVersion: '50',
      creationTimestamp: '2026-01-01T00:00:00Z',
      dataTime: '2026-02-03T04:05:06Z',
      keyId: TEST_KEY.id,
    })
  })

  it('makes the hash of the incumbent only when asked to', () => {
    expect(content('ConfigMap', 'conf')).not.toHaveProperty('incumbentHash')
  })

  it('ignores stringData, and what is no text', () => {
    const object = Object.assign(configObject('Secret', 'pass'), {
      stringData: { a: '1' },
      data: { b: 2, c: null },
    })
    expect(digestContent(object, { type: 'Secret', key: TEST_KEY }).entries.size).toBe(0)
  })
})

describe('the hash of the incumbent (spec 4.1)', () => {
  function hash(
    type: ConfigType,
    shape: { readonly data?: Values; readonly binaryData?: Values },
  ): string | undefined {
    return digestContent(configObject(type, 'x', shape), { type, key: TEST_KEY, incumbentHash: true })
      .incumbentHash
  }

  it.each([
    ['no data', {}, 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
    ['one key', { data: { key: 'updated' } }, '6b3093988321555757cc9b88a5f2d59101a0261c'],
    [
      'data and binaryData',
      { data: { test: 'test' }, binaryData: { bintest: base64('test') } },
      '0d58150de76a895b24f4ca213f590766160c4349',
    ],
  ])('of %s is the vector of the spec', (_what, shape, vector) => {
    expect(hash('ConfigMap', shape)).toBe(vector)
  })

  it('takes the decoded bytes of a Secret', () => {
    expect(hash('Secret', { data: { key: base64('updated') } })).toBe(
      '6b3093988321555757cc9b88a5f2d59101a0261c',
    )
  })

  it('sorts whole entries, not keys', () => {
    // "a-b=1" comes before "a=2", although "a" comes before "a-b".
    expect(hash('ConfigMap', { data: { a: '2', 'a-b': '1' } })).toBe(
      'add31b3f93eeca2edb0cd3e3db7699fa8d2f8f92',
    )
  })
})

describe('digestVersions', () => {
  const versions = (pairs: readonly (readonly [string, string])[], name = 'my-spc') => ({
    ...mountedClass('100', '', { name }),
    mounted: { versions: JSON.stringify(pairs), fresh: false },
  })
  const digest = (config: Config) => digestOf(digestVersions(config, { key: TEST_KEY }), 'all')

  it('never changes, or every workload of every installation would roll once', () => {
    expect(digest(versions([['parameter1', 'v1']]))).toBe(
      '5f87837f-q6tTqj_iLdD8x8t76CArnKoM9KiVVYThWbK4YO9pYg8',
    )
  })

  it('tells ids and versions apart, and not whether pods began with them', () => {
    const one = versions([['a', 'b']])
    expect(digest(one)).not.toBe(digest(versions([['b', 'a']])))
    expect(digest(one)).not.toBe(
      digest(
        versions([
          ['a', 'b'],
          ['b', 'a'],
        ]),
      ),
    )
    expect(digest({ ...one, mounted: { ...one.mounted, fresh: true } })).toBe(digest(one))
  })

  it('makes the hash of the incumbent, with the name of the class in it', () => {
    const config = versions([['parameter1', 'v1']])
    const { incumbentHash } = digestVersions(config, { key: TEST_KEY, incumbentHash: true })
    expect(incumbentHash).toBe('eaf5523e4ff6005490a1bf250d6efdcf9b1b9b9c')
  })
})

describe('changedKeys', () => {
  it('names what was added, changed and removed, sorted', () => {
    const before = content('ConfigMap', 'conf', { data: { same: '1', changed: '1', gone: '1' } })
    const after = content('ConfigMap', 'conf', { data: { new: '1', changed: '2', same: '1' } })
    expect(changedKeys(before, after)).toEqual(['changed', 'gone', 'new'])
    expect(changedKeys(after, after)).toEqual([])
  })
})

describe('a digest key', () => {
  it('is a new one each time, and has an id that tells it from others', () => {
    const [one, other] = [createDigestKey(), createDigestKey()]
    expect(one.id).not.toBe(other.id)
    expect(digestKeyOf(Buffer.from(one.bytes))).toEqual(one)
  })

  it('is refused when it is too short to be one', () => {
    expect(() => digestKeyOf(Buffer.alloc(15))).toThrow(
      'Cannot use the digest key: it has 15 bytes, and not at least 16',
    )
  })
})
