// Random histories of a cluster and of the process that watches it.
import fc from 'fast-check'
import type { Policy } from '../../src/types/plan.ts'
import { type Asks, CONFIG_NAMES, type ConfigName, type Use } from './world.ts'

type Value = '0' | '1' | '2'

export type ConfigStep =
  | { readonly do: 'write'; readonly config: ConfigName; readonly key: 'a' | 'b'; readonly value: Value }
  | { readonly do: 'create'; readonly config: ConfigName; readonly value: Value }
  /** `touch`: a label. `scope`, `ignore`: in or out. `readable`: whether a GET is answered. */
  | { readonly do: 'touch' | 'delete' | 'scope' | 'ignore' | 'readable'; readonly config: ConfigName }

export type WorkloadStep =
  | { readonly do: 'image'; readonly image: number }
  | { readonly do: 'use'; readonly name: ConfigName; readonly use: Use }
  | { readonly do: 'ask'; readonly asks: Asks }
  | { readonly do: 'deploy'; readonly asks: Asks; readonly conf: Use; readonly cred: Use }
  | { readonly do: 'undo'; readonly back: number }
  /** `strip`: somebody takes our stamps out. */
  | { readonly do: 'strip' | 'undeploy' }

export interface ProcessStep {
  /**
   * `killAtPatch`: between the next PATCH and the memory of it. `deny`: from now on the API server refuses PATCHes, or takes
   * them again. `loseRecords`: somebody deletes the record store of a process that is down.
   */
  readonly do: 'look' | 'settle' | 'start' | 'stop' | 'kill' | 'killAtPatch' | 'deny' | 'loseRecords'
}

export type Step = ConfigStep | WorkloadStep | ProcessStep

export interface History {
  readonly policy: Pick<Policy, 'strategy' | 'reloadOnCreate' | 'reloadOnDelete'>
  readonly keyLevel: boolean
  readonly steps: readonly Step[]
}

/** Two configs and a Deployment that uses them, looked at. */
export function beginning(asks: Asks = 'auto'): readonly Step[] {
  return [
    { do: 'create', config: 'conf', value: '0' },
    { do: 'create', config: 'cred', value: '0' },
    { do: 'start' },
    { do: 'deploy', asks, conf: 'a', cred: 'all' },
    { do: 'settle' },
  ]
}

const config = fc.constantFrom<ConfigName>(...CONFIG_NAMES)
const value = fc.constantFrom<Value>('0', '1', '2')
const use = fc.constantFrom<Use>('all', 'a', 'none')
const asks = fc.constantFrom<Asks>('auto', 'list', 'regex', 'none')

function steps<Kind extends Step['do']>(...kinds: readonly [Kind, ...Kind[]]): fc.Arbitrary<Kind> {
  return fc.constantFrom(...kinds)
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: steps('write'), config, key: fc.constantFrom('a', 'b'), value }) },
  { weight: 4, arbitrary: fc.record({ do: steps('create'), config, value }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: steps('touch', 'delete', 'scope', 'ignore', 'readable'), config }),
  },
  { weight: 3, arbitrary: fc.record({ do: steps('image'), image: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: steps('use'), name: config, use }) },
  { weight: 2, arbitrary: fc.record({ do: steps('ask'), asks }) },
  { weight: 2, arbitrary: fc.record({ do: steps('undo'), back: fc.nat(4) }) },
  { weight: 3, arbitrary: fc.record({ do: steps('deploy'), asks, conf: use, cred: use }) },
  { weight: 1, arbitrary: fc.record({ do: steps('strip', 'undeploy') }) },
  { weight: 2, arbitrary: fc.record({ do: steps('stop', 'kill', 'deny', 'loseRecords') }) },
  { weight: 3, arbitrary: fc.record({ do: steps('killAtPatch') }) },
  { weight: 5, arbitrary: fc.record({ do: steps('start') }) },
  { weight: 10, arbitrary: fc.record({ do: steps('look', 'settle') }) },
)

const KINDS = [
  ...(['write', 'create', 'touch', 'delete', 'scope', 'ignore', 'readable', 'image', 'use', 'ask'] as const),
  ...(['undo', 'deploy', 'strip', 'undeploy', 'stop', 'kill', 'killAtPatch', 'deny', 'loseRecords'] as const),
]

/** Each is without some kinds of steps, because what needs many of few kinds is found sooner like that. */
export const histories: fc.Arbitrary<History> = fc
  .record({
    policy: fc.record({
      strategy: fc.constantFrom('env-vars', 'annotations'),
      reloadOnCreate: fc.boolean(),
      reloadOnDelete: fc.boolean(),
    }),
    keyLevel: fc.boolean(),
    begun: fc.option(fc.constantFrom<Asks>('auto', 'auto', 'regex', 'list')),
    without: fc.subarray<Step['do']>(KINDS),
    steps: fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }),
  })
  .map(({ begun, without, steps, ...rest }) => {
    const taken = steps.filter((each) => !without.includes(each.do))
    return { ...rest, steps: begun === null ? taken : [...beginning(begun), ...taken] }
  })
