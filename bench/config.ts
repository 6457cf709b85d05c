// The configuration of a large installation: how long it takes to load, to take an edit, and to say what a comment starts.
// Measured on the Kubernetes project's jobs, which lie beside a developer's checkout.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { dump, loadAll } from 'js-yaml'
import { readSources } from '../src/config/files.ts'
import { deepFreeze } from '../src/config/freeze.ts'
import { buildSnapshot } from '../src/config/load.ts'
import { applyPatch } from '../src/config/reload/changes.ts'
import { startThread } from '../src/config/reload/thread.ts'
import type { Snapshot } from '../src/config/types.ts'
import { parseYaml } from '../src/config/yaml.ts'
import { presubmitsFor } from '../src/jobs/decide.ts'
import { filterOfComment } from '../src/jobs/filters.ts'
import { systemClock } from '../src/system/clock.ts'
import { sharedData } from '../src/testing/shared.ts'
import { progress, type Row, table } from './table.ts'

const runs = { cold: 5, warm: 5, edits: 20, comments: 200, copies: 3 }
const copies = [1, 4, 16]

/** Milliseconds that something took. */
function timed(work: () => unknown): number {
  const begin = performance.now()
  work()
  return performance.now() - begin
}

const pathsIn = (folder: string) => ({
  configPath: join(folder, 'config.yaml'),
  jobConfigPath: join(folder, 'jobs'),
  pluginConfigPath: join(folder, 'plugins.yaml'),
})

/** The configuration with all of its jobs so many times, each copy in repositories and under names of its own. */
function multiplied(corpus: string, folder: string, times: number): string {
  cpSync(corpus, folder, { recursive: true })
  for (const file of globSync('**/*.yaml', { cwd: join(corpus, 'jobs') })) {
    const read = parseYaml(readFileSync(join(corpus, 'jobs', file), 'utf8'), file).value as JobFile | undefined
    if (read === undefined) continue
    for (let copy = 2; copy <= times; copy++) {
      const target = join(folder, `jobs/copy${copy}`, dirname(file))
      mkdirSync(target, { recursive: true })
      writeFileSync(join(target, `copy${copy}-${basename(file)}`), dump(copied(read, `copy${copy}`), { noRefs: true }))
    }
  }
  return folder
}

type Jobs = readonly { readonly name: string }[]
interface JobFile {
  readonly presubmits?: Readonly<Record<string, Jobs>>
  readonly postsubmits?: Readonly<Record<string, Jobs>>
  readonly periodics?: Jobs
}

/** The jobs of a file under other names. Presets, which hold for all jobs, stay with the first copy. */
function copied({ presubmits = {}, postsubmits = {}, periodics = [] }: JobFile, mark: string): JobFile {
  const jobs = (list: Jobs) => (list ?? []).map((job) => ({ ...job, name: `${job.name}-${mark}` }))
  const lists = (all: Readonly<Record<string, Jobs>>) =>
    Object.fromEntries(Object.entries(all ?? {}).map(([repo, list]) => [`${mark}-${repo}`, jobs(list)]))
  return { presubmits: lists(presubmits), postsubmits: lists(postsubmits), periodics: jobs(periodics) }
}

interface Edits {
  /** From the question to the swapped snapshot. */
  readonly total: number[]
  /** Of that, what this thread was busy with. */
  readonly here: number[]
  readonly jobs: number
}

/** Reloads by the thread, as the agent does it, after one job of one file was changed. */
async function edits(folder: string, count: number): Promise<Edits> {
  const thread = startThread(pathsIn(folder), systemClock, () => {})
  const whole = await thread.read()
  if (whole.kind !== 'whole') throw new Error(`${folder} gives ${JSON.stringify(whole).slice(0, 1000)}`)
  let current = deepFreeze(whole.snapshot)
  const file = join(folder, 'jobs/kubernetes/test-infra/test-infra-presubmits.yaml')
  const text = readFileSync(file, 'utf8')
  const times: Pick<Edits, 'total' | 'here'> = { total: [], here: [] }
  for (let edit = 0; edit < count + 3; edit++) {
    writeFileSync(
      file,
      text.replace(/^( +)always_run: \w+/m, `$1always_run: ${edit % 2 === 0}\n$1max_concurrency: ${edit + 1}`),
    )
    const asked = performance.now()
    const idle = performance.eventLoopUtilization()
    const reading = await thread.read()
    if (reading.kind !== 'patch') throw new Error(`the edit gave ${reading.kind}`)
    const { patch } = reading
    current = deepFreeze(applyPatch(current, patch))
    const { active } = performance.eventLoopUtilization(idle)
    // The first ones compile the code.
    if (edit < 3) continue
    times.total.push(performance.now() - asked)
    times.here.push(active)
  }
  await thread.end()
  return { ...times, jobs: jobsOf(current) }
}

const jobsOf = ({ config }: Snapshot): number =>
  config.periodics.length +
  [config.presubmits, config.postsubmits]
    .flatMap((lists) => Object.values(lists))
    .reduce((sum, list) => sum + list.length, 0)

/** A load in a process of its own: until it is done, and the most memory it ever had. */
function cold(folder: string): { ms: number; mb: number } {
  const begin = performance.now()
  const { status, stdout, stderr } = spawnSync(process.execPath, [import.meta.filename, 'load', folder], {
    encoding: 'utf8',
  })
  const ms = performance.now() - begin
  if (status !== 0) throw new Error(stderr.slice(0, 2000))
  return { ms, mb: Number(stdout) }
}

/** The least that any loader has to do: read the files and parse them, without places, rules or checks. */
function bareParse(folder: string): void {
  for (const entry of readdirSync(join(folder, 'jobs'), { recursive: true, encoding: 'utf8' })) {
    if (!/\.ya?ml$/.test(entry)) continue
    loadAll(readFileSync(join(folder, 'jobs', entry), 'utf8'), { json: true })
  }
}

async function main(corpus: string, temporary: string): Promise<void> {
  const folder = multiplied(corpus, join(temporary, 'x1'), 1)
  const rows: Row[] = []

  progress('cold loads')
  const processes = Array.from({ length: runs.cold }, () => cold(folder))
  const bareNode = Array.from({ length: runs.cold }, () => timed(() => spawnSync(process.execPath, ['-e', '0'])))
  progress('warm loads')
  const sources = readSources(pathsIn(folder))
  const bare = Array.from({ length: runs.warm }, () => timed(() => bareParse(folder)))
  const warm = Array.from({ length: runs.warm }, () => timed(() => buildSnapshot(readSources(pathsIn(folder)), 0)))
  const snapshot = buildSnapshot(sources, 0)

  progress('edits')
  const one = await edits(folder, runs.edits)
  rows.push(
    {
      what: 'load in a new process, from its start to its end',
      unit: 'ms',
      values: processes.map(({ ms }) => ms),
      aim: '< 1,500 ms',
      against: { name: 'Node with nothing to do', values: bareNode },
    },
    {
      what: 'load again in the same process',
      unit: 'ms',
      values: warm,
      against: { name: 'js-yaml alone', values: bare },
    },
    {
      what: 'reload after an edit of one file',
      unit: 'ms',
      values: one.total,
      aim: '< 50 ms',
      against: { name: 'everything again', values: warm },
    },
    { what: '  of that, the main thread', unit: 'ms', values: one.here, aim: '< 10 ms' },
    ...(await comments(snapshot)),
    {
      what: 'most memory of a process that loads',
      unit: 'MB',
      values: processes.map(({ mb }) => mb),
      against: { name: 'of a process that does not', values: [coldMemory()] },
    },
  )
  console.log(
    table(`Configuration: ${jobsOf(snapshot).toLocaleString('en')} jobs in ${sources.jobs.length} files`, rows),
  )
  console.log(table('Configuration, several times as large', await growth(corpus, temporary)))
}

/** What Node and the loader take by themselves. */
function coldMemory(): number {
  return cold('').mb
}

/** What one comment starts, decided over all presubmits of the repository that has most. */
async function comments({ config }: Snapshot): Promise<Row[]> {
  const [repo = '', jobs = []] = Object.entries(config.presubmits).sort(([, a], [, b]) => b.length - a.length)[0] ?? []
  const ask = async (body: string) => {
    const begin = performance.now()
    const filter = await filterOfComment(body, {
      honourOkToTest: true,
      contexts: async () => ({ present: new Set(), failed: new Set() }),
    })
    const change = { branch: 'master', changes: async () => ['pkg/kubelet/kubelet.go', 'docs/readme.md'] }
    const chosen = await presubmitsFor(jobs, change, filter)
    if (chosen.length === 0) throw new Error(`${body} starts nothing in ${repo}`)
    return performance.now() - begin
  }
  const first = await ask(`/test ${jobs[0]?.name}`)
  const several = async (body: string) => {
    const values: number[] = []
    for (let run = 0; run < runs.comments; run++) values.push(await ask(body))
    return values
  }
  const byName = await several(`/test ${jobs[0]?.name}`)
  const firstTime = { name: 'the first time', values: [first] }
  return [
    {
      what: `/test <job>, ${jobs.length} presubmits`,
      unit: 'ms',
      values: byName,
      aim: '< 2 ms',
      against: firstTime,
    },
    { what: `/test all, ${jobs.length} presubmits`, unit: 'ms', values: await several('/test all'), aim: '< 2 ms' },
  ]
}

async function growth(corpus: string, temporary: string): Promise<Row[]> {
  const measured: { size: string; loads: number[]; memory: number[]; reloads: Edits }[] = []
  for (const times of copies) {
    progress(`${times} times the jobs`)
    const folder = times === 1 ? join(temporary, 'x1') : multiplied(corpus, join(temporary, `x${times}`), times)
    const processes = Array.from({ length: runs.copies }, () => cold(folder))
    const reloads = await edits(folder, runs.edits)
    measured.push({
      size: `${times} × (${reloads.jobs.toLocaleString('en')} jobs)`,
      loads: processes.map(({ ms }) => ms),
      memory: processes.map(({ mb }) => mb),
      reloads,
    })
  }
  const [base, ...others] = measured
  if (base === undefined) return []
  return others.flatMap(({ size, loads, memory, reloads }) => {
    const against = (values: readonly number[]) => ({ against: { name: base.size, values } })
    return [
      { what: `${size}: load in a new process`, unit: 'ms', values: loads, ...against(base.loads) },
      { what: '  most memory of it', unit: 'MB', values: memory, ...against(base.memory) },
      { what: '  reload after an edit of one file', unit: 'ms', values: reloads.total, ...against(base.reloads.total) },
      { what: '  of that, the main thread', unit: 'ms', values: reloads.here, ...against(base.reloads.here) },
    ]
  })
}

const [mode, folder = ''] = process.argv.slice(2)
const corpus = sharedData('k8s-test-infra')
if (mode === 'load') {
  if (folder !== '') buildSnapshot(readSources(pathsIn(folder)), 0)
  console.log(process.resourceUsage().maxRSS / 1000)
} else if (corpus === undefined || !statSync(corpus).isDirectory()) {
  console.log('## Configuration\n\nSkipped: the jobs that it is measured on are not beside this checkout.\n')
} else {
  const temporary = mkdtempSync(join(tmpdir(), 'bench-config-'))
  try {
    await main(corpus, temporary)
  } finally {
    rmSync(temporary, { recursive: true })
  }
}
