// Which rights are not there, found by asking the API server for each of them.
import type { AccessReview } from '../../kube/access-review.ts'
import type { Right, Verb } from './right.ts'

/** A right that is not there, with only the verbs that are missing. */
export interface LackingRight extends Right {
  /** Where; empty: in the whole cluster. */
  readonly namespace: string
}

/** Where rights are looked for. */
export interface RightsPlaces {
  /** Undefined: the whole cluster. */
  readonly namespaces: readonly string[] | undefined
  readonly ownNamespace: string
}

/** Questions in flight. */
const AT_ONCE = 8

/** Asks for everything, in the order of `rights`. Rejects where the API server does not answer such questions. */
export async function lackingRights(
  rights: readonly Right[],
  { namespaces, ownNamespace }: RightsPlaces,
  { review, signal }: { readonly review: Pick<AccessReview, 'may'>; readonly signal: AbortSignal },
): Promise<readonly LackingRight[]> {
  const placed = rights.flatMap((right) => {
    const everywhere = right.resource === 'namespaces' ? [''] : (namespaces ?? [''])
    const places = right.place === 'own' ? [ownNamespace] : everywhere
    return places.map((namespace): LackingRight => ({ ...right, namespace }))
  })
  const lacking: LackingRight[] = []
  const questions = placed.flatMap((right, at) => right.verbs.map((verb) => ({ at, right, verb })))
  const missing = placed.map((): Verb[] => [])
  const rest = questions.values()
  const ask = async () => {
    for (const { at, right, verb } of rest) {
      const { group, resource, namespace, name = '' } = right
      if (!(await review.may({ verb, group, resource, namespace, name }, signal))) missing[at]?.push(verb)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, ask))
  for (const [at, right] of placed.entries()) {
    const verbs = right.verbs.filter((verb) => missing[at]?.includes(verb))
    if (verbs.length > 0) lacking.push({ ...right, verbs })
  }
  return lacking
}
