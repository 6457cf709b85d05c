// bowsprit config which: tells which jobs a change would start, and why the others would not run.
import { suggestion } from '../config/did-you-mean.ts'
import { enabledPlugins } from '../tools/checkconfig/plugin-checks.ts'
import { jsonText } from '../tools/json-text.ts'
import { type Answer, whichJobs } from '../tools/which.ts'
import { printable } from '../up/printable.ts'
import { command } from './command.ts'
import { flag, UsageError } from './flags.ts'
import { readingFlags, readSnapshot, shownFrom } from './reading.ts'

export default command({
  name: 'config which',
  about: 'Tells which jobs a change would start, and why not the others.',
  operands: 'ORG/REPO',
  flags: {
    ...readingFlags,
    branch: flag.text({ about: 'Branch that the change is for.' }),
    files: flag.list({ about: 'Changed files, with commas between them; --files= is a change without files.' }),
    comment: flag.text({ about: 'A comment on the pull request; without it: opened or pushed to, and then merged.' }),
    failed: flag.list({ about: 'Context that has failed, for /retest.' }),
    passed: flag.list({ about: 'Context that has passed, for /retest.' }),
    output: flag.choice({ choices: ['text', 'json'], about: 'Form of the answer.' }),
  },
  examples: [
    [
      'bowsprit config which my-org/my-repo --branch main --files docs/a.md,src/b.go --config-path config.yaml',
      'What a pull request with these files starts, and its merge.',
    ],
    [
      'bowsprit config which my-org/my-repo --branch main --comment "/test all" --config-path config.yaml',
      'What a comment starts.',
    ],
    [
      'bowsprit config which my-org/my-repo --branch main --comment /retest --failed unit --output json --config-path config.yaml',
      'What /retest starts after unit has failed, for a program.',
    ],
  ],
  async run({ flags, rest, machine }) {
    const [repo = '', ...more] = rest
    if (!/^[^/]+\/[^/]+$/.test(repo) || more.length > 0) throw new UsageError('name one repository: ORG/REPO')
    if (!flags.branch) throw new UsageError('--branch is needed')
    const { config, plugins } = await readSnapshot(flags)
    const repos = [...Object.keys(config.presubmits), ...Object.keys(config.postsubmits)]
    if (!repos.includes(repo)) throw new Error(`there are no jobs for ${repo}${suggestion(repo, repos)}`)
    const answers = await whichJobs(config, {
      repo,
      branch: flags.branch,
      ...(flags.files.length > 0 && { files: flags.files.flatMap((files) => files.split(',')).filter(Boolean) }),
      ...(flags.comment && { comment: flags.comment }),
      contexts: { present: new Set([...flags.failed, ...flags.passed]), failed: new Set(flags.failed) },
    })
    if (flags['plugin-config'] && !enabledPlugins(plugins, repo).has('trigger')) {
      machine.stderr.write(`The plugin trigger is not enabled for ${repo}, so in fact nothing starts.\n`)
    }
    machine.stdout.write(flags.output === 'json' ? json(answers, shownFrom(machine.cwd)) : text(answers, flags.branch))
    return 0
  },
})

// Longer reasons, which have long patterns, are cut; JSON has them whole.
const reasonWidth = 150

function text(answers: readonly Answer[], branch: string): string {
  const width = Math.max(0, ...answers.map(({ name }) => name.length))
  const here = answers.filter(({ forBranch }) => forBranch)
  const groups = [
    { heading: 'Runs', of: here.filter(({ runs }) => runs) },
    { heading: 'Depends on the changed files (--files)', of: here.filter(({ runs }) => runs === undefined) },
    { heading: 'Does not run', of: here.filter(({ runs }) => runs === false) },
    { heading: `Not for the branch ${branch}`, of: answers.filter(({ forBranch }) => !forBranch) },
  ]
  const parts = groups
    .filter(({ of }) => of.length > 0)
    .map(({ heading, of }) => {
      const rows = of.map(({ type, name, because }) => {
        const reason = because.length > reasonWidth ? `${because.slice(0, reasonWidth)}…` : because
        return printable(`  ${type.padEnd(10)}  ${name.padEnd(width)}  ${reason}`)
      })
      return [printable(`${heading}:`), ...rows].join('\n')
    })
  return `${parts.join('\n\n')}\n`
}

const json = (answers: readonly Answer[], shown: (file: string) => string): string =>
  jsonText(
    answers.map(({ type, name, runs, because, forBranch, place }) => ({
      type,
      name,
      runs: runs ?? null,
      because,
      forBranch,
      ...(place && { file: shown(place.file), line: place.line }),
    })),
  )
