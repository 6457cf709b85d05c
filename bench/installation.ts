// A running installation for one benchmark: `bowsprit up --simulator` as a process of its own, in a temporary folder, on free ports.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isComplete, prowJobs } from '../src/api/prowjob.ts'
import type { Kube } from '../src/kube/client.ts'
import { kubeOf } from '../src/testing/kubeconfig.ts'
import { restOf, startUp, type UpProcess } from '../src/testing/up-process.ts'

/** The sample's repository, as REST names it. */
export const repo = '/repos/harbor/lighthouse'

export interface Installed {
  readonly up: UpProcess
  readonly dataDir: string
  /** A client of its API server. */
  readonly kube: Kube
  /** The simulated GitHub, as a member of the organisation. */
  readonly github: ReturnType<typeof restOf>
}

export interface Wishes {
  /** Job configuration, YAML; the sample's own when it is absent. */
  readonly jobs?: string
  readonly flags?: readonly string[]
}

/** A temporary folder for the time of `use`. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'bowsprit-bench-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Starts one, waits until the conversation of the first start is over, and stops it after `use`. */
export function withInstallation<T>(wishes: Wishes, use: (installed: Installed) => Promise<T>): Promise<T> {
  return inFolder(async (dataDir) => {
    if (wishes.jobs !== undefined) {
      await mkdir(join(dataDir, 'config'))
      await writeFile(join(dataDir, 'config', 'jobs.yaml'), wishes.jobs)
    }
    const up = await startUp(dataDir, wishes.flags)
    const kube = await kubeOf(join(dataDir, 'kubeconfig'))
    try {
      const installed = { up, dataDir, kube, github: restOf(up.addresses, 'alice') }
      await firstConversationOver(installed)
      return await use(installed)
    } finally {
      await kube.close()
      await up.stop()
    }
  })
}

async function firstConversationOver({ kube, github }: Installed): Promise<void> {
  await until('the first conversation to end', async () => {
    const pulls = await github<{ number: number; labels: { name: string }[] }[]>('GET', `${repo}/pulls?state=open`)
    const labels = pulls.find(({ number }) => number === 1)?.labels.map(({ name }) => name) ?? []
    if (!labels.includes('ok-to-test') || labels.includes('needs-ok-to-test')) return false
    const comments = await github<unknown[]>('GET', `${repo}/issues/1/comments`)
    const { items } = await kube.list(prowJobs, { namespace: 'default' })
    // Either the tests ran, or there were none and the bot has said so.
    return items.length > 0 ? items.every(isComplete) : comments.length >= 3
  })
  await pause(500)
}

/** Opens pull requests of somebody trusted, one file each. Returns their numbers. */
export async function openPulls({ github }: Installed, count: number): Promise<number[]> {
  const { object } = await github<{ object: { sha: string } }>('GET', `${repo}/git/ref/heads/main`)
  const numbers: number[] = []
  for (let index = 0; index < count; index++) {
    const branch = `bench-${index}`
    await github('POST', `${repo}/git/refs`, { ref: `refs/heads/${branch}`, sha: object.sha })
    const content = Buffer.from(`${index}\n`).toString('base64')
    await github('PUT', `${repo}/contents/${branch}.txt`, { branch, message: branch, content })
    const pull = { title: branch, head: branch, base: 'main' }
    numbers.push((await github<{ number: number }>('POST', `${repo}/pulls`, pull)).number)
  }
  // Their webhooks are work, too.
  await pause(1000)
  return numbers
}

/** Asks until the answer is yes. Throws after a minute. */
export async function until(what: string, check: () => Promise<boolean>): Promise<void> {
  for (const begin = performance.now(); !(await check()); await pause(20)) {
    if (performance.now() - begin > 60_000) throw new Error(`waited a minute for ${what}`)
  }
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
