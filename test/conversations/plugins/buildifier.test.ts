// buildifier, from the comment to the review. A program that judges by a word stands for the real one.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { buildifierWith } from '../../../src/plugins/buildifier/buildifier.ts'
import { conversation } from '../../../src/testing/conversation.ts'

const dir = await mkdtemp(join(tmpdir(), 'buildifier-'))
const program = join(dir, 'buildifier')
await writeFile(program, '#!/bin/sh\ncase "$(cat)" in *ugly*) exit 4;; esac\n')
await chmod(program, 0o755)
afterAll(() => rm(dir, { recursive: true }))

conversation(
  'comment: the formatting of changed files is reviewed',
  { with: [buildifierWith(program)], plugins: [], jobs: '' },
  async ({ bob, casey }) => {
    const pr = await casey.opensPullRequest({ files: { 'pkg/BUILD': 'ugly\n', 'rules.bzl': 'x = 1\n' } })
    await bob.says(pr, '/buildify')
    await pr.botReviews('@bob: 1 warning(s).')
    await casey.pushes(pr, { 'pkg/BUILD': 'x = 1\n' })
    await bob.says(pr, '/buildifier\r\n')
    await pr.botReviews('@bob: 0 warning(s).')
    await bob.says(pr, '/buildifiers')
    expect(pr.view().reviews).toHaveLength(2)
  },
)

conversation(
  'comment: without the program people are told',
  { with: [buildifierWith('no-such-program')], plugins: [], jobs: '' },
  async ({ casey }) => {
    const pr = await casey.opensPullRequest({ files: { BUILD: 'x = 1\n' } })
    await casey.says(pr, '/buildify')
    await pr.botSays('@casey: I cannot check this')
  },
)
