// bowsprit checkconfig: reads the configuration as the components would, and says everything that is wrong or odd about it.
import { dirname, join, resolve } from 'node:path'
import { readWorkingCopy } from '../inrepo/working-copy.ts'
import { openStorage } from '../storage/open.ts'
import { systemClock } from '../system/clock.ts'
import { chooseChecks, hostCheckNames } from '../tools/checkconfig/checks.ts'
import { listedClusters } from '../tools/checkconfig/cluster-list.ts'
import { outcomeJson, outcomeSarif } from '../tools/checkconfig/machine-readable.ts'
import { checkReading } from '../tools/checkconfig/outcome.ts'
import { checkRepoJobs } from '../tools/checkconfig/repo-jobs.ts'
import { outcomeText } from '../tools/checkconfig/text.ts'
import { readConfiguration } from '../tools/reading.ts'
import { askHost } from './checkconfig-host.ts'
import { command } from './command.ts'
import { flag, UsageError } from './flags.ts'
import { githubFlags } from './groups.ts'
import { pluginModuleFlag } from './plugin-module.ts'
import { looksOn, readingFlags, readingPaths } from './reading.ts'

export default command({
  name: 'checkconfig',
  about: 'Finds what is wrong with a configuration before the components read it.',
  flags: {
    ...readingFlags,
    ...pluginModuleFlag,
    warnings: flag.list({ about: 'Check to run instead of the default ones; docs/configuration.md lists them.' }),
    'exclude-warning': flag.list({ about: 'Check not to run.' }),
    'include-default-warnings': flag.bool({ about: 'Run the default checks beside those of --warnings.' }),
    'expensive-checks': flag.bool({ about: 'With the default checks, run all others, too.' }),
    strict: flag.bool({ about: 'Any warning is a failure.' }),
    'required-job-annotations': flag.list({ about: 'Annotation that every job must have.' }),
    output: flag.choice({ choices: ['text', 'json', 'sarif'], about: 'Form of the report.' }),
    'prow-yaml-repo-name': flag.text({ about: 'Check the .prow.yaml or .prow/ of this repository (org/repo), too.' }),
    'prow-yaml-path': flag.path({ about: 'Its .prow.yaml, or its .prow; without it, those of the current folder.' }),
    'gcs-credentials-file': flag.ignored(),
    's3-credentials-file': flag.ignored(),
    ...githubFlags,
  },
  examples: [
    [
      'bowsprit checkconfig --config-path config.yaml --job-config-path jobs --plugin-config plugins.yaml --strict',
      'Fails if anything is wrong or odd; for CI.',
    ],
    [
      'bowsprit checkconfig --config-path config.yaml --output sarif',
      'A report that code hosts show beside the lines.',
    ],
  ],
  async run({ flags, machine }) {
    const repo = flags['prow-yaml-repo-name']
    const path = flags['prow-yaml-path']
    if (path && !repo) throw new UsageError('--prow-yaml-path needs --prow-yaml-repo-name')
    const asApp = flags['github-app-id'] !== '' && flags['github-app-private-key-path'] !== ''
    const chosen = chooseChecks({
      warnings: flags.warnings,
      asApp,
      excluded: flags['exclude-warning'],
      includeDefaults: flags['include-default-warnings'],
      expensive: flags['expensive-checks'],
    })
    // Upstream calls this a failure, not wrong use.
    if ('refused' in chosen) throw new Error(`--warnings: ${chosen.refused}`)
    const reading = await readConfiguration(readingPaths(flags), systemClock.now())
    const isAsked = chosen.names.includes('validate-cluster-field')
    const statusFile = isAsked ? reading.snapshot?.config.plank.build_cluster_status_file : undefined
    const listed = statusFile
      ? await listedClusters(
          statusFile,
          openStorage(() => [statusFile]),
        )
      : undefined
    if (listed && 'unusable' in listed) machine.stderr.write(`validate-cluster-field: ${listed.unusable}\n`)
    const central = checkReading(reading, chosen.names, {
      ...(listed && !('unusable' in listed) && { clusters: listed }),
      requiredAnnotations: flags['required-job-annotations'],
      hasPlugins: flags['plugin-config'] !== '',
      shardRoots: {
        main: flags['supplemental-prow-config-dir'],
        plugins: flags['supplemental-plugin-config-dir'],
      },
      // Only the names: a check runs nobody's code.
      ownPlugins: flags['plugin-module'].map(({ name }) => name),
    })
    const folder = resolve(machine.cwd, path.endsWith('/') ? path : dirname(path))
    const files = repo === '' ? [] : await readWorkingCopy(folder)
    const isStrict = chosen.names.includes('unknown-fields-all')
    const own = reading.snapshot ? checkRepoJobs({ repo, folder, files }, reading.snapshot, isStrict) : []
    const needsPlugins = (name: string) => name === 'verify-owners-presence'
    const hostNames = hostCheckNames.filter(
      (name) => chosen.names.includes(name) && (flags['plugin-config'] !== '' || !needsPlugins(name)),
    )
    const onHost =
      reading.snapshot && hostNames.length > 0
        ? await askHost({ ...reading.snapshot, place: reading.place }, hostNames, flags, machine)
        : []
    const outcome = { ...central, remarks: [...central.remarks, ...own, ...onHost] }
    const texts = new Map([
      ...reading.texts,
      ...files.map(({ path, text = '' }) => [join(folder, path), text] as const),
    ])
    const looks = looksOn(machine)
    const report = {
      text: () => outcomeText(outcome, { ...looks, texts }),
      json: () => outcomeJson(outcome, looks.shown),
      sarif: () => outcomeSarif(outcome, looks.shown),
    }[flags.output]
    machine.stdout.write(report())
    const has = (severity: string) => outcome.remarks.some((remark) => remark.severity === severity)
    return has('error') || (flags.strict && has('warning')) ? 1 : 0
  },
})
