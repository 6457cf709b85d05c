// A dry run reads buckets and writes nothing.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { dryRunStorage } from './dry-run.ts'
import { openStorage } from './open.ts'

test('what would be written is told, and nothing is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dry-run-'))
  try {
    await writeFile(join(folder, 'old'), 'here')
    const said: unknown[] = []
    const log = pino({}, { write: (line: string) => void said.push(JSON.parse(line).url) })
    const storage = dryRunStorage(openStorage(), log)
    await storage.write(`file://${folder}/new`, 'x')
    expect(await readdir(folder)).toEqual(['old'])
    expect(Buffer.from(await storage.read(`file://${folder}/old`)).toString()).toBe('here')
    expect(said).toEqual([`file://${folder}/new`])
  } finally {
    await rm(folder, { recursive: true })
  }
})
