// The values of a ConfigMap or Secret as bytes of their own, so that they can be wiped when they were digested.
import type { ConfigType } from '../../types/config.ts'
import type { KubeObject } from '../../types/object.ts'

export interface StoredValue {
  readonly key: string
  readonly kind: 'data' | 'binaryData'
  readonly bytes: Buffer
}

type Fields = Readonly<Record<string, unknown>>

/** The values of `object`: text of a ConfigMap's data in UTF-8, everything else decoded from base64. */
export function valuesOf(object: KubeObject, type: ConfigType): readonly StoredValue[] {
  const { data, binaryData } = object as { readonly data?: unknown; readonly binaryData?: unknown }
  const text = type === 'ConfigMap' ? 'utf8' : 'base64'
  return [...decode(data, 'data', text), ...decode(binaryData, 'binaryData', 'base64')]
}

/** Overwrites every byte. */
export function wipe(values: readonly StoredValue[]): void {
  for (const { bytes } of values) bytes.fill(0)
}

function* decode(
  fields: unknown,
  kind: StoredValue['kind'],
  encoding: 'utf8' | 'base64',
): Generator<StoredValue> {
  if (typeof fields !== 'object' || fields === null) return
  for (const [key, value] of Object.entries(fields as Fields)) {
    if (typeof value === 'string') yield { key, kind, bytes: Buffer.from(value, encoding) }
  }
}
