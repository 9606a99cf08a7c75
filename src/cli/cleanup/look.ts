// Looking at a part of the cluster that may be out of bounds: that is said in one line, and the rest goes on.
import { isForbidden, isNotFound } from '../../kube/api-error.ts'
import { problemText } from '../../types/problem-text.ts'

/** What one look brought. */
export interface Look<T> {
  readonly found: readonly T[]
  readonly problems: readonly string[]
}

/**
 * What `attempt` finds; nothing where there is no such object or API group, and nothing but a line that begins with `failure`
 * where RBAC forbids it. Rejects with any other error.
 */
export async function look<T>(failure: string, attempt: () => Promise<readonly T[]>): Promise<Look<T>> {
  try {
    return { found: await attempt(), problems: [] }
  } catch (error) {
    if (isNotFound(error)) return { found: [], problems: [] }
    if (isForbidden(error)) return { found: [], problems: [`${failure}: ${problemText(error)}`] }
    throw error
  }
}

/** Several looks as one. */
export function together<T>(looks: readonly Look<T>[]): Look<T> {
  return {
    found: looks.flatMap(({ found }) => found),
    problems: looks.flatMap(({ problems }) => problems),
  }
}
