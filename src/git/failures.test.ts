// What git says, and what it means; the words are git's and GitHub's own.
import { expect, test } from 'vitest'
import { conflictOf, DamagedMirror, failureOf, withoutSecrets } from './failures.ts'
import type { GitError } from './git.ts'

const unable = "fatal: unable to access 'https://github.com/o/r/': "
const sha = 'a'.repeat(40)

test.each<[says: string, kind: GitError['kind']]>([
  [`fatal: remote error: upload-pack: not our ref ${sha}`, 'no-commit'],
  [`fatal: Not a valid object name ${sha}`, 'no-commit'],
  [`fatal: bad object ${sha}`, 'no-commit'],
  ["remote: Repository not found.\nfatal: repository 'https://github.com/o/r/' not found", 'no-repository'],
  [`${unable}The requested URL returned error: 301`, 'no-repository'],
  ["fatal: Authentication failed for 'https://github.com/o/r/'", 'denied'],
  ["fatal: could not read Username for 'https://github.com': terminal prompts disabled", 'denied'],
  [`remote: Write access to repository not granted.\n${unable}The requested URL returned error: 403`, 'denied'],
  ['git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository.', 'denied'],
  [`${unable}Could not resolve host: github.com`, 'unavailable'],
  [`${unable}The requested URL returned error: 502`, 'unavailable'],
  [`${unable}The requested URL returned error: 429`, 'unavailable'],
  ['error: RPC failed; curl 92 HTTP/2 stream 5 was not closed cleanly\nfatal: early EOF', 'unavailable'],
  ['fatal: the remote end hung up unexpectedly', 'unavailable'],
  ['error: unknown option `x', 'failed'],
  ['', 'failed'],
])('%s', (stderr, kind) => {
  const failure = failureOf('o/r: git fetch', { code: 128, stderr })
  expect(failure.kind).toBe(kind)
  expect(failure).not.toBeInstanceOf(DamagedMirror)
  expect(failure.message).toMatch(/^o\/r: git fetch ended with 128: ./)
})

test.each([
  ['fatal: not a git repository: /cache/o/r'],
  ['fatal: bad config line 1 in file /cache/o/r/config'],
  [`error: object file objects/aa/bb is empty\nfatal: loose object ${sha} (stored in objects/aa/bb) is corrupt`],
  [`error: packfile objects/pack/p.pack is far too short to be a packfile\nfatal: bad object ${sha}`],
])('%s: the mirror is damaged', (stderr) => {
  expect(failureOf('o/r: git fetch', { code: 128, stderr })).toBeInstanceOf(DamagedMirror)
})

test('secrets, and passwords in addresses, are taken out', () => {
  const says = "fatal: 'https://x:pass@word.example/o/r' and ghs_1 twice: ghs_1, mail a@b"
  expect(withoutSecrets(says, ['ghs_1', ''])).toBe(
    "fatal: 'https://xxxxx@word.example/o/r' and xxxxx twice: xxxxx, mail a@b",
  )
})

test('a conflict lists ten files, those with odd names as JSON', () => {
  const files = ['a b', 'x\ny', ...Array.from({ length: 10 }, (_, n) => `f${n}`)]
  expect(conflictOf('o/r', 'head', files).message).toBe(
    'o/r: head cannot be merged: conflict in "a b", "x\\ny", f0, f1, f2, f3, f4, f5, f6, f7 and 2 more',
  )
})
