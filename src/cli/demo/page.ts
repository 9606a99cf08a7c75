// What the demo writes: calm lines of at most 80 columns, coloured only where somebody asked for colours.

/** How a piece of text looks. */
export type Look = 'strong' | 'faint' | 'good' | 'bad' | 'name'

/** `text` in that look. */
export type Paint = (look: Look, text: string) => string

export const WIDTH = 80

const ESCAPE = '\x1b['
/** The number of a code that changes the look of what follows. */
export const LOOK_CODE: RegExp = new RegExp(`${ESCAPE.replace('[', '\\[')}(\\d+)m`)
const LOOK_CODES = new RegExp(LOOK_CODE, 'g')
const CODES: Readonly<Record<Look, readonly [on: number, off: number]>> = {
  strong: [1, 22],
  faint: [2, 22],
  good: [32, 39],
  bad: [31, 39],
  name: [36, 39],
}

/** Colours for a terminal, or none. */
export function createPaint(coloured: boolean): Paint {
  if (!coloured) return (_look, text) => text
  return (look, text) => {
    const [on, off] = CODES[look]
    return `${ESCAPE}${on}m${text}${ESCAPE}${off}m`
  }
}

/** Whether to colour: on a terminal, unless NO_COLOR (no-color.org) is set to anything, or the terminal is a dumb one. */
export function wantsColour(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  return isTerminal && !env.NO_COLOR && env.TERM !== 'dumb'
}

/** How many columns `text` takes; what colours it takes none. */
export function widthOf(text: string): number {
  return [...withoutColours(text)].length
}

/** The text alone. */
export function withoutColours(text: string): string {
  return text.replace(LOOK_CODES, '')
}

export interface WrapOptions {
  /** Before the first line. */
  readonly first?: string
  /** Before every other line; default: as wide as `first`. */
  readonly next?: string
}

/** The words of `text` in lines of at most 80 columns; more than one space between two stays. A word longer than a line is cut. */
export function wrap(
  text: string,
  { first = '', next = ' '.repeat(widthOf(first)) }: WrapOptions = {},
): string[] {
  const lines: string[] = []
  let line = first
  let empty = true
  for (const word of text.split(' ')) {
    if (!empty && widthOf(line) + 1 + widthOf(word) > WIDTH) {
      lines.push(line)
      line = next
      empty = true
    }
    if (empty && word === '') continue
    line += empty ? word : ` ${word}`
    empty = false
  }
  return [...lines, line].map(cut)
}

function cut(line: string): string {
  return widthOf(line) <= WIDTH ? line : `${[...line].slice(0, WIDTH - 1).join('')}…`
}

/** The lines of the demo, in the order in which things happen. */
export interface Page {
  readonly paint: Paint
  /** An empty line, unless the last one is. */
  gap(): void
  /** A line across the page with a title in it; what follows is timed from here. */
  heading(title: string): void
  /** Words for people, a little indented. */
  text(text: string): void
  /** Something that happened now. */
  happened(text: string): void
  /** More of what happened last; `look` is that of each of its lines. */
  more(text: string, look?: Look): void
  /** What came out. */
  verdict(held: boolean, text: string): void
  /** One line as it is. */
  line(text: string): void
}

export interface PageOptions {
  readonly coloured: boolean
  /** Takes one line, without its end. */
  readonly write: (line: string) => void
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number
}

const MARGIN = '  '
const INDENT = ' '.repeat(9)

/** A page; it has nothing on it yet. */
export function createPage({ coloured, write, now }: PageOptions): Page {
  const paint = createPaint(coloured)
  let since = now()
  let last = ''
  const put = (line: string) => {
    last = line.trimEnd()
    write(last)
  }
  const gap = () => {
    if (last !== '') put('')
  }
  const time = () => `${((now() - since) / 1000).toFixed(1).padStart(6)}s `
  return {
    paint,
    gap,
    line: put,
    heading(title) {
      gap()
      const rule = '─'.repeat(Math.max(0, WIDTH - widthOf(title) - 4))
      put(`${paint('faint', '──')} ${paint('strong', title)} ${paint('faint', rule)}`)
      since = now()
    },
    text(text) {
      for (const line of wrap(text, { first: MARGIN })) put(line)
    },
    happened(text) {
      for (const line of wrap(text, { first: `${paint('faint', time())} `, next: `${INDENT}  ` })) put(line)
    },
    more(text, look) {
      for (const line of wrap(text, { first: INDENT, next: `${INDENT}  ` })) {
        const words = line.trimStart()
        const indent = line.slice(0, line.length - words.length)
        put(look === undefined ? line : `${indent}${paint(look, words)}`)
      }
    },
    verdict(held, text) {
      const mark = held ? paint('good', '✓') : paint('bad', '✗')
      for (const line of wrap(text, { first: `      ${mark}  ` })) put(line)
    },
  }
}
