// Which objects are looked at, in words.
import type { Scope } from './options/options.ts'

/** `the whole cluster; without namespaces a, b`: for the log and for the report of a dry run. */
export function scopeText(
  scope: Pick<Scope, 'namespaces' | 'ignoredNamespaces' | 'namespaceSelector' | 'configSelector'>,
): string {
  const { namespaces, ignoredNamespaces, namespaceSelector, configSelector } = scope
  return [
    namespaces === undefined ? 'the whole cluster' : `namespaces ${namespaces.join(', ')}`,
    ...(ignoredNamespaces.length > 0 ? [`without namespaces ${ignoredNamespaces.join(', ')}`] : []),
    ...(namespaceSelector === undefined ? [] : [`only namespaces with ${namespaceSelector}`]),
    ...(configSelector === undefined ? [] : [`only configs with ${configSelector}`]),
  ].join('; ')
}
