import { describe, expect, it } from 'vitest'
import { createReleaseClock } from './release-clock.ts'

describe('a release clock', () => {
  it('knows the last change of a release that both sides name', () => {
    const clock = createReleaseClock({ rememberMs: 15_000 })
    clock.touch(['helm:a/x', 'argocd:x'], 100)
    clock.touch(['argocd:x'], 200)
    expect(clock.lastChange(['helm:a/x', 'argocd:x'], ['helm:a/x'])).toBe(100)
    expect(clock.lastChange(['helm:a/x', 'argocd:x'], ['argocd:x', 'helm:a/x'])).toBe(200)
  })

  it('knows nothing where the two have no release in common', () => {
    const clock = createReleaseClock({ rememberMs: 15_000 })
    clock.touch(['helm:a/x'], 100)
    expect(clock.lastChange(['helm:a/x'], ['helm:b/x'])).toBeUndefined()
    expect(clock.lastChange([], [])).toBeUndefined()
    expect(clock.lastChange(['helm:c/z'], ['helm:c/z'])).toBeUndefined()
  })

  it('forgets releases that have been quiet for longer than it remembers, and only those', () => {
    const clock = createReleaseClock({ rememberMs: 1_000 })
    clock.touch(['old', 'renewed'], 0)
    clock.touch(['renewed'], 500)
    clock.touch(['new'], 1_400)
    expect(clock.lastChange(['old'], ['old'])).toBeUndefined()
    expect(clock.lastChange(['renewed'], ['renewed'])).toBe(500)
  })
})
