// The acts as they stand on docs/demo.md: what each shows, and what it looked like.
import type { Act } from '../../src/cli/demo/act.ts'
import { withoutColours } from '../../src/cli/demo/page.ts'
import type { RecordedLine } from './recording.ts'

const BLOCK = /(<!-- acts: [^>]*-->\n)([\s\S]*?)(<!-- end of acts -->)/

/** `page` with what stands between its marks replaced. Throws where it has no marks. */
export function withActs(page: string, markdown: string): string {
  if (!BLOCK.test(page)) throw new Error('Cannot write the acts: the page has no marks for them')
  return page.replace(BLOCK, (_all, start: string, _old, end: string) => `${start}\n${markdown}\n${end}`)
}

/** A section for each act. */
export function actsMarkdown(acts: readonly Act[], lines: readonly RecordedLine[]): string {
  const texts = lines.map(({ text }) => withoutColours(text))
  return acts
    .map(({ title, text }, index) => {
      const start = texts.findIndex((line) => line.startsWith(`── ${index + 1}  ${title} `))
      const rest = texts.slice(start + 1)
      const end = rest.findIndex((line) => line.startsWith('── '))
      const happened = rest.slice(0, end)
      // The text of the act stands above as prose.
      const shown = happened
        .slice(happened.indexOf('') + 1)
        .join('\n')
        .trimEnd()
      return `## ${index + 1}. ${title}\n\n${text}\n\n\`\`\`text\n${shown}\n\`\`\`\n`
    })
    .join('\n')
}

/** The lines of the code blocks between the marks. */
export function linesOnPage(page: string): readonly string[] {
  const [, , acts = ''] = BLOCK.exec(page) ?? []
  return [...acts.matchAll(/```text\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.split('\n'))
}
