// bowsprit config explain: a job with every default, preset and decoration, and where each of its values is written.
import { allowsBranch } from '../config/branches.ts'
import { suggestion } from '../config/did-you-mean.ts'
import { ConfigError } from '../config/errors.ts'
import type { SourcePlace } from '../config/types.ts'
import { systemClock } from '../system/clock.ts'
import { allJobs } from '../tools/all-jobs.ts'
import { type Explanation, explainJobs, type Wanted } from '../tools/explain/explain.ts'
import { explanationText } from '../tools/explain/text.ts'
import { jsonText } from '../tools/json-text.ts'
import { readConfiguration } from '../tools/reading.ts'
import { command } from './command.ts'
import { flag, UsageError, type Values } from './flags.ts'
import { looksOn, readingFlags, readingPaths } from './reading.ts'

const flags = {
  ...readingFlags,
  repo: flag.text({ about: 'ORG/REPO of the job, where several repositories have one of that name.' }),
  type: flag.choice({ choices: ['any', 'presubmit', 'postsubmit', 'periodic'], about: 'Type of the job.' }),
  branch: flag.text({ about: 'Only jobs that run on this branch; periodics do not.' }),
  output: flag.choice({ choices: ['text', 'json'], about: 'Form of the answer.' }),
}

export default command({
  name: 'config explain',
  about: 'Prints a job with every default, preset and decoration in it, and where each value comes from.',
  operands: 'JOB',
  flags,
  examples: [
    [
      'bowsprit config explain pull-unit --config-path config.yaml --job-config-path jobs',
      'YAML, each value with a comment: the file and line that set it, or which default did.',
    ],
    [
      'bowsprit config explain pull-unit --repo my-org/my-repo --branch main --config-path config.yaml --job-config-path jobs',
      'Of several jobs of that name, the one of this repository and branch.',
    ],
  ],
  async run({ flags: values, rest, machine }) {
    const [name, ...more] = rest
    if (name === undefined || more.length > 0) throw new UsageError('name one job: JOB')
    const { snapshot, problems, files } = await readConfiguration(readingPaths(values), systemClock.now())
    if (snapshot === undefined || files.main === undefined) throw new ConfigError(problems)
    const names = allJobs(snapshot.config).map(({ job }) => job.name)
    if (!names.includes(name)) throw new Error(`there is no job ${name}${suggestion(name, [...new Set(names)])}`)
    const found = explainJobs(snapshot.config, { main: files.main, jobs: files.jobs }, wanted(name, values))
    if (found.length === 0) throw new Error(`no job ${name} is one that --repo, --type and --branch ask for`)
    const looks = looksOn(machine)
    machine.stdout.write(values.output === 'json' ? json(found, looks.shown) : explanationText(found, looks))
    return 0
  },
})

const wanted =
  (name: string, { repo, type, branch }: Values<typeof flags>): Wanted =>
  (each, job) =>
    job.raw.name === name &&
    (type === 'any' || type === each) &&
    (repo === '' || repo === job.repo) &&
    (branch === '' || (each !== 'periodic' && allowsBranch(job.raw, branch)))

function json(found: readonly Explanation[], shown: (file: string) => string): string {
  const at = (place: SourcePlace | undefined) => place && { ...place, file: shown(place.file) }
  const jobs = found.map(({ type, repo, job, values }) => ({
    type,
    ...(repo !== '' && { repo }),
    name: job.name,
    ...at(job.source),
    values: values.map(({ path, value, origin: { place, ...origin } }) => ({ path, value, ...origin, ...at(place) })),
  }))
  return jsonText(jobs)
}
