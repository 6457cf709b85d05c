// The process runtime: runs a container's command with the machine's own programs. Needs nothing installed; README.md tells what it isolates.
import { type ChildProcess, spawn } from 'node:child_process'
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { chmod, chown, mkdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PassThrough, pipeline, Readable, Writable } from 'node:stream'
import type { Exit } from './exit.ts'
import type { Isolation } from './isolation.ts'
import { fstab, type HostView, planLayout } from './layout.ts'
import { pathMap } from './mapping.ts'
import { type HostMount, parseMountTable } from './mount-table.ts'
import { descriptors, namespaceCommand, readyMark, shellKeeps, withExactEnvironment } from './namespace-command.ts'
import { presentOf } from './private-places.ts'
import {
  carries,
  childOf,
  familyOf,
  identify,
  killAll,
  markedBy,
  processesWith,
  processTable,
  signalProcess,
  stillThere,
} from './processes.ts'
import { removeTree } from './remove-tree.ts'
import type { Launch, Mount, Refusal, Running, Runtime } from './runtime.ts'

export interface ProcessRuntimeOptions {
  readonly isolation: Isolation
  /** Command of a pod utility (`clonerefs`, `sidecar`, …), to which the container's args are added. */
  readonly utilityCommand: (utility: string) => readonly string[]
  /** PATH of containers that do not set it. */
  readonly path: string
  /** The program that runs this one. */
  readonly nodeProgram: string
  /** Paths that containers must not see. */
  readonly hidden: readonly string[]
  /** Paths that containers need to see wherever they lie: this program and Node. */
  readonly visible: readonly string[]
  /** Directories that the pod utilities which upload may write to, and nobody else: buckets on this machine. */
  readonly utilityPaths: readonly string[]
}

/** The pod utilities, as the last part of their images' names. */
const utilities = ['clonerefs', 'initupload', 'entrypoint', 'sidecar', 'gcsupload']

/** Those of them that write results. `entrypoint` does not: it runs what the job says. */
const uploaders = ['initupload', 'sidecar', 'gcsupload']

/** Home of a container in its own file system. Prow's images have it there too. */
const home = '/home/prow'

export function processRuntime(options: ProcessRuntimeOptions): Runtime {
  return {
    name: 'process',
    async launch(launch) {
      const argv = commandOf(launch, options.utilityCommand)
      if ('refused' in argv) return argv
      await freshDirectories(launch)
      return options.isolation.kind === 'namespaces'
        ? launchInNamespaces(launch, argv, options, options.isolation)
        : launchMapped(launch, argv, options)
    },
    async endLeftovers({ uid, dir, processes }) {
      const table = await processTable()
      const ours = processes.filter(({ pid, start }) => table.some((one) => one.pid === pid && one.start === start))
      await killAll(async () => {
        const now = await processTable()
        return [...ours.flatMap((leader) => familyOf(leader, now)), ...(await markedBy({ uid, dir }))]
      })
    },
  }
}

/** What to run; the name of a pod utility's image stands for the utility, any other image has nothing we could run. */
function commandOf(
  { image, command, args }: Pick<Launch, 'image' | 'command' | 'args'>,
  utilityCommand: (utility: string) => readonly string[],
): readonly string[] | { refused: Refusal } {
  if (command.length > 0) return [...command, ...args]
  const name = utilityOf(image)
  if (name) return [...utilityCommand(name), ...args, ...utilityDefaults(name, args)]
  const message = `image ${image} has an entrypoint of its own, which the process runtime cannot run; set command`
  return { refused: { reason: 'CreateContainerError', message } }
}

// A path that the utility would assume by itself has to be said, or it could not be mapped.
function utilityDefaults(name: string, args: readonly string[]): string[] {
  const copies = name === 'entrypoint' && args.includes('--copy-mode-only')
  const told = args.some((arg) => arg.startsWith('--copy-destination'))
  return copies && !told ? ['--copy-destination=/tools/entrypoint'] : []
}

function utilityOf(image: string): string | undefined {
  const last = image.split('@')[0]?.split('/').at(-1)?.split(':')[0]
  return utilities.find((utility) => utility === last)
}

// Home and temporary directories do not outlive an attempt, like the writable layer of an image.
async function freshDirectories({ dir, user }: Launch): Promise<void> {
  for (const name of ['home', 'tmp', 'var-tmp']) {
    const path = join(dir, name)
    await removeTree(path)
    await mkdir(path, { recursive: true })
    await chmod(path, name === 'home' ? 0o755 : 0o1777)
    if (isRoot() && user.uid !== undefined) await chown(path, user.uid, user.gid ?? user.uid)
  }
}

/** Whether this process may choose whom others run as. */
export function isRoot(): boolean {
  return process.getuid?.() === 0
}

async function launchInNamespaces(
  launch: Launch,
  command: readonly string[],
  options: ProcessRuntimeOptions,
  { tools, privileged }: Extract<Isolation, { kind: 'namespaces' }>,
): Promise<Running | { refused: Refusal }> {
  const { dir } = launch
  const root = join(dir, 'root')
  const table = join(dir, 'fstab')
  try {
    await removeTree(root)
    writeFileSync(table, buildFileSystem(launch, root, privileged, options))
  } catch (error) {
    return { refused: { reason: 'CreateContainerError', message: messageOf(error) } }
  }
  const env = { PATH: options.path, HOME: home, ...launch.env }
  const exact = !shellKeeps(env)
  const { file, args } = namespaceCommand({
    tools,
    privileged,
    own: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    fstab: table,
    root,
    workingDir: launch.workingDir || home,
    user: launch.user,
    argv: exact ? withExactEnvironment(options.nodeProgram, tools, command) : command,
  })
  const stdio = ['ignore', 'ignore', 'pipe', 'pipe', 'pipe', ...(exact ? ['pipe' as const] : [])] as const
  const child = spawn(file, args, {
    cwd: '/',
    env: exact ? { PATH: options.path } : env,
    detached: true,
    stdio: [...stdio],
  })
  const ended = endOf(child)
  if (child.pid === undefined) return { refused: { reason: 'StartError', message: await ended.then(textOf) } }
  const pid = child.pid
  const stdout = pipeOf(child, descriptors.stdout)
  const stderr = pipeOf(child, descriptors.stderr)
  const report = pipeOf(child, descriptors.report)
  launch.spawned(await identify(pid))
  const environment: unknown = child.stdio.at(descriptors.environment)
  if (exact && environment instanceof Writable) {
    environment.on('error', () => {}) // whoever should have read it is gone, and its end tells why
    environment.end(JSON.stringify(env))
  }

  const failure = await setUpFailure(report, ended)
  if (failure !== undefined) {
    stdout.destroy()
    stderr.destroy()
    return { refused: { reason: 'StartError', message: failure } }
  }
  // The namespace's first process; what waits for it outside is `pid`.
  const first = await childOf(pid)
  const firstId = first === undefined ? undefined : await identify(first)
  const send = (signal: NodeJS.Signals) => void (first !== undefined && signalProcess(first, signal))
  return {
    stdout,
    stderr,
    exited: ended.then(async ({ code, signal }) => {
      // Normally gone by now; not if somebody killed the process that waited for it.
      if (firstId) await killAll(() => stillThere(firstId))
      return { code, signal }
    }),
    terminate: () => send('SIGTERM'),
    kill: () => send('SIGKILL'),
  }
}

// Makes the skeleton on disk and returns the fstab. Some 50 small synchronous calls: less than a millisecond.
function buildFileSystem(launch: Launch, root: string, privileged: boolean, options: ProcessRuntimeOptions) {
  const { dir, mounts, image, command } = launch
  const utility = command.length === 0 ? utilityOf(image) : undefined
  const utilityPaths = utility !== undefined && uploaders.includes(utility) ? options.utilityPaths : []
  for (const path of utilityPaths) mkdirSync(path, { recursive: true })

  const own = (path: string, name: string): Mount => ({ path, source: join(dir, name), kind: 'dir', readOnly: false })
  const hidden = presentOf(options.hidden).map((one, index) => ({ ...one, empty: join(dir, `empty-${index}`) }))
  for (const { empty, kind } of hidden) {
    if (kind === 'dir') mkdirSync(empty, { recursive: true, mode: 0o755 })
    else writeFileSync(empty, '', { mode: 0o444, flag: 'a' })
  }
  const layout = planLayout(
    {
      root,
      mounts: [
        own('/tmp', 'tmp'),
        own('/var/tmp', 'var-tmp'),
        own(home, 'home'),
        ...utilityPaths.map((path): Mount => ({ path, source: path, kind: 'dir', readOnly: false })),
        ...mounts,
      ],
      hidden,
      visible: options.visible,
      hostMounts: hostMounts(),
      privileged,
    },
    hostView,
  )
  for (const path of layout.dirs) mkdirSync(path, { recursive: true, mode: 0o755 })
  for (const path of layout.files) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, '', { flag: 'a' })
  }
  for (const { path, target } of layout.links) symlinkSync(target, path)
  return fstab(layout)
}

/** The mounts that exist on this machine now. */
function hostMounts(): HostMount[] {
  return parseMountTable(readFileSync('/proc/self/mountinfo', 'utf8'))
}

const hostView: HostView = {
  kind(path) {
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (!stats) return undefined
    return stats.isSymbolicLink() ? 'link' : stats.isDirectory() ? 'dir' : 'file'
  },
  list(path) {
    try {
      return readdirSync(path)
    } catch {
      return []
    }
  },
  readLink: (path) => readlinkSync(path),
}

// Waits for the set-up: undefined when the command has taken over, else what went wrong.
async function setUpFailure(report: Readable, ended: Promise<unknown>): Promise<string | undefined> {
  let text = ''
  const ready = new Promise<boolean>((resolve) => {
    // Read to its end, whatever comes: a last word of the waiting shell must not break it.
    report.on('data', (chunk: Buffer) => {
      if (text.endsWith(readyMark)) return
      text += chunk.toString('utf8')
      if (text.endsWith(readyMark)) resolve(true)
    })
    report.once('close', () => resolve(text.endsWith(readyMark)))
  })
  if (await ready) return undefined
  await ended
  return text.trim() || 'the set-up was ended from outside'
}

async function launchMapped(
  launch: Launch,
  command: readonly string[],
  options: ProcessRuntimeOptions,
): Promise<Running | { refused: Refusal }> {
  const { dir, user } = launch
  const map = pathMap(launch.mounts)
  const env = Object.fromEntries(Object.entries(launch.env).map(([name, value]) => [name, map(value)]))
  const cwd = launch.workingDir ? map(launch.workingDir) : join(dir, 'home')
  const start = (message: string) => ({ refused: { reason: 'StartError', message } })
  const isDirectory = await stat(cwd).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
  if (!isDirectory) return start(`working directory ${launch.workingDir} does not exist (looked for ${cwd})`)
  const [file = '', ...args] = command.map(map)
  const child = spawn(file, args, {
    cwd,
    // The last two also mark the container's processes, whatever else becomes of them.
    env: { PATH: options.path, HOME: join(dir, 'home'), TMPDIR: join(dir, 'tmp'), ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(isRoot() && user.uid !== undefined ? { uid: user.uid, gid: user.gid ?? user.uid } : {}),
  })
  const ended = endOf(child)
  if (child.pid === undefined) return start(`exec: "${file}": ${await ended.then(textOf)}`)
  const stdout = pipeOf(child, 1)
  const stderr = pipeOf(child, 2)
  const leader = await identify(child.pid)
  launch.spawned(leader)
  const remaining = async () => [
    ...familyOf(leader, await processTable()),
    ...(await processesWith((environment) => carries(environment, dir))),
  ]
  return {
    stdout,
    stderr,
    // What the command leaves behind ends with it, as in a container.
    exited: ended.then(async ({ code, signal }) => {
      await killAll(remaining)
      return { code, signal }
    }),
    terminate: () => void signalProcess(leader.pid, 'SIGTERM'),
    kill: () => void killAll(remaining),
  }
}

interface End extends Exit {
  readonly error?: Error
}

function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }))
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
}

function textOf({ error }: End): string {
  const code = error && 'code' in error ? error.code : undefined
  return code === 'ENOENT' ? 'executable file not found in PATH' : (error?.message ?? 'could not be started')
}

// When a child exits, Node throws away what nobody has begun to read of its pipes. Behind a stream of ours it waits.
function pipeOf(child: ChildProcess, descriptor: number): Readable {
  const pipe: unknown = child.stdio.at(descriptor)
  if (!(pipe instanceof Readable)) throw new Error(`descriptor ${descriptor} of a container is not a pipe`)
  return pipeline(pipe, new PassThrough(), () => {})
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
