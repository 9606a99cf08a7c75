import { expect, test } from 'vitest'
import { DEFAULT_ANNOTATION_NAMES as NAMES } from './annotation-names.ts'
import { type Compat, FABRIC8_CONFIG_MAPS, FABRIC8_SECRETS, WAVE_ANNOTATION, withCompat } from './compat.ts'
import { settingsOf } from './settings.ts'

const BOTH: readonly Compat[] = ['wave', 'fabric8']

test.each<[string, Readonly<Record<string, string>>, readonly Compat[], Readonly<Record<string, string>>]>([
  ['Wave opts in', { [WAVE_ANNOTATION]: 'true' }, BOTH, { [NAMES.auto]: 'true' }],
  ['Wave is not asked for', { [WAVE_ANNOTATION]: 'true' }, ['fabric8'], {}],
  ['Wave says something else than true', { [WAVE_ANNOTATION]: 'yes' }, BOTH, {}],
  ['ours says no', { [WAVE_ANNOTATION]: 'true', [NAMES.auto]: 'false' }, BOTH, { [NAMES.auto]: 'false' }],
  ['fabric8 names ConfigMaps', { [FABRIC8_CONFIG_MAPS]: 'a,b' }, BOTH, { [NAMES.configMapReload]: 'a,b' }],
  ['fabric8 names Secrets', { [FABRIC8_SECRETS]: 'a' }, BOTH, { [NAMES.secretReload]: 'a' }],
  ['fabric8 names none', { [FABRIC8_CONFIG_MAPS]: ' ' }, BOTH, {}],
  ['fabric8 is not asked for', { [FABRIC8_CONFIG_MAPS]: 'a' }, ['wave'], {}],
  [
    'both name some',
    { [FABRIC8_CONFIG_MAPS]: 'a', [NAMES.configMapReload]: 'b' },
    BOTH,
    { [NAMES.configMapReload]: 'b,a' },
  ],
])('where %s', (_, annotations, compat, translated) => {
  expect(withCompat(annotations, NAMES, compat)).toEqual({ ...annotations, ...translated })
})

test('a workload is opted in by what is translated', () => {
  const metadata = withCompat({ [FABRIC8_CONFIG_MAPS]: 'conf' }, NAMES, BOTH)
  const { optedIn, types } = settingsOf(
    { metadata, template: undefined },
    { names: NAMES, autoReloadAll: false },
  )
  expect([optedIn, types.ConfigMap.named.map(({ text }) => text)]).toEqual([true, ['conf']])
})
