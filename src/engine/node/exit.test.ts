// How ends of processes become ends of containers.
import { expect, test } from 'vitest'
import { exitStatus, terminationMessage } from './exit.ts'

test.each([
  [
    { code: 0, signal: null },
    { exitCode: 0, reason: 'Completed' },
  ],
  [
    { code: 1, signal: null },
    { exitCode: 1, reason: 'Error' },
  ],
  [
    { code: 137, signal: null },
    { exitCode: 137, reason: 'Error' },
  ],
  [
    { code: null, signal: 'SIGKILL' },
    { exitCode: 137, signal: 9, reason: 'Error' },
  ],
  [
    { code: null, signal: 'SIGTERM' },
    { exitCode: 143, signal: 15, reason: 'Error' },
  ],
  [
    { code: null, signal: 'SIGSEGV' },
    { exitCode: 139, signal: 11, reason: 'Error' },
  ],
])('%j', (exit, want) => expect(exitStatus(exit)).toEqual(want))

test.each<[string, string | undefined, number, string, string | undefined]>([
  ['the file, whatever the exit code', undefined, 0, 'said', 'said'],
  ['no file, no fallback', 'File', 1, '', undefined],
  ['the log, if asked for', 'FallbackToLogsOnError', 1, '', 'tail'],
  ['but not after a success', 'FallbackToLogsOnError', 0, '', undefined],
  ['nor if there is a file', 'FallbackToLogsOnError', 1, 'said', 'said'],
  ['4096 bytes at most', undefined, 1, 'x'.repeat(5000), 'x'.repeat(4096)],
])('%s', async (_why, policy, code, file, want) => {
  expect(await terminationMessage(policy, code, Buffer.from(file), async () => Buffer.from('tail'))).toBe(want)
})
