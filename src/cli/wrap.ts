// Breaks text into lines for a terminal.

/** The widest line, so that it can be read on any terminal. */
export const TERMINAL_WIDTH = 80

/** Lines of at most `width` characters, broken at spaces; only a word that is longer makes a longer line. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** `text` indented by `indent` spaces, its further lines by two more. */
export function indented(text: string, indent: number): readonly string[] {
  const [first = '', ...rest] = wrap(text, TERMINAL_WIDTH - indent)
  const more = rest.length === 0 ? [] : wrap(rest.join(' '), TERMINAL_WIDTH - indent - 2)
  return [`${' '.repeat(indent)}${first}`, ...more.map((line) => `${' '.repeat(indent + 2)}${line}`)]
}
