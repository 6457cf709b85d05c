// bowsprit mkpj: prints the ProwJob of a configured job, or starts it and waits for its end.
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { prowJobs } from '../api/prowjob.ts'
import { nearest } from '../config/did-you-mean.ts'
import { systemClock } from '../system/clock.ts'
import { systemIds } from '../system/ids.ts'
import { allJobs } from '../tools/all-jobs.ts'
import { jobNamed, makeProwJob } from '../tools/mkpj.ts'
import { waitForJob } from '../tools/wait-for-job.ts'
import { yamlText } from '../tools/yaml-text.ts'
import { asking } from './ask.ts'
import { command } from './command.ts'
import { flag, UsageError } from './flags.ts'
import { githubFlags, kubernetesFlags, openClusters, openGitHub } from './groups.ts'
import { readingFlags, readSnapshot } from './reading.ts'

export default command({
  name: 'mkpj',
  about: 'Prints the ProwJob of a configured job; kubectl create takes it.',
  flags: {
    job: flag.text({ about: 'Name of the job.' }),
    'base-ref': flag.text({ about: 'Branch; else that of the pull request, else asked for.' }),
    'base-sha': flag.text({ about: 'Its commit; else asked of GitHub.' }),
    'pull-number': flag.number({ about: 'Pull request; else asked for, when the job is a presubmit.' }),
    'pull-sha': flag.text({ about: 'Its head; else asked of GitHub.' }),
    'pull-author': flag.text({ about: 'Its author; else asked of GitHub.' }),
    'pull-head-ref': flag.text({ about: 'Its branch.' }),
    'trigger-job': flag.bool({ about: 'Create the ProwJob in the cluster, and print its status when it has ended.' }),
    'fail-with-job': flag.bool({ about: 'With --trigger-job: end with 1 unless the job succeeds.' }),
    ...readingFlags,
    ...githubFlags,
    ...kubernetesFlags,
  },
  examples: [
    [
      'bowsprit mkpj --config-path config.yaml --job-config-path jobs --job pull-unit --pull-number 7',
      'A run of a presubmit for a pull request; what is not given is asked of GitHub.',
    ],
    [
      'bowsprit mkpj --config-path config.yaml --job nightly --trigger-job --fail-with-job --kubeconfig kubeconfig',
      'Runs a periodic now, and ends as it ends.',
    ],
  ],
  async run({ flags, machine }) {
    if (!flags.job) throw new UsageError('--job is needed')
    const { config } = await readSnapshot(flags)
    const found = jobNamed(config, flags.job)
    if (found === undefined) {
      const near = nearest(
        flags.job,
        allJobs(config).map(({ job }) => job.name),
      )
      throw new Error(`Job ${flags.job} not found.${near === undefined ? '' : ` Did you mean ${near}?`}`)
    }
    const opening = {
      machine,
      clock: systemClock,
      ids: systemIds,
      log: pino({ level: 'error' }, machine.stderr),
      metrics: new Registry(),
    }
    const { ask, close } = asking(machine)
    const opened: { close(): Promise<void> }[] = []
    const host = () => {
      const github = openGitHub({ ...flags, 'dry-run': true }, 'mkpj', opening)
      opened.push(github)
      return github.host
    }
    try {
      const known = {
        baseRef: flags['base-ref'],
        baseSha: flags['base-sha'],
        pullNumber: flags['pull-number'],
        pullSha: flags['pull-sha'],
        pullAuthor: flags['pull-author'],
        pullHeadRef: flags['pull-head-ref'],
      }
      const making = { config, now: systemClock.now(), name: systemIds.uuid() }
      const job = await makeProwJob(found, known, { host, ask }, making)
      if (!flags['trigger-job']) {
        machine.stdout.write(yamlText(job))
        return 0
      }
      const clusters = await openClusters({ ...flags, 'dry-run': false }, opening, config.disabled_clusters)
      opened.push(clusters)
      const { infrastructure } = clusters.clusters
      await infrastructure.create(prowJobs, job)
      const at = { namespace: config.prowjob_namespace, name: making.name }
      const { status } = await waitForJob(infrastructure, at, machine.stopped())
      machine.stdout.write(yamlText(status))
      return flags['fail-with-job'] && status.state !== 'success' ? 1 : 0
    } finally {
      close()
      for (const each of opened) await each.close()
    }
  },
})
