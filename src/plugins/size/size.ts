// size: says with a label how many lines a pull request changes.
import type { ChangedFile } from '../../api/code-host.ts'
import { type PullRequestEvent, plugin } from '../../hook/plugin.ts'
import { takeAll } from '../shared/steps.ts'
import { type Attributes, parseAttributes } from './attributes.ts'
import { isGenerated, type ReadFile, readGenerated } from './generated.ts'

/** From how many lines on each size begins. */
export interface Sizes {
  readonly s: number
  readonly m: number
  readonly l: number
  readonly xl: number
  readonly xxl: number
}

/** What is not set, or 0, has its default. */
export const sizesOf = ({ s, m, l, xl, xxl }: Partial<Sizes> = {}): Sizes => ({
  s: s || 10,
  m: m || 30,
  l: l || 100,
  xl: xl || 500,
  xxl: xxl || 1000,
})

export function labelFor(lines: number, { s, m, l, xl, xxl }: Sizes): string {
  if (lines < s) return 'size/XS'
  if (lines < m) return 'size/S'
  if (lines < l) return 'size/M'
  if (lines < xl) return 'size/L'
  return lines < xxl ? 'size/XL' : 'size/XXL'
}

type Lines = Pick<ChangedFile, 'filename' | 'additions' | 'deletions'>

/** Added and removed lines of the files that people write. */
export const countedLines = (files: readonly Lines[], isLeftOut: (path: string) => boolean): number =>
  files
    .filter(({ filename }) => !isLeftOut(filename))
    .reduce((sum, { additions, deletions }) => sum + additions + deletions, 0)

/** Whether the changed lines may be others than before. */
function isDue({ action, changes }: PullRequestEvent): boolean {
  if (action === 'edited') return changes.baseRef !== undefined || (changes.title ?? changes.body) === undefined
  return action === 'opened' || action === 'reopened' || action === 'synchronize'
}

const readAttributes = async (read: ReadFile): Promise<Attributes> =>
  parseAttributes((await read('.gitattributes')) ?? '')

export default plugin({
  name: 'size',
  about: "Says with one of the labels 'size/XS' to 'size/XXL' how many lines a pull request changes.",
  handlers: {
    async pull_request({ event, pr, host, plugins, log }) {
      if (!isDue(event)) return
      const read: ReadFile = async (path) => {
        const bytes = await host.file(pr, path, event.pr.base.sha)
        return bytes && new TextDecoder().decode(bytes)
      }
      const [rules, isMarked, files] = await Promise.all([readGenerated(read), readAttributes(read), pr.changedFiles()])
      for (const problem of rules.problems) log.warn({ problem }, 'a line of .generated_files does not count')
      const lines = countedLines(files, (path) => isGenerated(rules, path) || isMarked(path))
      const label = labelFor(lines, sizesOf(plugins.sections.size))
      const others = (await pr.labels()).filter((other) => other.startsWith('size/') && other !== label)
      await takeAll([...others, label].map((one) => () => pr.setLabel(one, one === label)))
    },
  },
  help: ({ sections }) => ({ config: { '': describe(sizesOf(sections.size)) }, snippet }),
})

const describe = ({ s, m, l, xl, xxl }: Sizes): string =>
  `Sizes by changed lines:<ul>${[
    ['XS', `0-${s - 1}`],
    ['S', `${s}-${m - 1}`],
    ['M', `${m}-${l - 1}`],
    ['L', `${l}-${xl - 1}`],
    ['XL', `${xl}-${xxl - 1}`],
    ['XXL', `${xxl}+`],
  ]
    .map(([name, range]) => `<li>size/${name}: ${range}</li>`)
    .join('')}</ul>`

const snippet = `size:
  # From how many changed lines on each size begins. Set all of them or none.
  s: 10
  m: 30
  l: 100
  xl: 500
  xxl: 1000
`
