// The GitHub reporter: a commit status for each state of a job, and one comment per pull request that lists what failed.
// The comment is edited when a further test fails, where upstream deletes it and posts a new one: nobody needs a mail
// for each.
import type { Logger } from 'pino'
import { type CodeHost, CodeHostError } from '../../api/code-host.ts'
import { gerritReportLabel, org as orgLabel, pull as pullLabel, repo as repoLabel } from '../../api/labels.ts'
import type { ProwJob } from '../../api/prowjob.ts'
import { aboutThisBotAndCommands } from '../../api/replies.ts'
import type { Config } from '../../config/types.ts'
import type { Clock } from '../../system/clock.ts'
import { locks } from '../locks.ts'
import type { Reporter } from '../reporter.ts'
import { reports } from './comments.ts'
import { considered, planComment } from './plan.ts'
import { statusOf } from './status.ts'

export interface GitHubReporterOptions {
  readonly host: CodeHost
  readonly config: () => Config
  /** All jobs with this value of `pullOf`. */
  readonly jobsOfPull: (pull: string) => readonly ProwJob[]
  readonly clock: Clock
  readonly log: Logger
  readonly workers: number
  /** Only jobs of this agent; empty is all. */
  readonly agent?: string
  /** Output of a configured report template. Throws when it cannot be made. */
  readonly renderReport: (template: string, job: ProwJob) => string
}

export function githubReporter(options: GitHubReporterOptions): Reporter {
  const { host, config, clock, log } = options
  const comments = reports(host, clock)
  const locked = locks()

  async function comment(job: ProwJob): Promise<void> {
    const { refs } = job.spec
    const number = refs?.pulls?.[0]?.number
    if (!refs || number === undefined) return
    const { github_reporter: settings, plank } = config()
    const names = [refs.org, `${refs.org}/${refs.repo}`]
    if (names.some((name) => settings.no_comment_repos.includes(name))) return
    const summary = names.some((name) => settings.summary_comment_repos.includes(name))
    const all = summary ? options.jobsOfPull(pullOf(job) ?? '') : undefined
    const about = considered(job, all, settings.job_types_to_report)
    if (about === 'nothing') return
    const templates = new Map(Object.entries(plank.report_templates))
    const template = [names[1] ?? '', names[0] ?? '', '*'].map((name) => templates.get(name)).find(Boolean)
    const first = about.jobs[0] ?? job
    const report = template === undefined ? undefined : rendered(template, first)
    await comments.update({ org: refs.org, repo: refs.repo, number }, (known) =>
      planComment(about, known, { report, about: aboutThisBotAndCommands }),
    )
  }

  function rendered(template: string, job: ProwJob): string {
    try {
      return options.renderReport(template, job)
    } catch (error) {
      throw new Error(`generating comment: ${error instanceof Error ? error.message : error}`, { cause: error })
    }
  }

  return {
    name: 'github-reporter',
    workers: options.workers,
    deadlineMs: 300_000,

    shouldReport({ spec, metadata }) {
      if (!spec.report || metadata.labels?.[gerritReportLabel]) return false
      if (spec.type !== 'presubmit' && spec.type !== 'postsubmit') return false
      return spec.refs !== undefined && (!options.agent || spec.agent === options.agent)
    },

    async report(job, signal) {
      const { refs, type } = job.spec
      if (!refs) throw new Error(`${type} ${job.metadata.name} has no refs, so its status has no commit`)
      const givenUp = (err: unknown) => {
        log.warn(
          { err, job: job.spec.job, name: job.metadata.name },
          'the code host refuses this report for good; it is not tried again',
        )
        return { mark: [job] }
      }
      const pulls = refs.pulls ?? []
      if (config().github_reporter.job_types_to_report.includes(type) && pulls.length <= 1) {
        const sha = pulls[0]?.sha || refs.base_sha || ''
        try {
          await host.setStatus({ org: refs.org, repo: refs.repo }, sha, statusOf(job))
        } catch (error) {
          if (isHopeless(error)) return givenUp(error)
          throw new Error(`error setting status: ${error instanceof Error ? error.message : error}`, { cause: error })
        }
      }
      if (type === 'presubmit' && pulls.length === 1) {
        try {
          await locked(`${refs.org}/${refs.repo}#${pulls[0]?.number}`, signal, () => comment(job))
        } catch (error) {
          if (isHopeless(error)) return givenUp(error)
          throw error
        }
      }
      return { mark: [job] }
    },
  }
}

/** What a job says of its pull request, for finding the others of it; undefined when it has none. */
export function pullOf({ metadata }: ProwJob): string | undefined {
  const { [orgLabel]: org, [repoLabel]: repo, [pullLabel]: pull } = metadata.labels ?? {}
  return org && repo && pull ? `${org}/${repo}#${pull}` : undefined
}

/** Failures that no repetition will mend: commit or pull request are gone, or there are more statuses than GitHub keeps. */
const isHopeless = (error: unknown): boolean =>
  error instanceof CodeHostError && (error.kind === 'not-found' || error.kind === 'invalid')
