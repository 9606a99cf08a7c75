import { describe, expect, it } from 'vitest'
import { workload } from '../../test/builders.ts'
import type { ManagedFieldsEntry } from '../types/object.ts'
import type { Workload } from '../types/workload.ts'
import { reverterOf } from './reverted.ts'

const OTHER = 'other-uid.900.a.1-z'
const entry = (manager: string): ManagedFieldsEntry => ({
  manager,
  operation: 'Update',
  time: '2026-01-01T00:00:00Z',
})

/** A workload with these stamps, last written by `manager`. */
function stamped(stamps: readonly string[], manager = 'gitops', template = 'x'): Workload {
  const env = stamps.map((value, i) => ({ name: `STAKATER_CONF${i}_CONFIGMAP`, value }))
  return workload({
    annotations: { 'reloader.stakater.com/auto': 'true' },
    metadata: { managedFields: [entry('Reloader'), entry(manager)] },
    spec: { containers: [{ name: 'app', env: [{ name: 'T', value: template }, ...env] }] },
  })
}

const at = (resourceVersion: number) => `conf-uid.${resourceVersion}.a.1-x`

describe('the manager that reverted a roll', () => {
  it.each([
    ['takes a stamp away', [at(10)], []],
    ['takes one of two away', [at(10), OTHER], [OTHER]],
    ['puts an older one back', [at(10)], [at(9)]],
    ['puts back the one from before a deletion', ['conf-uid.deleted'], [at(10)]],
  ])('is who %s', (_what, before, after) => {
    expect(reverterOf(stamped(before), stamped(after))).toBe('gitops')
  })

  it.each([
    ['nobody where the stamps stayed', [at(10)], [at(10)]],
    ['nobody where there were none', [], []],
    ['nobody where a roll brought a later one, whoever else wrote in that second', [at(10)], [at(11)]],
    ['nobody where a roll brought a deletion', [at(10)], ['conf-uid.deleted']],
    ['nobody where a roll took away what is no longer followed', [at(10), OTHER], [at(11)]],
    ['nobody where a roll brought another config', [OTHER], [at(10)]],
  ])('is %s', (_what, before, after) => {
    expect(reverterOf(stamped(before), stamped(after))).toBeUndefined()
  })

  it('is nobody where we wrote last, where the template changed as well, or where it is another object', () => {
    const before = stamped([at(10)])
    expect(reverterOf(before, stamped([], 'Reloader'))).toBeUndefined()
    expect(reverterOf(before, stamped([], 'gitops', 'y'))).toBeUndefined()
    expect(reverterOf(before, { ...stamped([]), uid: 'another' })).toBeUndefined()
  })

  it('is unknown where the managers do not say', () => {
    const { lastManager: _, ...after } = stamped([])
    expect(reverterOf(stamped([at(10)]), after)).toBe('unknown')
  })
})
