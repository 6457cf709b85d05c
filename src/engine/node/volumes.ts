// Makes a Pod's volumes on disk, and the mounts of a container from them.
import { chmod, mkdir, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { HostPathVolumeSource, Volume, VolumeMount } from 'kubernetes-types/core/v1.js'
import type { Container, Pod } from '../../api/kubernetes.ts'
import type { References } from './environment.ts'
import { expandStrictly } from './expand.ts'
import type { NodeFacts } from './fields.ts'
import type { Mount } from './runtime.ts'
import { filesOf, isMadeOfFiles, isPlainPath } from './volume-files.ts'

/** A volume that cannot be made ready now. */
export interface VolumeProblem {
  readonly volume: string
  readonly problem: string
}

/**
 * Makes all volumes of a Pod below `dir`, before its first container starts; called again after a problem.
 * @returns the first problem; what is missing may come later.
 */
export async function makeVolumes(
  pod: Pod,
  dir: string,
  references: References,
  node: NodeFacts,
): Promise<VolumeProblem | undefined> {
  for (const volume of pod.spec?.volumes ?? []) {
    const problem = await makeVolume(volume, join(dir, volume.name), pod, references, node)
    if (problem !== undefined) return { volume: volume.name, problem }
  }
  return undefined
}

async function makeVolume(
  volume: Volume,
  dir: string,
  pod: Pod,
  references: References,
  node: NodeFacts,
): Promise<string | undefined> {
  if (volume.emptyDir) {
    await mkdir(dir, { recursive: true })
    // Whoever the container runs as.
    await chmod(dir, 0o777)
    return undefined
  }
  if (volume.hostPath) return makeHostPath(volume.hostPath)
  if (!isMadeOfFiles(volume)) {
    const type = Object.keys(volume).find((key) => key !== 'name') ?? 'without a source'
    return `volume type ${type} is not supported by this node`
  }
  const made = filesOf(volume, pod, references, node)
  if ('problem' in made) return made.problem
  await rm(dir, { recursive: true, force: true })
  await mkdir(dir, { recursive: true, mode: 0o755 })
  for (const { path, data, mode } of made.files) {
    const file = join(dir, path)
    await mkdir(dirname(file), { recursive: true, mode: 0o755 })
    await writeFile(file, data, { mode: 0o600 })
    await chmod(file, mode)
  }
  return undefined
}

async function makeHostPath({ path, type = '' }: HostPathVolumeSource): Promise<string | undefined> {
  if (type === 'DirectoryOrCreate') await mkdir(path, { recursive: true, mode: 0o755 })
  if (type === 'FileOrCreate') await writeFile(path, '', { flag: 'a', mode: 0o644 })
  const stats = await stat(path).catch(() => undefined)
  if (!stats) return `hostPath ${path} does not exist`
  const fits: Readonly<Record<string, boolean>> = {
    '': true,
    DirectoryOrCreate: stats.isDirectory(),
    Directory: stats.isDirectory(),
    FileOrCreate: stats.isFile(),
    File: stats.isFile(),
    Socket: stats.isSocket(),
    CharDevice: stats.isCharacterDevice(),
    BlockDevice: stats.isBlockDevice(),
  }
  return fits[type] ? undefined : `hostPath type check failed: ${path} is not a ${type || 'known type'}`
}

export type Mounts = { readonly mounts: readonly Mount[] } | { readonly problem: string }

/** The mounts of one container. Problems are mistakes in the Pod and stay. */
export async function mountsOf(
  container: Container,
  pod: Pod,
  dir: string,
  env: Readonly<Record<string, string>>,
): Promise<Mounts> {
  const mounts: Mount[] = []
  for (const wanted of container.volumeMounts ?? []) {
    const volume = pod.spec?.volumes?.find(({ name }) => name === wanted.name)
    if (!volume) return { problem: `volumeMount "${wanted.name}": there is no such volume` }
    const base = volume.hostPath?.path ?? join(dir, volume.name)
    const inside = subPathOf(wanted, env)
    if ('problem' in inside) return inside
    const source = inside.path === '' ? base : join(base, inside.path)
    const readOnly = wanted.readOnly === true || isMadeOfFiles(volume)
    if (inside.path !== '') {
      const problem = await prepareSubPath(base, source, isMadeOfFiles(volume), wanted)
      if (problem) return { problem }
    }
    const kind = (await stat(source)).isDirectory() ? 'dir' : 'file'
    mounts.push({ path: wanted.mountPath, source, kind, readOnly })
  }
  return { mounts }
}

function subPathOf(
  { name, subPath = '', subPathExpr }: VolumeMount,
  env: Readonly<Record<string, string>>,
): { path: string } | { problem: string } {
  const expanded = subPathExpr ? expandStrictly(subPathExpr, (variable) => env[variable]) : { value: subPath }
  if ('missing' in expanded) return { problem: `missing value for "${expanded.missing}"` }
  if (expanded.value !== '' && !isPlainPath(expanded.value)) {
    return { problem: `subPath "${expanded.value}" of volumeMount "${name}" must be relative and without ".."` }
  }
  return { path: expanded.value }
}

// A container that ran before may have put a link there, which must not lead out of the volume.
async function prepareSubPath(
  base: string,
  source: string,
  fixed: boolean,
  { name, mountPath }: VolumeMount,
): Promise<string | undefined> {
  const failed = `failed to prepare subPath for volumeMount "${name}" at ${mountPath}`
  const root = await realpath(base)
  const staysInside = async (path: string) => {
    const real = await realpath(path).catch(() => undefined)
    return real === undefined || real === root || real.startsWith(`${root}/`)
  }
  for (let path = source; path.length > base.length; path = dirname(path)) {
    if (!(await staysInside(path))) return `${failed}: it leads out of the volume`
  }
  if (await stat(source).catch(() => undefined)) return undefined
  if (fixed) return `${failed}: there is no such file in the volume`
  await mkdir(source, { recursive: true, mode: 0o755 })
  return undefined
}
