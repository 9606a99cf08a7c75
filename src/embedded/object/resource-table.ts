// Which resources one server serves: those that every server has, and those that CustomResourceDefinitions add to it.
import { RESOURCES, type Resource } from './resources.ts'

export type ResourcePlace = Pick<Resource, 'group' | 'version' | 'plural'>

export interface ResourceTable {
  /** The resource of a path, or undefined where it is not served. */
  readonly find: (place: ResourcePlace) => Resource | undefined
  /** The resource of a kind. Throws a RangeError for one that is not served. */
  readonly ofKind: (kind: string) => Resource
  /** The built-in ones first. A resource of several versions is there once for each. */
  readonly all: () => readonly Resource[]
  /** Serves these in place of what the same owner had served before. */
  readonly serve: (owner: string, resources: readonly Resource[]) => void
}

const pathOf = ({ group, version, plural }: ResourcePlace): string => `${group}/${version}/${plural}`

const builtIn = new Map(RESOURCES.map((each) => [pathOf(each), each]))

/** A table that begins with the built-in resources. */
export function createResourceTable(): ResourceTable {
  const custom = new Map<string, readonly Resource[]>()
  let byPath: ReadonlyMap<string, Resource> = new Map()
  return {
    find: (place) => builtIn.get(pathOf(place)) ?? byPath.get(pathOf(place)),
    ofKind(kind) {
      const found = [...builtIn.values(), ...byPath.values()].find((each) => each.kind === kind)
      if (found === undefined)
        throw new RangeError(`Cannot find the resource of kind ${kind}: it is not served`)
      return found
    },
    all: () => (byPath.size === 0 ? RESOURCES : [...RESOURCES, ...byPath.values()]),
    serve(owner, resources) {
      if (resources.length === 0) custom.delete(owner)
      else custom.set(owner, resources)
      byPath = new Map([...custom.values()].flat().map((each) => [pathOf(each), each]))
    },
  }
}
