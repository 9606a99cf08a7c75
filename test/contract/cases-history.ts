// What is answered when history was thrown away.
import { CONFIG_MAPS, type ContractCase, configMap, from, get, patch, post } from './contract-case.ts'
import type { Answer } from './exchange.ts'

const OURS = 'labelSelector=ours'

function labelled(name: string) {
  return configMap(name, { metadata: { labels: { ours: '' } } })
}

const firstVersion = (seen: readonly Answer[]) => from(seen, 0, 'metadata', 'resourceVersion')
const nextPage = (seen: readonly Answer[], at: number) => from(seen, at, 'metadata', 'continue')

export const HISTORY_CASES: readonly ContractCase[] = [
  {
    name: 'after a compaction the past cannot be listed, continued or watched',
    steps: [
      post(CONFIG_MAPS, labelled('a')),
      post(CONFIG_MAPS, labelled('b')),
      post(CONFIG_MAPS, labelled('c')),
      get(`${CONFIG_MAPS}?${OURS}&limit=1`),
      patch('merge', `${CONFIG_MAPS}/b`, { data: { a: '2' } }),
      'compact',
      (seen) => get(`${CONFIG_MAPS}?${OURS}&limit=1&continue=${nextPage(seen, 3)}`),
      (seen) => get(`${CONFIG_MAPS}?${OURS}&limit=1&continue=${nextPage(seen, 5)}`),
      (seen) =>
        get(`${CONFIG_MAPS}?${OURS}&resourceVersionMatch=Exact&resourceVersion=${firstVersion(seen)}`),
      (seen) => get(`${CONFIG_MAPS}?${OURS}&limit=2&resourceVersion=${firstVersion(seen)}`),
      (seen) =>
        get(`${CONFIG_MAPS}?${OURS}&resourceVersionMatch=NotOlderThan&resourceVersion=${firstVersion(seen)}`),
      (seen) => get(`${CONFIG_MAPS}?watch=1&${OURS}&timeoutSeconds=1&resourceVersion=${firstVersion(seen)}`),
      get(`${CONFIG_MAPS}?${OURS}`),
    ],
  },
]
