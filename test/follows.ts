// Which configs a workload follows among these: for tests of the rules.
import { type ConfigLookup, type FollowOptions, followsOf } from '../src/decide/match.ts'
import { CONFIG_TYPES, type Config } from '../src/types/config.ts'
import type { Follow } from '../src/types/plan.ts'
import { type WorkloadShape, workload } from './builders.ts'

/** Just these configs are in sight. */
export function lookup(...configs: readonly Config[]): ConfigLookup {
  return {
    get: ({ kind, namespace, name }) =>
      configs.find(({ ref }) => ref.kind === kind && ref.namespace === namespace && ref.name === name),
    list: (type, namespace) => configs.filter(({ ref }) => ref.kind === type && ref.namespace === namespace),
  }
}

/** What a test may want to say of the options. */
export interface FollowsOptions extends Partial<Omit<FollowOptions, 'configs'>> {
  readonly autoReloadAll?: boolean
}

/** What a Deployment of that shape follows. */
export function follows(
  shape: WorkloadShape,
  configs: readonly Config[],
  options: FollowsOptions = {},
): readonly Follow[] {
  const { autoReloadAll = false, ...rest } = options
  return followsOf(workload(shape, { autoReloadAll }), {
    configs: lookup(...configs),
    types: CONFIG_TYPES,
    keyLevel: true,
    ...rest,
  })
}
