import { describe, expect, test } from 'vitest'
import { alertBody, alertText, type RollAlert } from './alert-message.ts'

const roll: RollAlert = {
  workload: { kind: 'Deployment', namespace: 'shop', name: 'web' },
  configs: [{ kind: 'ConfigMap', namespace: 'shop', name: 'app' }],
}
const SENTENCE =
  'Reloader detected changes in *app* of type *CONFIGMAP* in namespace *shop*. ' +
  'Hence reloaded *web* of type *Deployment* in namespace *shop*'

describe('the text', () => {
  test("is the incumbent's sentence for a roll with one config", () => {
    expect(alertText(roll)).toBe(SENTENCE)
  })

  test('begins with the additional info', () => {
    expect(alertText(roll, 'cluster-1')).toBe(`cluster-1 : ${SENTENCE}`)
  })

  test('names what else the roll carried after the sentence, ten configs at most', () => {
    const other = (name: string) => ({ kind: 'Secret', namespace: 'shop', name }) as const
    const [first] = roll.configs
    expect(alertText({ ...roll, configs: [first, other('key')] })).toBe(
      `${SENTENCE}. Also changed: *key* of type *SECRET*`,
    )
    const many = Array.from({ length: 12 }, (_, i) => other(`key-${i}`))
    const text = alertText({ ...roll, configs: [first, ...many] })
    expect(text).toMatch(/\*key-9\* of type \*SECRET\* and 2 more$/)
  })
})

describe('the body', () => {
  test('of slack is an attachment', () => {
    const { contentType, body } = alertBody('slack', SENTENCE)
    expect(contentType).toBe('application/json')
    expect(JSON.parse(body)).toEqual({
      attachments: [{ author_name: 'Reloader', color: 'good', text: SENTENCE }],
    })
  })

  test.each(['teams', 'gchat'] as const)('of %s is a text', (sink) => {
    const { contentType, body } = alertBody(sink, SENTENCE)
    expect(contentType).toBe('application/json')
    expect(JSON.parse(body)).toEqual({ text: SENTENCE })
  })

  test('is byte for byte what Go would send', () => {
    const { body } = alertBody('slack', 'R&D <!here> \u2028')
    const text = String.raw`R\u0026D \u003c!here\u003e \u2028`
    expect(body).toBe(`{"attachments":[{"author_name":"Reloader","color":"good","text":"${text}"}]}`)
    expect(alertBody('teams', SENTENCE).body).toBe(`{"text":"${SENTENCE}"}`)
  })

  test('of anything else is plain text without asterisks', () => {
    expect(alertBody('raw', `*prod* : ${SENTENCE}`)).toEqual({
      contentType: 'text/plain',
      body:
        'prod : Reloader detected changes in app of type CONFIGMAP in namespace shop. ' +
        'Hence reloaded web of type Deployment in namespace shop',
    })
  })
})
