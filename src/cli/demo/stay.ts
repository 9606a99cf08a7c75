// After the acts: the cluster is the reader's, by keys and by kubectl, and everything that happens is told.
import type { Act, Stage } from './act.ts'
import { BAD_ANNOTATION, FLAG_FLIPS, KILLED } from './acts.ts'
import { type KeyInput, readKeys } from './keys.ts'
import { playAct } from './play-act.ts'

export interface StayOptions {
  readonly input: KeyInput
  readonly onInterrupt: () => void
  /** For the line to copy. */
  readonly kubeconfig: string
}

const KEYS: Readonly<Record<string, Act>> = { c: FLAG_FLIPS, k: KILLED, b: BAD_ANNOTATION }
const QUIT = 'q'

/** Resolves when the person has had enough, the input ends, or the signal aborts. */
export async function stay(stage: Stage, { input, onInterrupt, kubeconfig }: StayOptions): Promise<void> {
  const { signal } = stage
  invite(stage, kubeconfig)
  for await (const key of readKeys(input, { signal, onInterrupt })) {
    if (key === QUIT) return
    const act = KEYS[key]
    if (act === undefined) continue
    await playAct(stage, act, { heading: act.title })
    stage.page.heading('Your turn')
    tellKeys(stage)
    stage.narrator.begin()
  }
}

function invite(stage: Stage, kubeconfig: string): void {
  const { page, narrator } = stage
  page.heading('Your turn')
  tellKeys(stage)
  page.gap()
  page.text('Or from another terminal:')
  page.gap()
  // Not wrapped: it is to be copied.
  page.line(`KUBECONFIG=${kubeconfig} \\`)
  page.line(`kubectl patch configmap feature-flags -p '{"data":{"NEW_CHECKOUT":"maybe"}}'`)
  page.gap()
  narrator.begin()
}

function tellKeys({ page }: Stage): void {
  const { paint } = page
  const key = (name: string, text: string) => `${paint('strong', name)} ${text}`
  page.text(
    [
      key('c', 'change a flag'),
      key('k', 'kill the controller'),
      key('b', 'bad annotation'),
      key(QUIT, 'quit'),
    ].join('   '),
  )
}
