// Which files count, and in which order.
import { describe, expect, test } from 'vitest'
import { jobFilesOf, neededFiles, touchesInRepo } from './files.ts'

test.each<[why: string, paths: string[], want: string[]]>([
  ['nothing is there', ['README.md'], []],
  ['the file', ['.prow.yaml', '.prowignore'], ['.prow.yaml']],
  ['the folder alone', ['.prow.yaml', '.prow/base.yaml'], ['.prow/base.yaml']],
  [
    'both endings, and no others',
    ['.prow/a.yml', '.prow/b.yaml', '.prow/OWNERS', '.prow/c.json'],
    ['.prow/a.yml', '.prow/b.yaml'],
  ],
  ['a folder without jobs', ['.prow.yaml', '.prow/OWNERS'], []],
  [
    'what says what is ignored',
    ['.prowignore', '.prow/.prowignore', '.prow/a.yaml'],
    ['.prowignore', '.prow/.prowignore', '.prow/a.yaml'],
  ],
  ['a file where the folder should be', ['.prow', '.prow.yaml'], ['.prow']],
  ['names that begin alike', ['.prowling/a.yaml', '.prow.yaml.orig'], []],
])('needed: %s', (_why, paths, want) => expect(neededFiles(paths)).toEqual(want))

describe('.prowignore', () => {
  const count = (files: Record<string, string>) =>
    jobFilesOf(Object.entries(files).map(([path, text]) => ({ path, text }))).map(({ path }) => path)

  test.each<[why: string, files: Record<string, string>, want: string[]]>([
    [
      'in the order of a walk',
      { '.prow/b.yaml': '', '.prow/a.yaml': '', '.prow/a/x.yaml': '' },
      ['.prow/a/x.yaml', '.prow/a.yaml', '.prow/b.yaml'],
    ],
    ['at the root', { '.prowignore': '.prow/old/', '.prow/old/a.yaml': '', '.prow/b.yaml': '' }, ['.prow/b.yaml']],
    [
      'in the folder',
      { '.prow/sub/.prowignore': '*.yaml', '.prow/sub/a.yaml': '', '.prow/b.yaml': '' },
      ['.prow/b.yaml'],
    ],
    [
      'the nearest decides',
      { '.prowignore': 'a.yaml', '.prow/.prowignore': '!a.yaml', '.prow/a.yaml': '' },
      ['.prow/a.yaml'],
    ],
    [
      'an ignored folder cannot be reopened from inside',
      { '.prowignore': 'sub/', '.prow/sub/.prowignore': '!*.yaml', '.prow/sub/a.yaml': '' },
      [],
    ],
    [
      'the last line wins',
      { '.prow/.prowignore': '*.yaml\n!a.yaml', '.prow/a.yaml': '', '.prow/b.yaml': '' },
      ['.prow/a.yaml'],
    ],
    ['it has no say over the single file', { '.prow.yaml': '' }, ['.prow.yaml']],
  ])('%s', (_why, files, want) => expect(count(files)).toEqual(want))
})

test.each([
  ['.prow.yaml', true],
  ['.prow/a/b.yaml', true],
  ['.prow/OWNERS', true],
  ['.prowignore', false],
  ['sub/.prow.yaml', false],
  ['.prowler/a.yaml', false],
])('%s concerns the jobs: %s', (path, want) => expect(touchesInRepo(path)).toBe(want))
