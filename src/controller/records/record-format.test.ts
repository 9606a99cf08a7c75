import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConfigRecord, WorkloadRecord } from '../../types/record.ts'
import { WORKLOAD_KINDS } from '../../types/workload.ts'
import { formatRecord, formatShard, parseRecord, parseShard, RECORD_FORMAT } from './record-format.ts'

/** The data of a ConfigMap that some released version wrote. Fixtures are added, never changed. */
function fixture(name: string): Readonly<Record<string, string>> {
  const url = new URL(`../../../test/fixtures/records/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(url, 'utf8')).data
}

const WEB = {
  workload: { kind: 'Deployment', namespace: 'shop', name: 'web' },
  uid: '8a6f0c9e-1b7d-4d55-9f0e-2f3a1c5b7d90',
  since: '2026-01-02T03:04:05Z',
  patterns: 'q1w2e3r4t5y6u7i8',
  configs: {
    'ConfigMap/conf': {
      state: 'present',
      uid: 'c0ffee00-0000-4000-8000-000000000001',
      resourceVersion: '1207',
      keys: ['a.yaml', 'b.yaml'],
      digest: '0a1b2c3d-kq0b3Vx2c1pQ9hJ7sLw4uE6yT8rI5oN2mZ1aB3cD4eF',
    },
    'ConfigMap/gone': { state: 'absent', uid: 'c0ffee00-0000-4000-8000-000000000002' },
    'ConfigMap/never': { state: 'absent' },
    'Secret/api': {
      state: 'present',
      uid: '5ec2e700-0000-4000-8000-000000000003',
      resourceVersion: '987654321098765',
      keys: 'all',
      digest: '0a1b2c3d-Zm9vYmFyYmF6cXV4cXV1eGNvcmdlZ3JhdWx0Z2FycGx5d2E',
    },
    'Secret/far': { state: 'unread' },
    'Secret/left': {
      state: 'unfollowed',
      uid: '5ec2e700-0000-4000-8000-000000000004',
      resourceVersion: '44',
    },
  },
} satisfies WorkloadRecord

describe('a shard of format 1', () => {
  const data = fixture('format-1')

  it('is read whole', () => {
    const { lines, ...header } = parseShard(data)
    expect(header).toEqual({
      watchedUntil: '2026-01-02T03:05:00Z',
      digestKey: { id: '0a1b2c3d', key: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=' },
    })
    expect([...lines.keys()]).toEqual(['Deployment/shop/web', 'StatefulSet/db/main'])
    expect(parseRecord(lines.get('Deployment/shop/web') ?? '')).toEqual(WEB)
  })

  it('is written again to the byte', () => {
    const { lines, ...header } = parseShard(data)
    const records = [...lines].map(([key, line]) => [key, formatRecord(parseRecord(line))] as const)
    expect(formatShard({ ...header, lines: new Map(records) })).toEqual(data)
  })
})

describe('a shard that a later version wrote in our format', () => {
  const data = fixture('format-1-of-a-later-version')

  it('keeps workloads of kinds, and fields, that we do not know', () => {
    const shard = parseShard(data)
    expect([...shard.lines.keys()]).toEqual(['Deployment/shop/web', 'Rollout/shop/canary'])
    expect(formatShard(shard)).toEqual(data)
  })

  it('keeps configs of types that we do not know when we write the record anew', () => {
    const line = parseShard(data).lines.get('Rollout/shop/canary') ?? ''
    expect(parseRecord(formatRecord(parseRecord(line)))).toEqual(parseRecord(line))
    expect(formatRecord(parseRecord(line))).toContain('"SecretProviderClass/vault"')
  })
})

describe('what is not a shard that we understand', () => {
  const line = formatRecord(WEB)
  const secret = 'c2VjcmV0LWtleS1tYXRlcmlhbA'
  const REFUSED: readonly (readonly [what: string, data: Readonly<Record<string, string>>, why: RegExp])[] = [
    ['a newer format', { format: String(RECORD_FORMAT + 1), records: line }, /format 2 is newer than ours$/],
    ['no format', { records: line }, /it names no format$/],
    ['a format that is no number', { format: 'one', records: line }, /it names no format$/],
    ['nothing at all', {}, /it names no format$/],
    ['half a line', { format: '1', records: line.slice(0, -9) }, /it is not valid JSON$/],
    ['a record without uid', { format: '1', records: line.replace('"uid"', '"u"') }, /uid is invalid$/],
    ['an unknown state', { format: '1', records: line.replace('"absent"', '"lost"') }, /is invalid$/],
    [
      'a version that is no number',
      { format: '1', records: line.replace('"1207"', '"x"') },
      /rv is invalid$/,
    ],
    [
      'a digest key cut off',
      { format: '1', digestKey: `{"id":"1","key":"${secret}` },
      /it is not valid JSON$/,
    ],
    [
      'a digest key without id',
      { format: '1', digestKey: JSON.stringify({ key: secret }) },
      /id is invalid$/,
    ],
    ['a digest key that is text', { format: '1', digestKey: JSON.stringify(secret) }, /is invalid$/],
  ]

  it.each(REFUSED)('is refused with one line that quotes nothing: %s', (_what, data, why) => {
    expect(() => parseShard(data)).toThrowError(why)
    try {
      parseShard(data)
    } catch (error) {
      const text = String(error)
      expect(text).toMatch(/^\w*Error: Cannot read [^\n]+[^.\n]$/)
      expect(text).not.toContain(secret.slice(0, 6))
      expect(text).not.toContain('web')
    }
  })
})

const NAME = fc.stringMatching(/^[a-z0-9]([-a-z0-9.]{0,20}[a-z0-9])?$/)
const UID = fc.uuid()
const VERSION = fc.bigInt({ min: 1n, max: 2n ** 64n }).map(String)
const KEYS = fc.oneof(
  fc.constant('all' as const),
  fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 3 }),
)
const ENTRY: fc.Arbitrary<ConfigRecord> = fc.oneof(
  fc.record({
    state: fc.constant('present' as const),
    uid: UID,
    resourceVersion: VERSION,
    keys: KEYS,
    digest: fc.string(),
  }),
  fc.record({ state: fc.constant('absent' as const), uid: UID }, { requiredKeys: ['state'] }),
  fc.record({ state: fc.constant('unread' as const) }),
  fc.record({ state: fc.constant('unfollowed' as const), uid: UID, resourceVersion: VERSION }),
)
const RECORD: fc.Arbitrary<WorkloadRecord> = fc.record(
  {
    workload: fc.record({ kind: fc.constantFrom(...WORKLOAD_KINDS), namespace: NAME, name: NAME }),
    uid: UID,
    since: fc.string({ unit: 'grapheme' }),
    patterns: fc.string({ unit: 'grapheme' }),
    configs: fc.dictionary(
      fc.tuple(fc.constantFrom('ConfigMap', 'Secret'), NAME).map((parts) => parts.join('/')),
      ENTRY,
      { noNullPrototype: true },
    ),
  },
  { requiredKeys: ['workload', 'uid', 'since', 'configs'] },
)

describe('every record', () => {
  it('is read as it was written, from one line', () => {
    fc.assert(
      fc.property(RECORD, (record) => {
        const line = formatRecord(record)
        expect(line).not.toContain('\n')
        expect(parseRecord(line)).toEqual(record)
      }),
    )
  })

  it('is written as the same bytes whatever the order of its configs', () => {
    fc.assert(
      fc.property(RECORD, (record) => {
        const turned = Object.fromEntries(Object.entries(record.configs).reverse())
        expect(formatRecord({ ...record, configs: turned })).toBe(formatRecord(record))
      }),
    )
  })
})
