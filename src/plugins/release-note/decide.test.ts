// Which label a description asks for: one row per rule.
import { expect, test } from 'vitest'
import { releaseNoteIn, withReleaseNote } from '../shared/release-note-block.ts'
import { isMainBranch, labelFor, parentsIn } from './decide.ts'

const block = (note: string) => `Top\r\n\`\`\`release-note\r\n${note}\r\n\`\`\`\r\nBelow`
const old = 'kind/deprecation'

test.each<[why: string, body: string, now: string[], want: string]>([
  ['no block', 'nothing', [], 'do-not-merge/release-note-label-needed'],
  ['an empty block', block(''), [], 'do-not-merge/release-note-label-needed'],
  ['no block, and the label by hand', 'nothing', ['release-note-none'], 'release-note-none'],
  ['no block, and a deprecation', '', ['release-note-none', old], 'do-not-merge/release-note-label-needed'],
  ['none', block('none'), ['do-not-merge/release-note-label-needed'], 'release-note-none'],
  ['NONE in back-ticks', block('`NONE`'), [], 'release-note-none'],
  ['NONE in quotes', block('"NONE"'), [], 'release-note-none'],
  ['no', block('No.'), [], 'release-note-none'],
  ['none of a deprecation', block('NONE'), [old], 'do-not-merge/release-note-label-needed'],
  ['a note of a deprecation', block('Gone.'), [old], 'release-note'],
  ['a note', block('Faster.'), [], 'release-note'],
  ['a note that begins so', block('None of it works'), [], 'release-note'],
  ['nothing', block('nothing'), [], 'release-note'],
  ['an action', block('Action required.'), [], 'release-note-action-required'],
  ['an action within', block('Look, ACTION REQUIRED: move'), ['release-note'], 'release-note-action-required'],
  ['the old form', '**Release note**:\n<!-- x -->\n```\nFaster.\n```', [], 'release-note'],
  ['a block that does not end', '```release-note\nFaster.', [], 'do-not-merge/release-note-label-needed'],
  ['the first of two blocks', block('NONE') + block('Faster.'), [], 'release-note-none'],
])('%s', (_why, body, now, want) => expect(labelFor(body, now)).toBe(want))

test.each<[body: string, parents: number[]]>([
  ['Cherry pick of #2 on release-1.2.', [2]],
  ['Cherry pick of #2 on release-1.2.\r\nCherry pick of #10 on release-1.2.\r\n', [2, 10]],
  ['Cherry pick of #2 on release-1.2', []],
  ['Cherry pick of #2 on release-1.12', [2]],
  ['Cherry pick of #2 on master.', []],
  ['This is an automated cherry-pick of #77\n\n/assign bob', [77]],
  ['see: This is an automated cherry-pick of #77', []],
  ['Cherry pick of #0 on release-1.2.', []],
  ['Cherry pick of #99999999999999999999 on release-1.2.', []],
])('%j picks %j', (body, parents) => expect(parentsIn(body)).toEqual(parents))

test('very many parents are not all looked at', () => {
  expect(parentsIn('Cherry pick of #2 on release-1.2.\n'.repeat(1000))).toHaveLength(50)
})

test.each([
  ['master', true],
  ['main', true],
  ['release-1.0', false],
])('%s: %s', (branch, is) => expect(isMainBranch(branch)).toBe(is))

test.each([
  [block('NONE'), 'New.', block('New.')],
  [block('a') + block('b'), 'New $& $1', block('New $& $1') + block('b')],
  ['no block', 'New.', undefined],
])('%j with another note', (text, note, want) => expect(withReleaseNote(text, note)).toBe(want))

test('what is put in is what is read', () => {
  expect(releaseNoteIn(withReleaseNote(block('NONE'), 'Two\nlines') ?? '')).toBe('Two\nlines')
})
