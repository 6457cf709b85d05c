// The lock, between processes of which one is really killed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, onTestFinished, test } from 'vitest'
import { tryLock } from './lock.ts'

function lockPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bowsprit-lock-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'lock')
}

test('one at a time in this process', () => {
  const path = lockPath()
  const unlock = tryLock(path)
  expect(unlock).toBeDefined()
  expect(tryLock(path)).toBeUndefined()
  unlock?.()
  const again = tryLock(path)
  expect(again).toBeDefined()
  again?.()
})

test('a lock that nobody refers to is held all the same', async () => {
  const path = lockPath()
  expect(tryLock(path) !== undefined).toBe(true)
  await new Promise((resolve) => setImmediate(resolve)) // what is on the stack is not garbage
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  collectGarbage()
  expect(tryLock(path)).toBeUndefined()
})

test('a process that is killed leaves no lock', async () => {
  const path = lockPath()
  const script = `
    import { tryLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))}
    process.stdout.write(tryLock(process.argv[1]) ? 'locked' : 'taken')
    setInterval(() => {}, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void holder.kill('SIGKILL'))
  const [said] = await once(holder.stdout, 'data')
  expect(String(said)).toBe('locked')
  expect(tryLock(path)).toBeUndefined()
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  const unlock = tryLock(path)
  expect(unlock).toBeDefined()
  unlock?.()
})
