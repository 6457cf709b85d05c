// The processes of this machine: who they are, who belongs together, and ending them. Linux from /proc, elsewhere from ps.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { systemClock } from '../../system/clock.ts'
import type { ProcessId } from './pod-run.ts'

/** One process as far as it matters here. */
export interface ProcessInfo {
  readonly pid: number
  readonly parent: number
  readonly group: number
  readonly session: number
  readonly start: string
}

/** The living processes (zombies are not). */
export async function processTable(): Promise<ProcessInfo[]> {
  return bootId === undefined ? tableFromPs() : tableFromProc()
}

// Start times are counted from the boot, so that they need its name to be unique.
const bootId = readOr(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(), undefined)

/** The process with this number at this moment. */
export async function identify(pid: number): Promise<ProcessId> {
  return { pid, start: (await processWith(pid))?.start ?? '' }
}

/** The process itself, as long as it lives. */
export async function stillThere({ pid, start }: ProcessId): Promise<readonly ProcessInfo[]> {
  const now = await processWith(pid)
  return now?.start === start ? [now] : []
}

async function processWith(pid: number): Promise<ProcessInfo | undefined> {
  if (bootId === undefined) return (await tableFromPs()).find((process) => process.pid === pid)
  return readOr(() => parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8')), undefined)
}

async function tableFromProc(): Promise<ProcessInfo[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')))
  return stats.map(parseStat).filter((process) => process !== undefined)
}

/** One line of /proc/<pid>/stat; undefined for a zombie and for a process that is gone. */
export function parseStat(line: string): ProcessInfo | undefined {
  // The name may hold spaces and brackets: what counts starts after the last one.
  const [state, parent, group, session, ...rest] = line.slice(line.lastIndexOf(')') + 2).split(' ')
  const pid = Number.parseInt(line, 10)
  if (Number.isNaN(pid) || state === 'Z' || state === 'X') return undefined
  return { pid, parent: Number(parent), group: Number(group), session: Number(session), start: `${bootId}/${rest[15]}` }
}

async function tableFromPs(): Promise<ProcessInfo[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,ppid=,pgid=,stat=,lstart='], {
    env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' },
    maxBuffer: 64 * 1024 * 1024,
  })
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, group, state = '', start = ''] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    if (pid === undefined || state.startsWith('Z')) return []
    // ps has no portable word for sessions; the leader of a session leads a group of the same number.
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), session: Number(group), start }]
  })
}

/**
 * Who belongs to the container that `leader` was started for: itself, its group and session, and all their descendants. A
 * process that happens to have the leader's number but another start is a stranger, and so is its group.
 */
export function familyOf(leader: ProcessId, table: readonly ProcessInfo[]): ProcessInfo[] {
  const holder = table.find(({ pid }) => pid === leader.pid)
  if (holder && holder.start !== leader.start) return []
  const family = new Set(table.filter(({ pid, group, session }) => [pid, group, session].includes(leader.pid)))
  for (let before = -1; before !== family.size; ) {
    before = family.size
    const pids = new Set([...family].map(({ pid }) => pid))
    for (const process of table) if (pids.has(process.parent)) family.add(process)
  }
  return [...family]
}

/** First child of a process, as long as it has one. */
export async function childOf(pid: number): Promise<number | undefined> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => undefined)
  if (children !== undefined) return Number.parseInt(children, 10) || undefined
  return (await processTable()).find(({ parent }) => parent === pid)?.pid
}

/**
 * Who carries the mark of a Pod: a home or temporary directory below its directory (`dir`), or a mount of it. Finds what
 * has left its group, its session and its parent. Linux only; elsewhere nobody is found.
 */
export async function markedBy({ uid, dir }: { uid: string; dir: string }): Promise<ProcessInfo[]> {
  if (bootId === undefined) return []
  const own = await readFile('/proc/self/mountinfo', 'utf8')
  return filterProcesses(async (pid) => {
    if (carries(await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => ''), dir)) return true
    const mounts = await readFile(`/proc/${pid}/mountinfo`, 'utf8')
    return mounts !== own && mounts.includes(`/pods/${uid}/`)
  })
}

/** Processes whose environment at their start (as far as it may be read) meets the condition. Linux only. */
export function processesWith(condition: (environment: string) => boolean): Promise<ProcessInfo[]> {
  return filterProcesses(async (pid) => condition(await readFile(`/proc/${pid}/environ`, 'latin1')))
}

async function filterProcesses(condition: (pid: number) => Promise<boolean>): Promise<ProcessInfo[]> {
  if (bootId === undefined) return []
  const table = await tableFromProc()
  // A process that is gone or somebody else's cannot be read and is not ours.
  const keep = await Promise.all(table.map(({ pid }) => condition(pid).catch(() => false)))
  return table.filter((_one, index) => keep[index])
}

/** Whether an environment block has a variable that only a container of the directory's Pod gets. */
export function carries(environment: string, dir: string): boolean {
  return environment.split('\0').some((entry) => entry.startsWith(`HOME=${dir}/`) || entry.startsWith(`TMPDIR=${dir}/`))
}

/** Sends a signal to one process; false when it is not there any more. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/**
 * Kills all that `find` finds, and looks again, since a process that is about to die may still have had a child. Gives up on
 * those that do not die (stuck in the kernel) after some rounds.
 * @returns who is left.
 */
export async function killAll(find: () => Promise<readonly ProcessInfo[]>): Promise<readonly ProcessInfo[]> {
  let found = await find()
  for (let round = 0; found.length > 0 && round < 50; round++) {
    for (const { pid } of found) signalProcess(pid, 'SIGKILL')
    // The kernel takes a moment to bury the dead: its time, whatever the time of the program is.
    await systemClock.sleep(2)
    found = await find()
  }
  return found
}

function readOr<T, F>(read: () => T, fallback: F): T | F {
  try {
    return read()
  } catch {
    return fallback
  }
}
