// The command line as a whole: help for everything, and exit code 2 with words for wrong use.
import { tmpdir } from 'node:os'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { Machine } from '../system/process.ts'
import { commands } from './commands.ts'
import { main } from './main.ts'

/** Runs one command line in this process. Only for those that end by themselves. */
async function bowsprit(...args: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const machine: Machine = {
    args,
    env: {},
    cwd: tmpdir(),
    execPath: process.execPath,
    stdout,
    stderr,
    stdin: new PassThrough(),
    stopped: () => new AbortController().signal,
    memory: () => 0,
  }
  const code = await main(machine)
  const read = (stream: PassThrough) => String(stream.read() ?? '')
  return { code, out: read(stdout), err: read(stderr) }
}

test('there is help for every command, and an overview of them', async () => {
  const overview = await bowsprit('help')
  expect(overview.code).toBe(0)
  expect(await bowsprit()).toEqual(overview)
  for (const name of Object.keys(commands)) {
    expect(overview.out).toContain(`  ${name} `)
    const { code, out } = await bowsprit(...name.split(' '), '--help')
    expect([name, code]).toEqual([name, 0])
    expect(out).toContain(`bowsprit ${name}: `)
    expect((await bowsprit('help', ...name.split(' '))).out).toBe(out)
  }
}, 30_000)

test('a word that several commands begin with has help, too', async () => {
  const { code, out } = await bowsprit('config', '--help')
  expect(code).toBe(0)
  expect(out.split('\n').map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
    ...['which', 'explain', 'dump', 'diff', 'schema'].map((name) => `bowsprit config ${name}`),
    '',
  ])
})

test.each([
  [['nonsense'], 'unknown command "nonsense"'],
  [['hok'], 'did you mean hook?'],
  [['up', '--nonsense'], 'unknown flag --nonsense'],
  [['up', '--deck-prt=1'], 'did you mean deck-port?'],
  [['up', '--deck-port=x'], '--deck-port: "x" is not a number'],
  [['up', 'stray'], '"stray"'],
  [['up'], '--config-path is needed'],
  [['hook'], '--config-path is needed'],
  [['crier', '--config-path=x'], 'no reporter is on'],
  [['horologium'], '--config-path is needed'],
])('%j is refused with code 2', async (args, words) => {
  expect(await bowsprit(...args)).toMatchObject({ code: 2, err: expect.stringContaining(words) })
})
