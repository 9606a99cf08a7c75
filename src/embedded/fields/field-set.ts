// Sets of field paths, as managedFields keeps them (sigs.k8s.io/structured-merge-diff/fieldpath). A path element is
// `f:name` for a field, `k:{...}` for an item of a list by its keys, `v:...` for an item of a set.
import { isObject, type Json, type JsonObject } from '../object/json.ts'

/** The paths at and under one place. */
export interface FieldSet {
  /** Whether the place itself is in the set. */
  readonly self: boolean
  readonly children: ReadonlyMap<string, FieldSet>
}

export const EMPTY: FieldSet = { self: false, children: new Map() }
export const SELF: FieldSet = { self: true, children: new Map() }

export function isEmptySet({ self, children }: FieldSet): boolean {
  return !self && children.size === 0
}

/** Builds a set from members that may be empty, which are left out. */
export function setOf(self: boolean, members: Iterable<readonly [string, FieldSet]>): FieldSet {
  return { self, children: new Map([...members].filter(([, child]) => !isEmptySet(child))) }
}

/** The set that holds nothing but the paths given as lists of elements. */
export function pathSet(...paths: readonly (readonly string[])[]): FieldSet {
  return paths.reduce<FieldSet>((set, path) => unionOf(set, pathOf(path)), EMPTY)
}

function pathOf([element, ...rest]: readonly string[]): FieldSet {
  return element === undefined ? SELF : { self: false, children: new Map([[element, pathOf(rest)]]) }
}

export function unionOf(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(a)) return b
  if (isEmptySet(b)) return a
  const keys = new Set([...a.children.keys(), ...b.children.keys()])
  return setOf(
    a.self || b.self,
    [...keys].map((key) => [key, unionOf(a.children.get(key) ?? EMPTY, b.children.get(key) ?? EMPTY)]),
  )
}

/** The paths of `a` that are not in `b`; what lies under a path of `b` stays. */
export function differenceOf(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(b)) return a
  return setOf(
    a.self && !b.self,
    [...a.children].map(([key, child]) => [key, differenceOf(child, b.children.get(key) ?? EMPTY)]),
  )
}

/** The paths that are in both. */
export function intersectionOf(a: FieldSet, b: FieldSet): FieldSet {
  return setOf(
    a.self && b.self,
    [...a.children].map(([key, child]) => [key, intersectionOf(child, b.children.get(key) ?? EMPTY)]),
  )
}

/** The paths of `a` that are neither in `b` nor under a path of `b`. */
export function outsideOf(a: FieldSet, b: FieldSet): FieldSet {
  if (b.self) return EMPTY
  return setOf(
    a.self,
    [...a.children].map(([key, child]) => [key, outsideOf(child, b.children.get(key) ?? EMPTY)]),
  )
}

/** The paths under a place as messages write them, `.data.a` or `.list[name="x"]`: those nearest to it first. */
export function pathTexts(set: FieldSet): readonly string[] {
  const members = sortedMembers(set)
  return [
    ...members.flatMap(([element, { self }]) => (self ? [elementText(element)] : [])),
    ...members.flatMap(([element, child]) => pathTexts(child).map((path) => elementText(element) + path)),
  ]
}

function sortedMembers({ children }: FieldSet): readonly (readonly [string, FieldSet])[] {
  return [...children].sort(([a], [b]) => (a < b ? -1 : 1))
}

function elementText(element: string): string {
  const content = element.slice(2)
  if (element.startsWith('f:')) return `.${content}`
  if (element.startsWith('v:')) return `[=${content}]`
  const keys: Json = JSON.parse(content)
  const named = Object.entries(isObject(keys) ? keys : {})
  return `[${named.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`
}

/** The FieldsV1 form. */
export function toFieldsV1(set: FieldSet): JsonObject {
  return Object.fromEntries(sortedMembers(set).map(([key, child]) => [key, nodeOf(child)]))
}

function nodeOf(set: FieldSet): JsonObject {
  return set.self && set.children.size > 0 ? { '.': {}, ...toFieldsV1(set) } : toFieldsV1(set)
}

/** Reads the FieldsV1 form; what is not of that form counts for nothing. */
export function fromFieldsV1(fields: JsonObject): FieldSet {
  return setOf(
    false,
    Object.entries(fields).flatMap(([key, node]) =>
      key !== '.' && isObject(node) ? [[key, parseNode(node)] as const] : [],
    ),
  )
}

function parseNode(node: JsonObject): FieldSet {
  const { children } = fromFieldsV1(node)
  return { self: '.' in node || Object.keys(node).length === 0, children }
}
