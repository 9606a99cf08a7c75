// A workbench on which the first look is over.
import { expect } from 'vitest'
import { readsAll, Workbench, type WorkbenchOptions } from './workbench.ts'

/** A bench with `web`, which follows `conf` and `other` and has a record of both. */
export async function adopted(options: WorkbenchOptions = {}): Promise<Workbench> {
  const bench = new Workbench(options)
  bench.configure('conf', { a: '1' })
  bench.configure('other', { a: '1' })
  bench.deploy('web', { spec: readsAll('conf', 'other') })
  expect(await bench.look('web')).toEqual({})
  bench.client.requests.length = 0
  return bench
}

/** What each look came to: the kind of its plan, and the reason. */
export function plansOf({ looks }: Pick<Workbench, 'looks'>): readonly string[] {
  return looks.map(({ plan }) => `${plan.kind} ${plan.reason}`)
}
