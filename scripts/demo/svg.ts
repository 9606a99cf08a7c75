// A recorded run as an SVG picture of a terminal, for light and dark pages, that plays in the time that it took.
import { LOOK_CODE, withoutColours } from '../../src/cli/demo/page.ts'
import type { RecordedLine } from './recording.ts'

const COLUMNS = 80
/** As many as the opening and the first act need, for those who want nothing to move. */
const ROWS = 34
const [CHARACTER, LINE, MARGIN] = [8.43, 19, 20]
/** Nobody wants to watch nothing for longer. */
const LONGEST_PAUSE_MS = 1_600
/** To read what an act is about. */
const READING_MS = 1_400
const OPENING_MS = 4_000
const LAST_LOOK_MS = 8_000

const CLASSES: Readonly<Record<string, string>> = {
  1: 'strong',
  2: 'faint',
  31: 'bad',
  32: 'good',
  36: 'name',
}

const LIGHT = {
  back: '#ffffff',
  text: '#1f2328',
  faint: '#59636e',
  good: '#1a7f37',
  bad: '#d1242f',
  name: '#0969da',
}
const DARK = {
  back: '#0d1117',
  text: '#e6edf3',
  faint: '#9198a1',
  good: '#3fb950',
  bad: '#f85149',
  name: '#58a6ff',
}

/** The picture. Its words are those of the lines, each line a `<text>` of its own. */
export function demoSvg(lines: readonly RecordedLine[]): string {
  const width = Math.round(COLUMNS * CHARACTER + 2 * MARGIN)
  const height = ROWS * LINE + 2 * MARGIN
  const moments = momentsOf(lines)
  const seconds = ((moments.at(-1)?.atMs ?? 0) + LAST_LOOK_MS) / 1_000
  const texts = lines.map(({ text }, index) => textLine(text, index)).filter((each) => each !== '')
  const cover = `<rect class="cover" x="1" width="${width - 2}" height="${(lines.length + ROWS) * LINE}"/>`
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="A recorded run of npm run demo">`,
    `<style>${styles(moments, seconds)}</style>`,
    `<rect class="frame" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    `<clipPath id="screen"><rect width="${width}" height="${ROWS * LINE}"/></clipPath>`,
    `<g transform="translate(0 ${MARGIN})" clip-path="url(#screen)">`,
    '<g class="roll">',
    ...texts,
    cover,
    '</g>',
    '</g>',
    '</svg>',
  ].join('\n')}\n`
}

interface Moment {
  readonly atMs: number
  /** How many lines there are from now on. */
  readonly count: number
}

/** When lines appear, with the pauses made bearable. The opening is there from the beginning. */
function momentsOf(lines: readonly RecordedLine[]): readonly Moment[] {
  const opening = lines.findIndex(({ text }) => withoutColours(text).startsWith('── '))
  const moments: Moment[] = [{ atMs: 0, count: opening }]
  let [last, at] = [lines[opening]?.atMs ?? 0, OPENING_MS]
  for (const [index, { atMs, text }] of lines.entries()) {
    if (index < opening) continue
    const pause = Math.min(atMs - last, LONGEST_PAUSE_MS)
    const isRead = text.trim() === '' && moments.length > 0 && isAfterText(lines, index)
    at += Math.round(pause / 50) * 50 + (isRead ? READING_MS : 0)
    last = atMs
    if (moments.at(-1)?.atMs === at) moments.pop()
    moments.push({ atMs: at, count: index + 1 })
  }
  return moments
}

/** The empty line below what an act is about. */
function isAfterText(lines: readonly RecordedLine[], index: number): boolean {
  return (
    /^ {2}\S/.test(lines[index - 1]?.text ?? '') &&
    /^\S* *\d/.test(withoutColours(lines[index + 1]?.text ?? ''))
  )
}

function styles(moments: readonly Moment[], seconds: number): string {
  const frames = moments.map(({ atMs, count }) => {
    const percent = `${(atMs / 10 / seconds || 0).toFixed(2)}%`
    const up = Math.max(0, count - ROWS) * LINE
    return {
      roll: `${percent}{transform:translateY(${-up}px)}`,
      cover: `${percent}{transform:translateY(${count * LINE}px)}`,
    }
  })
  const colours = ({ back, text, faint, good, bad, name }: typeof LIGHT) =>
    `.frame,.cover{fill:${back}}text{fill:${text}}.faint{fill:${faint}}.good{fill:${good}}.bad{fill:${bad}}.name{fill:${name}}`
  return [
    "text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}",
    '.strong{font-weight:700}.frame{stroke:#8b949e66}.cover{display:none}',
    colours(LIGHT),
    `@media(prefers-color-scheme:dark){${colours(DARK)}}`,
    '@media(prefers-reduced-motion:no-preference){',
    `.cover{display:block;animation:cover ${seconds}s step-end infinite}.roll{animation:roll ${seconds}s step-end infinite}`,
    `@keyframes roll{${frames.map(({ roll }) => roll).join('')}}`,
    `@keyframes cover{${frames.map(({ cover }) => cover).join('')}}`,
    '}',
  ].join('')
}

function textLine(text: string, index: number): string {
  const content = spans(text)
  if (content === '') return ''
  return `<text x="${MARGIN}" y="${index * LINE + 14}" xml:space="preserve">${content}</text>`
}

/** Each stretch of one look becomes a span; a code that ends a look ends the span. */
function spans(text: string): string {
  const parts = text.split(LOOK_CODE)
  let out = ''
  for (let at = 0; at < parts.length; at += 2) {
    const [code, words] = [parts[at - 1] ?? '', escaped(parts[at] ?? '')]
    const look = CLASSES[code]
    if (words !== '') out += look === undefined ? words : `<tspan class="${look}">${words}</tspan>`
  }
  return out
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** The words of a picture, line by line. */
export function wordsOf(svg: string): readonly string[] {
  return [...svg.matchAll(/<text [^>]*>(.*?)<\/text>/g)].map(([, content = '']) =>
    content
      .replace(/<[^>]*>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&'),
  )
}
