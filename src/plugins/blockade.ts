// blockade: keeps pull requests from merging that change protected paths.
import type { ChangedFile, RepoRef } from '../api/code-host.ts'
import { compileRe2, type Pattern } from '../config/re2.ts'
import { htmlEscaped } from '../config/templates/escapes.ts'
import type { PluginConfig } from '../config/types.ts'
import { type ContextOf, plugin } from '../hook/plugin.ts'
import { asCode, boundedList, codeLink } from './shared/as-code.ts'
import { hadLabel } from './shared/had-label.ts'
import { helpByRepo } from './shared/help-by-repo.ts'
import { latePatterns } from './shared/late-patterns.ts'

const label = 'do-not-merge/blocked-paths'
/** Recognised when the comment has become obsolete. */
const marker = `Adding label: \`${label}\` because PR changes a protected file.`

/** One blockade with its patterns compiled. */
export interface Blockade {
  readonly blocks: readonly Pattern[]
  readonly exceptions: readonly Pattern[]
  readonly explanation: string
}

type Settings = NonNullable<PluginConfig['sections']['blockades']>

const isFor =
  ({ org, repo }: RepoRef) =>
  ({ repos }: Settings[number]): boolean =>
    repos.includes(org) || repos.includes(`${org}/${repo}`)

/** The blockades of a repository for a branch; those without a pattern block nothing. */
function blockadesFor(all: Settings, { pr, event, log }: Pick<ContextOf<'pull_request'>, 'pr' | 'event' | 'log'>) {
  return all
    .filter(isFor(pr))
    .filter(({ branchregexp }) => !branchregexp || compileRe2(branchregexp).test(event.pr.base.ref))
    .map(({ blockregexps, exceptionregexps, explanation }) => ({
      blocks: latePatterns(blockregexps, log),
      exceptions: latePatterns(exceptionregexps, log),
      explanation: explanation || 'Files are protected',
    }))
    .filter(({ blocks }) => blocks.length > 0)
}

/**
 * Blocked files by the explanation; a file may be blocked for several reasons. Of one that is renamed both names count: what is
 * protected must not be moved away.
 */
export function blockedFiles<File extends Pick<ChangedFile, 'filename' | 'previous_filename'>>(
  files: readonly File[],
  blockades: readonly Blockade[],
): ReadonlyMap<string, readonly File[]> {
  const blocked = new Map<string, Set<File>>()
  for (const { blocks, exceptions, explanation } of blockades) {
    const isBlocked = (path: string) =>
      blocks.some((pattern) => pattern.test(path)) && !exceptions.some((pattern) => pattern.test(path))
    for (const file of files) {
      const { filename, previous_filename = filename } = file
      if (isBlocked(filename) || isBlocked(previous_filename))
        blocked.set(explanation, (blocked.get(explanation) ?? new Set()).add(file))
    }
  }
  return new Map([...blocked].map(([explanation, found]) => [explanation, [...found]]))
}

function reasons(blocked: ReadonlyMap<string, readonly ChangedFile[]>): string {
  const lines = [...blocked].flatMap(([explanation, files]) => [
    `\n[${explanation}]\n`,
    ...files.map(({ filename, blob_url, previous_filename: before }) => {
      const was = before === undefined ? '' : ` (was ${asCode(before)})`
      return `- ${codeLink(filename, blob_url)}${was}`
    }),
  ])
  return `#### Reasons for blocking this PR:\n${boundedList(lines)}\n`
}

async function check({ event, pr, plugins, log, delivery }: ContextOf<'pull_request'>): Promise<void> {
  if (!['opened', 'reopened', 'synchronize'].includes(event.action)) return
  const isLabelled = await hadLabel(label, event.pr.labels, { pr, delivery })
  const blockades = blockadesFor(plugins.sections.blockades ?? [], { pr, event, log })
  if (blockades.length === 0 && !isLabelled) return
  const blocked = blockades.length === 0 ? new Map() : blockedFiles(await pr.changedFiles(), blockades)
  if (blocked.size > 0 && !isLabelled) {
    await pr.setLabel(label, true)
    await pr.respond(event.pr.user.login, marker, reasons(blocked))
  }
  if (blocked.size === 0 && isLabelled) {
    await pr.setLabel(label, false)
    await pr.prune(({ body }) => body.includes(marker))
  }
}

export default plugin({
  name: 'blockade',
  about: `Keeps pull requests from merging that change protected paths, with the label '${label}'. Paths are protected by patterns, with exceptions.`,
  handlers: { pull_request: check },
  help: ({ sections: { blockades = [] } }, repos) => ({
    config: helpByRepo(repos, (at) => {
      const texts = blockades
        .filter(isFor(at))
        .map(({ branchregexp, blockregexps, exceptionregexps, explanation }) =>
          [
            `Blocks files that match ${blockregexps.join(', ')}`,
            ...(exceptionregexps.length > 0 ? [`unless they match ${exceptionregexps.join(', ')}`] : []),
            ...(branchregexp ? [`on branches that match ${branchregexp}`] : []),
            ...(explanation ? [`because: ${explanation}`] : []),
          ].join(', '),
        )
      return htmlEscaped(texts.join('\n'))
    }),
    snippet: `blockades:
- repos:
  - kubernetes
  - kubernetes/test-infra
  # Branches; all when absent.
  branchregexp: ^release-
  # Files that must not change,
  blockregexps:
  - ^docs/
  # apart from these.
  exceptionregexps:
  - \\.md$
  explanation: The documentation is frozen.
`,
  }),
})
