// bowsprit checkconfig: reads the configuration as the components would, and says everything that is wrong or odd about it.
import { systemClock } from '../system/clock.ts'
import { chooseChecks } from '../tools/checkconfig/checks.ts'
import { outcomeJson, outcomeSarif } from '../tools/checkconfig/machine-readable.ts'
import { checkReading } from '../tools/checkconfig/outcome.ts'
import { outcomeText } from '../tools/checkconfig/text.ts'
import { readConfiguration } from '../tools/reading.ts'
import { command } from './command.ts'
import { flag, UsageError } from './flags.ts'
import { unusedGithubFlags } from './groups.ts'
import { looksOn, readingFlags, readingPaths } from './reading.ts'

export default command({
  name: 'checkconfig',
  about: 'Finds what is wrong with a configuration before the components read it.',
  flags: {
    ...readingFlags,
    warnings: flag.list({ about: 'Check to run instead of the default ones.' }),
    'exclude-warning': flag.list({ about: 'Check not to run.' }),
    'include-default-warnings': flag.bool({ about: 'Run the default checks beside those of --warnings.' }),
    'expensive-checks': flag.bool({ about: 'With the default checks, run all others, too.' }),
    strict: flag.bool({ about: 'Any warning is a failure.' }),
    'required-job-annotations': flag.list({ about: 'Annotation that every job must have.' }),
    output: flag.choice({ choices: ['text', 'json', 'sarif'], about: 'Form of the report.' }),
    'prow-yaml-repo-name': flag.text({ about: 'Refused: configuration inside of repositories is not read yet.' }),
    'prow-yaml-path': flag.ignored(),
    'gcs-credentials-file': flag.ignored(),
    's3-credentials-file': flag.ignored(),
    ...unusedGithubFlags,
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
    if (flags['prow-yaml-repo-name']) {
      throw new UsageError('--prow-yaml-repo-name: configuration inside of repositories is not read yet')
    }
    const chosen = chooseChecks({
      warnings: flags.warnings,
      excluded: flags['exclude-warning'],
      includeDefaults: flags['include-default-warnings'],
      expensive: flags['expensive-checks'],
    })
    // Upstream calls this a failure, not wrong use.
    if ('refused' in chosen) throw new Error(`--warnings: ${chosen.refused}`)
    const reading = await readConfiguration(readingPaths(flags), systemClock.now())
    const outcome = checkReading(reading, chosen.names, {
      requiredAnnotations: flags['required-job-annotations'],
      hasPlugins: flags['plugin-config'] !== '',
    })
    const looks = looksOn(machine)
    const report = {
      text: () => outcomeText(outcome, { ...looks, texts: reading.texts }),
      json: () => outcomeJson(outcome, looks.shown),
      sarif: () => outcomeSarif(outcome, looks.shown),
    }[flags.output]
    machine.stdout.write(report())
    const has = (severity: string) => outcome.remarks.some((remark) => remark.severity === severity)
    return has('error') || (flags.strict && has('warning')) ? 1 : 0
  },
})
