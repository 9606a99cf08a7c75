import { describe, expect, it } from 'vitest'
import {
  brings,
  change,
  deletes,
  follow,
  recorded,
  recordOf,
  SHA1,
  text,
  variable,
} from '../../../test/stamp-case.ts'
import { LAST_RELOADED_FROM } from '../settings/annotation-names.ts'
import { joinStamps } from './stamp.ts'

const NO_CHANGE = { set: [], remove: [], annotations: {}, recordFirst: false }
const A = 'STAKATER_A_CONFIGMAP'
const B = 'STAKATER_B_CONFIGMAP'

describe('the env-vars strategy', () => {
  it('sets one variable for each config in the container that carries its stamp', () => {
    const [a, b] = [follow('a'), follow('b', 'side')]
    expect(change({ follows: [a, b], stamps: [brings(b), brings(a)] })).toEqual({
      ...NO_CHANGE,
      set: [variable(A, text('a')), variable(B, text('b'), 'side')],
    })
  })

  it('leaves alone the stamps of followed configs that this roll does not bring, the incumbent’s too', () => {
    const [a, b, c] = [follow('a'), follow('b'), follow('c')]
    const variables = [variable(B, text('b', '7')), variable('STAKATER_C_CONFIGMAP', SHA1)]
    expect(change({ follows: [a, b, c], stamps: [brings(a)], variables })).toEqual({
      ...NO_CHANGE,
      set: [variable(A, text('a'))],
    })
  })

  it('takes out what is left of configs that are not followed, ours and the incumbent’s, wherever it stands', () => {
    const left = [
      variable(B, text('b', '7'), 'side'),
      variable('STAKATER_C_SECRET', SHA1),
      { ...variable(B, SHA1, 'setup'), init: true as const },
    ]
    expect(
      change({ follows: [follow('a')], stamps: [brings(follow('a'))], variables: left })?.remove,
    ).toEqual(left)
  })

  it('takes out a variable of the same name in another container, init containers included', () => {
    const elsewhere = [
      variable(A, text('a', '7'), 'side'),
      { ...variable(A, SHA1, 'app'), init: true as const },
    ]
    const result = change({
      follows: [follow('a')],
      stamps: [brings(follow('a'))],
      variables: [...elsewhere, variable(A, SHA1)],
    })
    expect(result).toEqual({ ...NO_CHANGE, set: [variable(A, text('a'))], remove: elsewhere })
  })

  it('sets the stamp of the deletion when a config is gone', () => {
    const result = change({
      follows: [follow('a')],
      stamps: [deletes(follow('a'))],
      variables: [variable(A, text('a', '7'))],
    })
    expect(result?.set).toEqual([variable(A, 'a-uid.deleted')])
  })

  it('puts the stamps of names that sanitise alike into one variable, in one place, whichever of them rolls', () => {
    const [dash, dot] = [follow('x-y', 'app'), follow('x.y', 'side')]
    const name = 'STAKATER_X_Y_CONFIGMAP'
    const both = variable(name, joinStamps([text('x-y'), text('x.y')]))
    expect(change({ follows: [dash, dot], stamps: [brings(dash), brings(dot)] })?.set).toEqual([both])
    const variables = [variable(name, text('x-y'))]
    expect(change({ follows: [dash, dot], stamps: [brings(dot)], variables })?.set).toEqual([both])
    const newer = change({ follows: [dash, dot], stamps: [brings(dash, '50')], variables: [both] })
    expect(newer?.set).toEqual([variable(name, joinStamps([text('x-y', '50'), text('x.y')]))])
  })

  it('drops from a shared variable what belongs to nobody any more', () => {
    const variables = [variable(A, joinStamps([text('gone', '5'), text('a', '7')]))]
    expect(change({ follows: [follow('a')], stamps: [brings(follow('a'))], variables })?.set).toEqual([
      variable(A, text('a')),
    ])
  })

  it('takes the annotation out, and carries over what no written record knows yet', () => {
    const annotation = JSON.stringify({ sources: [text('a', '7'), text('b', '8')] })
    const [a, b] = [follow('a'), follow('b', 'side')]
    const written = recordOf({ ...recorded('a', '6'), ...recorded('b', '8') })
    const known = change({ follows: [a, b], stamps: [brings(a)], annotation, written })
    expect(known).toEqual({
      ...NO_CHANGE,
      set: [variable(A, text('a'))],
      annotations: { [LAST_RELOADED_FROM]: null },
    })
    const unknown = change({
      follows: [a, b],
      stamps: [brings(a)],
      annotation,
      written: recordOf(recorded('b', '7')),
    })
    expect(unknown?.set).toEqual([variable(A, text('a')), variable(B, text('b', '8'), 'side')])
  })

  it('has happened when the template carries the stamp already, though something else could be taken out', () => {
    const variables = [variable(A, text('a')), variable(B, text('b', '7'))]
    expect(
      change({ follows: [follow('a')], stamps: [brings(follow('a'))], variables, annotation: '{}' }),
    ).toBeUndefined()
  })

  it('has not happened when the stamp stands in another container', () => {
    const variables = [variable(A, text('a'), 'side')]
    expect(change({ follows: [follow('a')], stamps: [brings(follow('a'))], variables })).toEqual({
      ...NO_CHANGE,
      set: [variable(A, text('a'))],
      remove: variables,
    })
  })
})
