// Makes a configuration of files, again and again: what has not changed, and does not follow from a change, is kept.
import { configErrors } from '../errors.ts'
import { asMap, typeName } from '../fields.ts'
import type { ConfigBase, SourceFile, Sources } from '../files.ts'
import type { ParsedFiles } from '../parsed-files.ts'
import { type Findings, noFindings, type Opened, reportOn } from '../report.ts'
import { finishMain, type MainConfig, mainFields } from '../sections/main.ts'
import { noPlugins, readPlugins } from '../sections/plugins.ts'
import { withSupplemental } from '../sections/supplemental.ts'
import { withoutDuplicates } from '../sections/tide-queries.ts'
import type { ConfigProblem, Snapshot } from '../types.ts'
import { inPluginFiles } from '../unquoted.ts'
import { YamlError, type YamlFile } from '../yaml.ts'
import { jobBuilder } from './build-jobs.ts'
import { type Made, oncePer, whileSame } from './remember.ts'

/** What became of some files. */
export interface Built {
  /** Undefined when there are problems. Not frozen; shares what has not changed with the results before. */
  readonly snapshot?: Snapshot
  readonly problems: readonly ConfigProblem[]
}

/** Makes configurations of the files of one installation. Gives the same as a new builder would, only faster. */
export function configBuilder(parsed: ParsedFiles): (sources: Sources, loadedAt: number) => Built {
  const buildJobs = jobBuilder()
  const mainWhileSame = whileSame<Made<MainConfig>>()
  const pluginsWhileSame = whileSame<Made<Snapshot['plugins']>>()
  const openYaml = oncePer(opened)
  let main: Made<MainConfig> | undefined

  const open = (source: SourceFile): Made<YamlFile | undefined> => {
    if (source.finding !== undefined) return refused({ ...source.finding, field: '', place: startOf(source.file) })
    const result = parsed(source)
    if (result instanceof YamlError) {
      return refused({ ...configErrors.YAML({ why: result.message }), field: '', place: result.place })
    }
    return result === undefined ? { ...noFindings(), made: undefined } : openYaml(result)
  }
  const openAll = (files: readonly SourceFile[] = []) => files.map(open)

  return (sources, loadedAt) => {
    const mainFile = open(sources.main)
    const shards = openAll(sources.supplemental)
    const jobFiles = openAll(sources.jobs)
    const plugins = sources.plugins && open(sources.plugins)
    const pluginShards = openAll(sources.supplementalPlugins)
    const files = [mainFile, ...shards, ...jobFiles, ...(plugins ? [plugins] : []), ...pluginShards]

    const file = mainFile.made
    // What is wrong today may be right tomorrow: there are times that must have passed.
    const again = main?.errors.length ? [{}] : []
    main =
      file &&
      mainWhileSame([...again, file, sources.base, ...made(shards)], () =>
        readMain(file, made(shards), sources.base, loadedAt),
      )
    const jobs = file && main && buildJobs({ main: file, files: made(jobFiles), config: main.made })
    const pluginConfig = pluginsWhileSame([plugins?.made, ...made(pluginShards)], () =>
      readPluginFiles(plugins?.made, made(pluginShards)),
    )

    const found = [...files, main, jobs, pluginConfig].filter((each) => each !== undefined)
    const problems = withoutRepeats(found.flatMap(({ errors }) => errors))
    if (main === undefined || jobs === undefined || problems.length > 0) return { problems }
    const version = sources.version === undefined ? {} : { config_version_sha: sources.version }
    return {
      problems,
      snapshot: {
        config: { ...main.made, ...version, ...jobs.made },
        plugins: pluginConfig.made,
        loadedAt,
        warnings: withoutRepeats(found.flatMap(({ warnings }) => warnings)),
      },
    }
  }
}

const made = (files: readonly Made<YamlFile | undefined>[]): readonly YamlFile[] =>
  files.flatMap((each) => each.made ?? [])

const startOf = (file: string) => ({ file, line: 1, column: 1 })

const refused = (problem: ConfigProblem): Made<undefined> => ({ errors: [problem], warnings: [], made: undefined })

function opened(file: YamlFile): Made<YamlFile | undefined> {
  if (file.value !== undefined && asMap(file.value) === undefined) {
    const finding = configErrors.NOT_A_MAP({})
    const message = `${finding.message}, but is ${typeName(file.value)}`
    return refused({ ...finding, message, field: '', place: startOf(file.file) })
  }
  const findings = noFindings()
  const report = reportOn(file, findings)
  for (const { path } of file.repeated) {
    report.warn(path, configErrors.DUPLICATE_KEY({ key: String(path.at(-1)) }), 'key')
  }
  return { ...findings, made: file }
}

function readMain(
  file: YamlFile,
  shards: readonly YamlFile[],
  base: ConfigBase | undefined,
  now: number,
): Made<MainConfig> {
  const findings = noFindings()
  const main = reporting(file, findings)
  const read = withSupplemental(
    mainFields.read(file.value ?? {}, [], main.report),
    main,
    shards.map((shard) => reporting(shard, findings)),
  )
  const finished = onBase(finishMain(read, now, main.report), base)
  const queries = withoutDuplicates(finished.tide.queries, read.prowjob_default_entries)
  return { ...findings, made: { ...finished, tide: { ...finished.tide, queries } } }
}

function onBase(main: MainConfig, { decoration, githubLink }: ConfigBase = {}): MainConfig {
  const isDefaultLink = main.github.link_url === 'https://github.com'
  const { default_decoration_config_entries: entries } = main.plank
  return {
    ...main,
    ...(githubLink !== undefined && isDefaultLink && { github: { ...main.github, link_url: githubLink } }),
    ...(decoration && {
      plank: { ...main.plank, default_decoration_config_entries: [{ config: decoration }, ...entries] },
    }),
  }
}

function readPluginFiles(file: YamlFile | undefined, shards: readonly YamlFile[]): Made<Snapshot['plugins']> {
  const findings = noFindings()
  const made = file
    ? readPlugins(
        forPlugins(file, findings),
        shards.map((shard) => forPlugins(shard, findings)),
      )
    : noPlugins()
  return { ...findings, made }
}

const reporting = (file: YamlFile, findings: Findings): Opened => ({ file, report: reportOn(file, findings) })
const forPlugins = (file: YamlFile, findings: Findings): Opened => ({
  file,
  report: inPluginFiles(reportOn(file, findings)),
})

/** Steps that are apart may find the same at the same place. */
function withoutRepeats(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const known = new Set<string>()
  return problems.filter(({ place, field, message }) => {
    const key = `${place?.file}\0${field}\0${message}`
    return !known.has(key) && known.add(key)
  })
}
