// Which files of a repository hold its jobs: those below .prow/ or, without that folder, .prow.yaml.
import { type Ignore, parseIgnore } from '../prowignore.ts'

/** How much is read of one repository. Whoever needs more gets an error that says so. */
export const inRepoLimits = {
  /** Bytes of one file. */
  file: 1_000_000,
  /** Bytes of all files together. */
  total: 4_000_000,
  files: 1000,
  jobs: 1000,
  presets: 1000,
  /** Variables, volumes, mounts and tolerations that presets add, in all jobs together. */
  presetValues: 100_000,
  /** Characters of a job's name, and of the command that starts it. */
  name: 250,
  /** Parts of one pattern, its counts written out. */
  pattern: 5000,
  /** The same of all patterns together, ordinary default triggers left out. */
  patterns: 50_000,
  /** Characters of all jobs as JSON, with presets and anchors written out. */
  result: 8_000_000,
} as const

/** A file as it was fetched; `finding` says why there is no text. */
export type RepoFile = { readonly path: string } & (
  | { readonly text: string; readonly problem?: undefined }
  | { readonly text?: undefined; readonly problem: 'link' | { readonly size: number } }
)

/** What git or a disk has to be asked for: nothing else in a repository can matter. */
export const inRepoRoots = ['.prow', '.prow.yaml', '.prowignore'] as const

/** Whether a path of a change concerns the jobs that the repository brings. */
export const touchesInRepo = (path: string): boolean => path === '.prow.yaml' || path.startsWith('.prow/')

/** What of these paths is needed to know the jobs. `.prow` that is no folder is needed too: to say that it is an error. */
export function neededFiles(paths: readonly string[]): readonly string[] {
  if (paths.includes('.prow')) return ['.prow']
  const below = paths.filter((path) => path.startsWith('.prow/'))
  if (below.length === 0) return paths.filter((path) => path === '.prow.yaml')
  return [
    ...paths.filter((path) => path === '.prowignore'),
    ...below.filter((path) => isYaml(path) || isIgnoreFile(path)),
  ]
}

const isYaml = (path: string) => /\.ya?ml$/.test(path)
const isIgnoreFile = (path: string) => path.endsWith('/.prowignore') || path === '.prowignore'

/** Whether such a file holds jobs, rather than saying which others do not count. */
export const isJobFile = (path: string): boolean => !isIgnoreFile(path)

/** The files that hold jobs, in the order in which they count. */
export function jobFilesOf(files: readonly RepoFile[]): readonly RepoFile[] {
  const ignores = new Map<string, Ignore>()
  for (const { path, text } of files) {
    if (!isJobFile(path) && text !== undefined) ignores.set(path.slice(0, -'.prowignore'.length), parseIgnore(text))
  }
  const isFolder = files.some(({ path }) => path.startsWith('.prow/'))
  return files
    .filter(({ path }) => isJobFile(path) && (!isFolder || (path.startsWith('.prow/') && !isIgnored(path, ignores))))
    .toSorted((a, b) => compareWalk(a.path, b.path))
}

/** Folders come where their names come, as in a walk: `a/x` goes before `a.yaml`. */
function compareWalk(a: string, b: string): number {
  const [left, right] = [a.replaceAll('/', '\0'), b.replaceAll('/', '\0')]
  return left < right ? -1 : left > right ? 1 : 0
}

/** A folder that is ignored takes everything below it along; else the nearest .prowignore that says something decides. */
function isIgnored(path: string, ignores: ReadonlyMap<string, Ignore>): boolean {
  if (ignores.size === 0) return false
  const parts = path.split('/')
  for (let length = 1; length <= parts.length; length++) {
    const isFile = length === parts.length
    for (let above = length - 1; above >= 0; above--) {
      const folder = parts
        .slice(0, above)
        .map((part) => `${part}/`)
        .join('')
      const says = ignores.get(folder)?.says(parts.slice(above, length).join('/'), !isFile)
      if (says === true) return true
      if (says === false) break
    }
  }
  return false
}
