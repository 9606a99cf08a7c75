import { describe, expect, it } from 'vitest'
import { config } from '../../test/builders.ts'
import { follows } from '../../test/follows.ts'
import { DEFAULT_ANNOTATION_NAMES } from './settings/annotation-names.ts'

const NAMES = DEFAULT_ANNOTATION_NAMES
const EXCLUDE = 'configmaps.exclude.reloader.stakater.com/reload'

/** The reason why a workload with these annotations follows the ConfigMap `conf`; `no` where it does not. */
function reasonFor(annotations: Readonly<Record<string, string>>, options: ReasonOptions = {}): string {
  const { referenced = true, onConfig = {}, autoReloadAll = false } = options
  const spec = referenced ? USES_CONF : {}
  const found = follows({ annotations, spec }, [config('ConfigMap', 'conf', { annotations: onConfig })], {
    autoReloadAll,
  })
  return found.find((follow) => follow.config.name === 'conf')?.reason ?? 'no'
}

interface ReasonOptions {
  readonly referenced?: boolean
  readonly onConfig?: Readonly<Record<string, string>>
  readonly autoReloadAll?: boolean
}

const USES_CONF = { containers: [{ name: 'app', envFrom: [{ configMapRef: { name: 'conf' } }] }] }

describe('the truth table of spec 2.4', () => {
  /** A cell: `-` the annotation is not there, `""` it is there and empty, `*` any, else its value. */
  type Row = readonly [
    auto: string,
    typed: string,
    named: string,
    search: string,
    match: string,
    excluded: string,
    all: string,
    result: string,
  ]
  const ROWS: readonly Row[] = [
    ['-', '-', '-', '-', '-', '-', 'no', 'no'],
    ['-', '-', '-', '-', '-', '-', 'yes', 'reload'],
    ['true', '*', '*', '*', '*', 'no', '*', 'reload'],
    ['false', '-', 'no', '-', '-', 'no', 'yes', 'no'],
    ['false', 'true', 'no', '-', '-', 'no', '*', 'reload'],
    ['""', '-', 'no', '-', '-', 'no', 'yes', 'reload'],
    ['yes', '-', 'no', '-', '-', 'no', 'yes', 'no'],
    ['-', '-', 'yes', '-', '-', 'no', '*', 'reload even if unreferenced'],
    ['false', 'false', 'yes', '-', '-', 'no', '*', 'reload'],
    ['-', '-', 'no', 'true', 'true', 'no', 'no', 'reload only if referenced'],
    ['-', '-', 'no', 'true', 'no', 'no', 'no', 'no'],
    ['any', 'any', 'any', 'any', 'any', 'yes', 'any', 'no'],
  ]
  const VALUES: Readonly<Record<string, readonly string[]>> = {
    '*': ['-', '""', 'true', 'false'],
    any: ['-', 'true', 'yes'],
  }

  function cell(key: string, value: string): Readonly<Record<string, string>> {
    return value === '-' ? {} : { [key]: value === '""' ? '' : value }
  }

  function namedCell(value: string): Readonly<Record<string, string>> {
    if (value === 'yes' || value === 'true') return { [NAMES.configMapReload]: 'x,conf' }
    return value === '-' ? {} : { [NAMES.configMapReload]: 'other' }
  }

  function expand([first, ...rest]: readonly string[]): readonly (readonly string[])[] {
    if (first === undefined) return [[]]
    return (VALUES[first] ?? [first]).flatMap((value) => expand(rest).map((tail) => [value, ...tail]))
  }

  it.each(ROWS)(
    'auto %s, auto of ConfigMaps %s, named %s, search %s, match %s, excluded %s, flag %s: %s',
    (...row) => {
      const result = row[7]
      for (const [
        auto = '',
        typed = '',
        named = '',
        search = '',
        match = '',
        excluded = '',
        all = '',
      ] of expand(row.slice(0, 7))) {
        const annotations = {
          ...cell(NAMES.auto, auto),
          ...cell(NAMES.configMapAuto, typed),
          ...namedCell(named),
          ...cell(NAMES.search, search),
          ...(excluded === 'yes' ? { [EXCLUDE]: 'other, conf' } : {}),
        }
        const options = { autoReloadAll: all === 'yes' || all === 'true', onConfig: cell(NAMES.match, match) }
        const referenced = reasonFor(annotations, options) !== 'no'
        const unreferenced = reasonFor(annotations, { ...options, referenced: false }) !== 'no'
        expect(referenced).toBe(result !== 'no')
        if (result === 'reload even if unreferenced') expect(unreferenced).toBe(true)
        if (result === 'reload only if referenced') expect(unreferenced).toBe(false)
      }
    },
  )
})

describe('the order of the rules', () => {
  const EVERYTHING = {
    [NAMES.auto]: 'true',
    [NAMES.configMapReload]: 'conf',
    [NAMES.search]: 'true',
  }

  it.each([
    [
      'ignored on the config beats everything',
      EVERYTHING,
      { [NAMES.ignore]: 'true', [NAMES.match]: 'true' },
      'no',
    ],
    ['ignore counts only as exactly true', EVERYTHING, { [NAMES.ignore]: 'True' }, 'Named'],
    ['an exclude beats the named list', { ...EVERYTHING, [EXCLUDE]: 'conf' }, {}, 'no'],
    ['an exclude is an exact name', { ...EVERYTHING, [EXCLUDE]: 'con' }, {}, 'Named'],
    ['named comes before search', EVERYTHING, { [NAMES.match]: 'true' }, 'Named'],
    [
      'search comes before auto',
      { [NAMES.search]: 'true', [NAMES.auto]: 'true' },
      { [NAMES.match]: 'true' },
      'SearchMatch',
    ],
    [
      'search without a match does not stand in the way of auto',
      { [NAMES.search]: 'true', [NAMES.auto]: 'true' },
      {},
      'Auto',
    ],
    ['match without search is nothing', { [NAMES.auto]: 'false' }, { [NAMES.match]: 'true' }, 'no'],
    ['match counts only as exactly true', { [NAMES.search]: 'true' }, { [NAMES.match]: 'yes' }, 'no'],
    ['the auto of ConfigMaps', { [NAMES.configMapAuto]: '1' }, {}, 'Auto'],
    ['the auto of Secrets says nothing of ConfigMaps', { [NAMES.secretAuto]: 'true' }, {}, 'no'],
    ['match on the workload', { [NAMES.match]: 'true' }, {}, 'Auto'],
    ['a list as the value of auto', { [NAMES.auto]: 'a,con.+' }, {}, 'Named'],
  ])('%s', (_what, annotations, onConfig, reason) => {
    expect(reasonFor(annotations, { onConfig })).toBe(reason)
  })

  it.each([
    [{}, 'AutoReloadAll'],
    [{ [NAMES.configMapReload]: 'other' }, 'AutoReloadAll'],
    [{ [NAMES.auto]: 'true' }, 'Auto'],
    [{ [NAMES.search]: 'true' }, 'AutoReloadAll'],
    [{ [NAMES.auto]: 'other' }, 'no'],
  ])('%j under --auto-reload-all: %s', (annotations, reason) => {
    expect(reasonFor(annotations, { autoReloadAll: true })).toBe(reason)
  })

  it.each([
    [{ [NAMES.auto]: 'true' }, false],
    [{ [NAMES.search]: 'true' }, false],
    [{ [NAMES.configMapReload]: 'conf' }, true],
    [{ [NAMES.auto]: 'conf' }, true],
  ])('%j follows what the template does not use: %s', (annotations, expected) => {
    const onConfig = { [NAMES.match]: 'true' }
    expect(reasonFor(annotations, { referenced: false, onConfig }) !== 'no').toBe(expected)
  })
})
