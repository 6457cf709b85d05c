// entrypoint with real processes and a clock that the test moves.
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EntrypointOptions } from '../../api/pod-utilities.ts'
import { beatMs } from '../heartbeat.ts'
import { messagesOf, type TestWorld, testWorld } from '../testing/world.ts'
import { endingOf, entrypoint } from './entrypoint.ts'

let world: TestWorld
beforeEach(() => {
  world = testWorld()
})
afterEach(() => world.remove())

function start(args: string[], more: Partial<EntrypointOptions> = {}): Promise<number> {
  const options: EntrypointOptions = {
    timeout: 60e9,
    grace_period: 15e9,
    args,
    container_name: 'test',
    process_log: world.path('process-log.txt'),
    marker_file: world.path('marker-file.txt'),
    metadata_file: world.path('artifacts/metadata.json'),
    ...more,
  }
  world.env.ENTRYPOINT_OPTIONS = JSON.stringify(options)
  return entrypoint(world, ['ignored', '--nonsense'])
}
const sh = (script: string) => ['sh', '-c', script]
const log = () => world.text('process-log.txt')
const marker = () => world.text('marker-file.txt')

describe('a test that ends by itself', () => {
  test('gives its code to the marker and the exit status', async () => {
    expect(await start(sh('exit 12'))).toBe(12)
    expect(marker()).toBe('12')
    expect(statSync(world.path('marker-file.txt')).mode & 0o777).toBe(0o777)
    expect(messagesOf(world.printed.stdout)).toEqual(['Error executing test process'])
    expect(world.printed.stdout).toContain('wrapped process failed: exit status 12')
    expect(log()).toBe('')
  })

  test('leaves nothing but log, marker and artifact folder', async () => {
    expect(await start(sh('echo hello'), { artifact_dir: world.path('artifacts') })).toBe(0)
    expect(readdirSync(world.folder).sort()).toEqual(['artifacts', 'marker-file.txt', 'process-log.txt'])
    expect(log()).toBe('hello\n')
    expect(world.printed.stdout).toBe('hello\n')
  })

  test('may keep its failure to the marker', async () => {
    expect(await start(sh('exit 12'), { always_zero: true })).toBe(0)
    expect(marker()).toBe('12')
  })

  test('that died from a signal has no code', async () => {
    expect(await start(sh('kill -9 $$'))).toBe(-1)
    expect(marker()).toBe('-1')
  })

  test('writes to its standard streams by name, in order', async () => {
    await start(sh('echo 1; echo 2 >&2; echo 3 > /dev/stderr; echo 4 | tee /dev/stdout'))
    expect(log()).toBe('1\n2\n3\n4\n4\n')
  })

  test('has no input and the environment of the container', async () => {
    world.env.COLOUR = 'blue $HOME'
    await start(sh('cat; printf %s "$COLOUR"'))
    expect(log()).toBe('blue $HOME')
  })

  test('does not lose a large output', async () => {
    await start(sh('head -c 3000000 /dev/zero'))
    expect(statSync(world.path('process-log.txt')).size).toBe(3_000_000)
  })

  test('does not wait for what it left in the background, and takes that along', async () => {
    const running = start(sh('sleep 1000 & echo $$ $!; exit 3'))
    await world.until(() => log().endsWith('\n') && !alive(Number(log().split(' ')[0])))
    await world.clock.advance('2s')
    expect(await running).toBe(3)
    const pid = / (\d+)/.exec(log())?.[1]
    expect(messagesOf(log())).toEqual(['Output is still held open by a background process, going on without it'])
    await world.until(() => !alive(Number(pid)))
  })
})

describe('a test that cannot start', () => {
  test.each([
    ['foo', 'could not start the process: exec: "foo": executable file not found in $PATH'],
    ['./foo', 'could not start the process: fork/exec ./foo: no such file or directory'],
    ['/tmp', 'could not start the process: fork/exec /tmp: permission denied'],
  ])('%s', async (program, text) => {
    expect(await start([program])).toBe(127)
    expect(log()).toBe(text)
    expect(marker()).toBe('127')
  })

  test('because its log cannot be written', async () => {
    expect(await start(sh('exit 0'), { process_log: world.path('nowhere/log') })).toBe(127)
    expect(marker()).toBe('127')
  })

  test('because nobody could read its marker', async () => {
    expect(await start(sh('exit 0'), { marker_file: world.path('nowhere/marker'), always_zero: true })).toBe(127)
  })
})

describe('a test that is made to stop', () => {
  test('by its time limit', async () => {
    const running = start(sh('echo started; exec sleep 1000'))
    await world.until(() => log() === 'started\n')
    await world.clock.advance('1m')
    expect(await running).toBe(127)
    expect(marker()).toBe('127')
    expect(messagesOf(log())).toEqual([
      'Process did not finish before 1m0s timeout',
      'Process gracefully exited before 15s grace period',
    ])
    expect(world.printed.stdout).toContain('process timed out')
  })

  test('although it does not want to', async () => {
    const running = start(sh('trap "" INT; echo started; sleep 1000 & wait; wait; sleep 1000'), {
      propagate_error_code: true,
    })
    await world.until(() => log() === 'started\n')
    await world.clock.advance('1m')
    await world.clock.advance('15s')
    expect(await running).toBe(-1)
    expect(marker()).toBe('-1')
    expect(messagesOf(log())).toEqual([
      'Process did not finish before 1m0s timeout',
      'Process did not exit before 15s grace period',
    ])
  })

  test('with all its children', async () => {
    const running = start(sh('sh -c "echo \\$\\$; exec sleep 1000"; exit 0'))
    await world.until(() => /^\d+\n$/.test(log()))
    const pid = Number(log())
    await world.clock.advance('1m')
    await running
    await world.until(() => !alive(pid))
  })

  test('by a signal to the container', async () => {
    const running = start(sh('echo started; exec sleep 1000'))
    await world.until(() => log() === 'started\n')
    world.signal('SIGTERM')
    expect(await running).toBe(130)
    expect(marker()).toBe('130')
    expect(messagesOf(log())[0]).toBe('Entrypoint received interrupt: terminated')
  })

  test('and says itself with which code', async () => {
    const running = start(sh('trap "exit 3" TERM; trap "" INT; echo started; while :; do sleep 0.01; done'), {
      propagate_error_code: true,
    })
    await world.until(() => log() === 'started\n')
    world.signal('SIGTERM')
    expect(await running).toBe(3)
    expect(marker()).toBe('3')
  })
})

describe('a step after another', () => {
  test.each([
    ['0', 5, 'ran\n'],
    ['9', 1130, ''],
    ['nonsense', 127, ''],
  ])('whose marker says %s', async (previous, code, output) => {
    writeFileSync(world.path('previous'), previous)
    expect(await start(sh('echo ran; exit 5'), { previous_marker: world.path('previous') })).toBe(code)
    expect(log()).toBe(output)
    expect(marker()).toBe(String(code))
  })

  test('waits for it', async () => {
    const running = start(sh('exit 5'), { previous_marker: world.path('previous') })
    await world.until(() => world.clock.waiting === 2) // heartbeat and poll
    writeFileSync(world.path('previous'), '0')
    await world.clock.advance('10s')
    expect(await running).toBe(5)
  })

  test('ends when it is interrupted before', async () => {
    const running = start(sh('exit 5'), { previous_marker: world.path('previous') })
    await world.until(() => world.clock.waiting === 2)
    world.signal('SIGINT')
    expect(await running).toBe(127)
  })
})

describe('options', () => {
  test.each([
    [{ args: [] }, 'no process to wrap'],
    [{ always_zero: true, propagate_error_code: true }, 'cannot be used together'],
    [{ process_log: '' }, 'no log file'],
  ])('%j are refused, and the sidecar is told', async (more, why) => {
    expect(await start(sh('exit 0'), more)).toBe(1)
    expect(world.printed.stderr).toContain(why)
    expect(marker()).toBe('127')
  })

  test.each([
    ['', 'could not load config'],
    ['{"args":"make"}', 'args must be a list of strings'],
    ['[]', 'must be a JSON object'],
  ])('%j cannot be read', async (json, why) => {
    world.env.ENTRYPOINT_OPTIONS = json
    expect(await entrypoint(world, [])).toBe(1)
    expect(world.printed.stderr).toContain(why)
  })

  test('come from flags when there is no variable', async () => {
    const files = [`--process-log=${world.path('log')}`, '-marker-file', world.path('marker')]
    expect(await entrypoint(world, [...files, '--timeout=1h', 'sh', '-c', 'echo "$0"; exit 4', '--flag'])).toBe(4)
    expect(world.text('log')).toBe('--flag\n')
    expect(await entrypoint(world, ['--nonsense'])).toBe(2)
    expect(await entrypoint(world, ['--timeout=soon'])).toBe(2)
  })

  test('timeout and grace 0 are the defaults, 2h and 15s', async () => {
    const running = start(sh('echo started; exec sleep 1000'), { timeout: 0, grace_period: 0 })
    await world.until(() => log() === 'started\n')
    await world.clock.advance('2h')
    await running
    expect(messagesOf(log())).toEqual([
      'Process did not finish before 2h0m0s timeout',
      'Process gracefully exited before 15s grace period',
    ])
  })
})

test('a heartbeat tells that entrypoint lives', async () => {
  const running = start(sh('echo started; exec sleep 1000'))
  await world.until(() => log() === 'started\n')
  const beat = () => world.text('marker-file.txt.alive')
  const first = beat()
  await world.clock.advance(beatMs)
  await world.until(() => beat() !== first && beat() !== '')
  world.signal('SIGTERM')
  await running
  expect(existsSync(world.path('marker-file.txt.alive'))).toBe(false)
})

test.each([
  ['exited', 0, false, 0],
  ['exited', 130, false, 130],
  ['timed out', 3, false, 127],
  ['timed out', 3, true, 3],
  ['aborted', 3, false, 130],
  ['aborted', -1, true, -1],
] as const)('%s with %i, propagate %s → %i', (end, code, propagate, want) => {
  expect(endingOf({ end, code }, propagate).code).toBe(want)
})

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
