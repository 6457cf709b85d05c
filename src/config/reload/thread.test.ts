// The thread that reads the configuration: it answers, dies, is too slow, and is told to end.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../system/clock.ts'
import { testClock } from '../../testing/clock.ts'
import { type ReadingThread, startThread } from './thread.ts'

let folder: string
let thread: ReadingThread | undefined
let deaths: string[]
const died = (why: Error) => deaths.push(why.message)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-thread-'))
  deaths = []
})
afterEach(async () => {
  await thread?.end()
  await rm(folder, { recursive: true })
})
const start = (clock = systemClock) => {
  thread = startThread({ configPath: join(folder, 'config.yaml') }, clock, died)
  return thread
}
const write = (text: string) => writeFile(join(folder, 'config.yaml'), text)

test('gives all at first, then what changed, and keeps the last good one in mind', async () => {
  const { read } = start()
  expect(await read()).toMatchObject({ kind: 'broken', problems: [{ code: 'CONFIG_FILE_UNREADABLE' }] })
  await write('log_level: info')
  expect(await read()).toMatchObject({ kind: 'whole', snapshot: { config: { log_level: 'info' } } })
  expect(await read()).toEqual({ kind: 'same', folders: [] })
  await write('log_level: [')
  expect(await read()).toMatchObject({ kind: 'broken', problems: [{ code: 'CONFIG_YAML' }] })
  await write('log_level: warn')
  expect(await read()).toMatchObject({ kind: 'patch', patch: { changes: { sections: ['log_level'] } } })
  expect(deaths).toEqual([])
})

test('tells of a new folder before there is a file in it', async () => {
  await write('')
  await mkdir(join(folder, 'jobs'))
  thread = startThread(
    { configPath: join(folder, 'config.yaml'), jobConfigPath: join(folder, 'jobs') },
    systemClock,
    died,
  )
  expect(await thread.read()).toMatchObject({ kind: 'whole', folders: [join(folder, 'jobs')] })
  await mkdir(join(folder, 'jobs/new'))
  expect(await thread.read()).toEqual({ kind: 'same', folders: [join(folder, 'jobs'), join(folder, 'jobs/new')] })
})

test('an error in it ends it, with what went wrong', async () => {
  const path: unknown = 7
  thread = startThread({ configPath: path as string }, systemClock, died)
  await expect(thread.read()).rejects.toThrow('The "path" argument must be of type string')
  expect(deaths).toHaveLength(1)
  await expect(thread.read()).rejects.toThrow('The "path" argument')
})

test('nobody waits for ever', async () => {
  const clock = testClock()
  const { read } = start(clock)
  const reading = expect(read()).rejects.toThrow('the configuration could not be read within 120 s')
  await clock.advance('2m')
  await reading
  expect(deaths).toHaveLength(1)
})

test('who is told to end does not count as dead', async () => {
  const { read, end } = start()
  const reading = expect(read()).rejects.toThrow('was ended')
  await end()
  await reading
  expect(deaths).toEqual([])
})
