// What a process that was killed leaves behind, and that nobody minds.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { gitScene, type Scene, token } from './testing/scene.ts'

let scene: Scene
let base = ''
beforeEach(async () => {
  scene = await gitScene()
  base = scene.repo.commit('one', Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`f${n}`, `${n}\n`])))
})
afterEach(() => scene.close())

function another(act: string, commit: string) {
  const args = [
    fileURLToPath(new URL('testing/process.ts', import.meta.url)),
    scene.cacheDir,
    new URL(scene.server.url).host,
    token,
    act,
    commit,
  ]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}
async function killed(child: ReturnType<typeof another>): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}
const inWork = () => readdirSync(join(scene.cacheDir, '.work')).sort()

test('a process that is killed in the middle of a fetch leaves a mirror that works', async () => {
  const stalled = scene.server.stallAfter(200)
  const child = another('ensure', base)
  await stalled
  await killed(child)
  // Its git still runs, with what it has got so far.
  const mirror = scene.mirror()
  scene.server.answerWhole()
  await mirror.ensure([base])
  expect(await mirror.files(base)).toHaveLength(50)
  scene.server.goOn()
  const head = scene.pull({ new: 'x' }, base)
  expect(await mirror.merged(base, [head], 'merge')).toMatch(/^[0-9a-f]{40}$/)
  expect(inWork()).toHaveLength(2)
})

test('working copies of the dead are removed at the next start, those of the living are not', async () => {
  const dead = another('worktree', base)
  const deadDir = String((await once(dead.stdout, 'data'))[0])
  const living = another('worktree', base)
  const livingDir = String((await once(living.stdout, 'data'))[0])
  expect([existsSync(deadDir), existsSync(livingDir)]).toEqual([true, true])
  await killed(dead)
  const mirror = scene.mirror()
  const copy = await mirror.worktree(base)
  expect([existsSync(deadDir), existsSync(livingDir), existsSync(copy.dir)]).toEqual([false, true, true])
  expect(scene.local('worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(3)
  await copy.close()
  expect(scene.local('worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(2)
})

test('locks that a killed git has left in a mirror stop nobody', async () => {
  const mirror = scene.mirror()
  await mirror.ensure([base])
  for (const name of ['HEAD.lock', 'config.lock', 'packed-refs.lock', 'shallow.lock'])
    writeFileSync(join(scene.mirrorDir, name), '')
  const head = scene.pull({ new: 'x' }, base)
  writeFileSync(join(scene.mirrorDir, `refs/kept/${head.slice(0, 2)}.lock`), '')
  const merged = await mirror.merged(base, [head], 'merge')
  expect(await mirror.files(merged, ['new'])).toHaveLength(1)
  await (await mirror.worktree(merged)).close()
})

test('a fetch that nobody waits for any more ends with all its helpers', async () => {
  const stalled = scene.server.stallAfter(200)
  const gone = new AbortController()
  const asked = scene.mirror().ensure([base], gone.signal)
  await stalled
  expect(gitsWith(scene.mirrorDir).length).toBeGreaterThan(1)
  gone.abort(new Error('gone'))
  await expect(asked).rejects.toThrow('gone')
  await vi.waitFor(() => expect(gitsWith(scene.mirrorDir)).toEqual([]))
})

/** Command lines of the processes that run in a folder. */
function gitsWith(dir: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.flatMap((pid) => {
    try {
      const env = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
      return env.includes(`GIT_DIR=${dir}`) ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8')] : []
    } catch {
      return []
    }
  })
}
