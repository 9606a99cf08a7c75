// Members of a JSON text that stand twice in their object: JSON.parse keeps the last one and does not tell
// (sigs.k8s.io/json, UnmarshalStrict).

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g

/** An object or list under way. */
interface Frame {
  readonly path: string
  /** Undefined in a list. */
  readonly keys: Set<string> | undefined
  readonly told: Set<string>
  /** The last key of an object. */
  key: string
  /** The place in a list. */
  index: number
  /** Whether a text that comes next is a key. */
  beforeKey: boolean
}

/** Their paths, `data.a` or `list[0].name`, each once, in their order. The text has to be JSON. */
export function duplicateFields(text: string): readonly string[] {
  const found: string[] = []
  const frames: Frame[] = []
  for (const [token] of text.matchAll(TOKEN)) {
    const frame = frames.at(-1)
    if (token === '{' || token === '[') frames.push(frameOf(token, memberPath(frame)))
    else if (token === '}' || token === ']') frames.pop()
    else if (token === ',') advance(frame)
    else if (token !== ':' && frame?.beforeKey === true) {
      noteKey(frame, JSON.parse(token), found)
    }
  }
  return found
}

function frameOf(token: string, path: string): Frame {
  const keys = token === '{' ? new Set<string>() : undefined
  return { path, keys, told: new Set(), key: '', index: 0, beforeKey: keys !== undefined }
}

function memberPath(frame: Frame | undefined): string {
  if (frame === undefined) return ''
  if (frame.keys === undefined) return `${frame.path}[${frame.index}]`
  return frame.path === '' ? frame.key : `${frame.path}.${frame.key}`
}

function advance(frame: Frame | undefined): void {
  if (frame === undefined) return
  frame.index += 1
  frame.beforeKey = frame.keys !== undefined
}

function noteKey(frame: Frame, key: string, found: string[]): void {
  frame.key = key
  frame.beforeKey = false
  const path = memberPath(frame)
  if (frame.keys?.has(key) && !frame.told.has(key)) {
    frame.told.add(key)
    found.push(path)
  }
  frame.keys?.add(key)
}
