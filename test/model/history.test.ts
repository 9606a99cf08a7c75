import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { beginning, type History, histories, type Step } from './history.ts'
import { play } from './play.ts'

test('random histories lose no change, roll for no other cause, and once', () => {
  fc.assert(
    fc.property(histories, (history) => {
      expect(play(history)).toBeUndefined()
    }),
    { numRuns: 1_500 },
  )
})

/** Histories that went wrong once. */
describe('a history', () => {
  const ALL = { strategy: 'env-vars', reloadOnCreate: true, reloadOnDelete: true } as const

  function fault(steps: readonly Step[], policy: Partial<History['policy']> = {}) {
    return play({ policy: { ...ALL, ...policy }, keyLevel: true, steps })
  }

  it('of a config that an expression waited for, and that could not be read when it was created', () => {
    const created: readonly Step[] = [
      { do: 'deploy', asks: 'regex', conf: 'none', cred: 'none' },
      { do: 'start' },
      { do: 'settle' },
      { do: 'readable', config: 'conf' },
      { do: 'create', config: 'conf', value: '0' },
      { do: 'settle' },
    ]
    expect(fault(created)).toBeUndefined()
  })

  it('of a config that template and expression waited for, while nobody could say that it was missing', () => {
    const created: readonly Step[] = [
      { do: 'readable', config: 'conf' },
      { do: 'deploy', asks: 'regex', conf: 'all', cred: 'none' },
      { do: 'start' },
      { do: 'settle' },
      { do: 'create', config: 'conf', value: '0' },
    ]
    expect(fault(created)).toBeUndefined()
  })

  it('of a workload born unseen, whose changed config could not be read at first', () => {
    const born: readonly Step[] = [
      { do: 'start' },
      { do: 'stop' },
      { do: 'create', config: 'cred', value: '0' },
      { do: 'deploy', asks: 'auto', conf: 'none', cred: 'all' },
      { do: 'write', config: 'cred', key: 'a', value: '2' },
      { do: 'readable', config: 'cred' },
      { do: 'start' },
      { do: 'settle' },
    ]
    expect(fault(born)).toBeUndefined()
  })

  it('of a template that went and came back around a start, with pods that read what was there before', () => {
    const cameBack: readonly Step[] = [
      ...beginning(),
      { do: 'stop' },
      { do: 'write', config: 'cred', key: 'a', value: '1' },
      { do: 'image', image: 1 },
      { do: 'start' },
      { do: 'image', image: 0 },
    ]
    expect(fault(cameBack)).toBeUndefined()
  })

  it('of a template that came back to its old pods, in a rollout that was done before anybody looked', () => {
    const cameBack: readonly Step[] = [
      ...beginning(),
      { do: 'image', image: 1 },
      { do: 'write', config: 'conf', key: 'a', value: '2' },
      { do: 'image', image: 0 },
      { do: 'image', image: 1 },
      { do: 'undo', back: 0 },
    ]
    expect(fault(cameBack)).toBeUndefined()
  })

  it('of a stamp over some keys, and a config listed by its name before that was recorded', () => {
    const listed: readonly Step[] = [
      ...beginning(),
      { do: 'killAtPatch' },
      { do: 'write', config: 'conf', key: 'a', value: '1' },
      { do: 'settle' },
      { do: 'ask', asks: 'list' },
      { do: 'touch', config: 'conf' },
      { do: 'start' },
    ]
    expect(fault(listed)).toBeUndefined()
  })

  it('of a config that was ignored before the stamp of its roll was recorded, and then not ignored', () => {
    const ignored: readonly Step[] = [
      ...beginning(),
      { do: 'killAtPatch' },
      { do: 'write', config: 'conf', key: 'a', value: '1' },
      { do: 'settle' },
      { do: 'ignore', config: 'conf' },
      { do: 'start' },
      { do: 'settle' },
      { do: 'write', config: 'conf', key: 'a', value: '2' },
      { do: 'ignore', config: 'conf' },
    ]
    expect(fault(ignored)).toBeUndefined()
  })

  it('of a config created again with the same content, and a crash after the roll of its deletion', () => {
    const recreated: readonly Step[] = [
      ...beginning(),
      { do: 'delete', config: 'cred' },
      { do: 'create', config: 'cred', value: '0' },
      { do: 'settle' },
      { do: 'killAtPatch' },
      { do: 'delete', config: 'cred' },
      { do: 'settle' },
    ]
    expect(fault(recreated)).toBeUndefined()
  })

  it('of a config created while a workload with an expression asked for nothing', () => {
    const optedOut: readonly Step[] = [
      { do: 'start' },
      { do: 'deploy', asks: 'regex', conf: 'none', cred: 'none' },
      { do: 'settle' },
      { do: 'ask', asks: 'none' },
      { do: 'settle' },
      { do: 'create', config: 'conf', value: '0' },
      { do: 'ask', asks: 'regex' },
    ]
    expect(fault(optedOut)).toBeUndefined()
  })

  it('of stamps that were taken out while down, after a start that saw them and could not record them at once', () => {
    const stripped: readonly Step[] = [
      ...beginning(),
      { do: 'killAtPatch' },
      { do: 'write', config: 'cred', key: 'a', value: '1' },
      { do: 'settle' },
      { do: 'start' },
      { do: 'scope', config: 'cred' },
      { do: 'settle' },
      { do: 'stop' },
      { do: 'strip' },
      { do: 'scope', config: 'cred' },
    ]
    expect(fault(stripped, { reloadOnDelete: false })).toBeUndefined()
  })
})
