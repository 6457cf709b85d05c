// OWNERS of a big repository: how long loading takes cold, warm and after commits, what look-ups for a big pull request take, and how it grows.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { gitScene, type Scene } from '../src/git/testing/scene.ts'
import type { RepoOwners } from '../src/owners/lookup.ts'
import { type Owners, openOwners } from '../src/owners/owners.ts'
import { fixedConfig } from '../src/testing/config.ts'
import { figure, median, progress, type Row, table } from './table.ts'

const sizes = [312, 1_250, 5_000]
const filesPerFolder = 5
const changedFiles = 500
const runs = 5
const at = { org: 'org', repo: 'repo' }

const people = Array.from({ length: 400 }, (_, n) => `person-${n}`)
const some = (seed: number, count: number) => Array.from({ length: count }, (_, n) => people[(seed * 7 + n * 31) % 400])

/** Folders four levels deep, as `staging/src/k8s.io/api` is; the first is the root. */
const folders = (count: number) =>
  Array.from({ length: count }, (_, n) => (n === 0 ? '' : `area-${n % 20}/part-${n % 97}/unit-${n % 311}/dir-${n}/`))

function ownersText(n: number): string {
  const list = (name: string, names: readonly (string | undefined)[]) =>
    `${name}:\n${names.map((one) => `- ${one}\n`).join('')}`
  const lists = list('approvers', [...some(n, 4), `group-${n % 50}`]) + list('reviewers', some(n + 1, 6))
  if (n % 10 !== 3) return `${lists}labels:\n- area/x${n % 30}\n`
  return `filters:\n  ".*":\n${lists.replace(/^/gm, '    ')}\n  "\\\\.go$":\n    labels:\n    - language/go\n`
}

function fill(scene: Scene, count: number): string[] {
  const groups = Array.from({ length: 50 }, (_, n) => `  group-${n}: [${some(n, 8).join(', ')}]\n`)
  const files = folders(count).flatMap((folder, n) => [
    [`${folder}OWNERS`, ownersText(n)] as const,
    ...Array.from(
      { length: filesPerFolder },
      (_, file) => [`${folder}file-${file}.go`, `package p${n}_${file}\n`] as const,
    ),
  ])
  scene.repo.commit('all', { ...Object.fromEntries(files), OWNERS_ALIASES: `aliases:\n${groups.join('')}` })
  return files.map(([path]) => path).filter((path) => path.endsWith('.go'))
}

const opened = (scene: Scene, cacheDir: string): Owners =>
  openOwners({
    git: scene.open({ cacheDir }),
    config: fixedConfig(),
    collaborators: async () => people,
    log: pino({ level: 'silent' }),
    signal: new AbortController().signal,
  })

async function timed(act: () => unknown): Promise<number> {
  const begin = performance.now()
  await act()
  return performance.now() - begin
}

/** All that the plugins ask about a changed file. */
function ask(owners: RepoOwners, paths: readonly string[]): void {
  for (const path of paths) {
    owners.isAutoApproveUnownedSubfolders(owners.approversFolder(path))
    owners.approvers(path)
    owners.leafApprovers(path)
    owners.reviewersFolder(path)
    owners.reviewers(path)
    owners.leafReviewers(path)
    owners.requiredReviewers(path)
    owners.labels(path)
  }
}

type Times = Record<'cold' | 'restart' | 'same' | 'oneOwners' | 'noOwners' | 'first' | 'again' | 'checkout', number[]>

async function measure(count: number): Promise<Times> {
  const times: Times = {
    cold: [],
    restart: [],
    same: [],
    oneOwners: [],
    noOwners: [],
    first: [],
    again: [],
    checkout: [],
  }
  const scene = await gitScene()
  try {
    progress(`a repository with ${count} OWNERS files`)
    const paths = fill(scene, count)
    const changed = paths.filter((_, n) => n % Math.ceil(paths.length / changedFiles) === 0)
    for (let run = 1; run <= runs; run++) {
      progress(`${count} OWNERS files, run ${run} of ${runs}`)
      const cacheDir = mkdtempSync(join(scene.folder, 'cache-'))
      times.cold.push(await timed(() => opened(scene, cacheDir).load(at, 'master')))
      const owners = opened(scene, cacheDir)
      times.restart.push(await timed(() => owners.load(at, 'master')))
      times.same.push(await timed(() => owners.load(at, 'master')))
      scene.repo.commit('one', { 'area-1/part-1/unit-1/dir-1/OWNERS': `approvers: [person-${run}]\n# ${run}\n` })
      times.oneOwners.push(await timed(() => owners.load(at, 'master')))
      scene.repo.commit('none', { 'file-0.go': `package p${run}\n` })
      let repo: RepoOwners | undefined
      times.noOwners.push(
        await timed(async () => {
          repo = await owners.load(at, 'master')
        }),
      )
      for (const kind of ['first', 'again'] as const) times[kind].push(await timed(() => repo && ask(repo, changed)))
      const copy = mkdtempSync(join(scene.folder, 'copy-'))
      const clone = ['clone', '-q', '--branch', 'master', scene.repo.dir, copy]
      times.checkout.push(await timed(() => execFileSync('git', clone, { stdio: 'ignore' })))
      rmSync(copy, { recursive: true })
      rmSync(cacheDir, { recursive: true })
    }
    return times
  } finally {
    await scene.close()
  }
}

const measured: Times[] = []
for (const size of sizes) measured.push(await measure(size))
const [small, middle, big] = measured
if (!small || !middle || !big) throw new Error('three sizes are measured')
const growth = (name: keyof Times) =>
  `${sizes.map((size) => size.toLocaleString('en')).join(', ')}: ${measured.map((times) => figure(median(times[name]))).join(', ')}`
const row = (name: keyof Times, what: string, aim?: string, against?: Row['against']): Row => ({
  what: `${what} (${growth(name)})`,
  unit: 'ms',
  values: big[name],
  ...(aim && { aim }),
  ...(against && { against }),
})
const checkout = { name: 'git clone with checkout, nothing parsed', values: big.checkout }
console.log(
  table(
    `OWNERS: ${sizes.at(-1)?.toLocaleString('en')} files among ${((sizes.at(-1) ?? 0) * (filesPerFolder + 1)).toLocaleString('en')}`,
    [
      row('cold', 'load, no mirror yet', undefined, checkout),
      row('restart', 'load, first of a process', undefined, checkout),
      row('same', 'load, same commit'),
      row('oneOwners', 'load after a commit that changes one OWNERS file', undefined, checkout),
      row('noOwners', 'load after a commit that changes none', undefined, checkout),
      row('first', `all look-ups for ${changedFiles} files, first time`, '< 50 ms'),
      row('again', `all look-ups for ${changedFiles} files, again`, '< 50 ms'),
    ],
  ),
)
