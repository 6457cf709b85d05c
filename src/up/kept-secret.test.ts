// What is made once and kept.
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemIds } from '../system/ids.ts'
import { keptSecret } from './kept-secret.ts'

let file: string
beforeEach(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'kept-')), 'secret')
})
afterEach(() => rm(join(file, '..'), { recursive: true }))

test('is the same at every start, and for its owner only', async () => {
  const secret = await keptSecret(file, systemIds)
  expect(secret).toMatch(/^[0-9a-f-]{36}$/)
  expect(await keptSecret(file, systemIds)).toBe(secret)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

test('a line end behind a secret that a person wrote does not belong to it', async () => {
  await writeFile(file, 's3cret\n')
  expect(await keptSecret(file, systemIds)).toBe('s3cret')
})

test('an empty file is a mistake, not a secret that everybody knows', async () => {
  await writeFile(file, '\n')
  await expect(keptSecret(file, systemIds)).rejects.toThrow(`${file} is empty`)
})
