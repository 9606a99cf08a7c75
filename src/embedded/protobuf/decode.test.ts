import { describe, expect, test } from 'vitest'
import { structOf } from '../schema/schema.ts'
import { decodeObject } from './decode.ts'
import { FIELD_NUMBERS } from './field-numbers.ts'

/** A field with a length. */
function field(number: number, content: string | Uint8Array): Uint8Array {
  const bytes = Buffer.from(content)
  const tag = number * 8 + 2
  const head = tag < 128 ? [tag] : [(tag % 128) + 128, Math.floor(tag / 128)]
  return Buffer.concat([Uint8Array.of(...head, bytes.length), bytes])
}

function varint(number: number, value: number): Uint8Array {
  return Uint8Array.of(number * 8, value)
}

function message(...fields: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(fields)
}

function body(apiVersion: string, kind: string, object: Uint8Array): Uint8Array {
  return message(
    Buffer.from('k8s\0'),
    field(1, message(field(1, apiVersion), field(2, kind))),
    field(2, object),
    field(3, ''),
    field(4, ''),
  )
}

const ENTRY = message(field(1, 'a'), field(2, '1'))

describe('an object in protobuf', () => {
  test('a ConfigMap has its maps, texts and bytes', () => {
    const object = message(
      field(1, message(field(1, 'one'), field(8, ''))),
      field(2, ENTRY),
      field(3, ENTRY),
      varint(4, 1),
    )
    expect(decodeObject(body('v1', 'ConfigMap', object))).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'one', creationTimestamp: null },
      data: { a: '1' },
      binaryData: { a: 'MQ==' },
      immutable: true,
    })
  })

  test('a Deployment has lists, numbers, and messages that JSON shows without their own name', () => {
    const container = message(
      field(1, 'app'),
      field(19, message(field(3, message(field(1, message(field(1, 's'))))))),
    )
    const volume = message(field(1, 'v'), field(2, message(field(6, message(field(1, 's'))))))
    const pod = message(field(1, volume), field(2, container))
    const port = message(varint(1, 0), varint(2, 3))
    const limits = message(field(2, message(field(1, port))))
    const spec = message(varint(1, 2), field(3, message(field(2, pod))), field(4, limits))
    expect(decodeObject(body('apps/v1', 'Deployment', field(2, spec)))).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      spec: {
        replicas: 2,
        strategy: { rollingUpdate: { maxUnavailable: 3 } },
        template: {
          spec: {
            volumes: [{ name: 'v', secret: { secretName: 's' } }],
            containers: [{ name: 'app', envFrom: [{ secretRef: { name: 's' } }] }],
          },
        },
      },
    })
  })

  test('of a kind that is not known, only the kind is told', () => {
    expect(decodeObject(body('x/v1', 'Strange', field(1, 'x')))).toEqual({
      apiVersion: 'x/v1',
      kind: 'Strange',
    })
  })

  test('a body without the prefix is refused', () => {
    expect(() => decodeObject(Buffer.from('{}'))).toThrow('expected prefix [107 56 115 0]')
  })

  test('a body that is cut off is refused', () => {
    expect(() => decodeObject(body('v1', 'ConfigMap', field(1, 'one')).subarray(0, 30))).toThrow(
      'Cannot read a protobuf message',
    )
  })
})

test.each(Object.keys(FIELD_NUMBERS))('every field of %s has a number of its own', (name) => {
  const numbers = FIELD_NUMBERS[name]?.trim().split(/\s+/) ?? []
  const { fields } = structOf(name)
  const outside = fields.has('metadata')
    ? ['kind', 'apiVersion'].filter((each) => fields.has(each)).length
    : 0
  expect(new Set(numbers).size).toBe(numbers.length)
  expect(numbers.length).toBe(fields.size - outside)
})
