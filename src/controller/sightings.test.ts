import { describe, expect, it } from 'vitest'
import { workload } from '../../test/builders.ts'
import { refKey } from '../types/object.ts'
import { createSightings } from './sightings.ts'

const web = workload()
const key = refKey(web.ref)

describe('sightings', () => {
  it('are complete until an opted-in workload without a record is in sight, and again when it is recorded', () => {
    const sightings = createSightings()
    expect(sightings.isComplete()).toBe(true)
    sightings.unrecorded(key)
    expect(sightings.isComplete()).toBe(false)
    sightings.recorded(key)
    expect(sightings.isComplete()).toBe(true)
  })

  it('do not wait for a workload that is gone', () => {
    const sightings = createSightings()
    sightings.unrecorded(key)
    sightings.forget(key)
    expect(sightings.isComplete()).toBe(true)
  })

  it('remember a birth that no watch showed until the workload is recorded or gone', () => {
    for (const end of ['recorded', 'forget'] as const) {
      const sightings = createSightings()
      sightings.appeared(web, { unseen: true })
      expect(sightings.bornUnseen(key)).toBe(true)
      sightings[end](key)
      expect(sightings.bornUnseen(key)).toBe(false)
    }
  })

  it('remember it as long as a config of the workload was not read', () => {
    const sightings = createSightings()
    sightings.unrecorded(key)
    sightings.appeared(web, { unseen: true })
    sightings.recorded(key, { unread: true })
    expect(sightings.isComplete()).toBe(true)
    expect(sightings.bornUnseen(key)).toBe(true)
    sightings.recorded(key, { unread: false })
    expect(sightings.bornUnseen(key)).toBe(false)
  })

  it('believe a later sighting: a workload born again under the watch was seen', () => {
    const sightings = createSightings()
    sightings.appeared(web, { unseen: true })
    sightings.appeared(web, { unseen: false })
    expect(sightings.bornUnseen(key)).toBe(false)
  })
})
