// Code blocks in comments: what counts as one, and what is left of a text.
import { expect, test } from 'vitest'
import { withoutFences } from './fences.ts'

test.each<[why: string, text: string, left: string]>([
  ['a block with a language', 'a\n```sh\n/test x\n```\nb', 'a\nb'],
  ['a block of tildes', 'a\n~~~\n/test x\n~~~', 'a'],
  ['an empty block', '```\n```\nb', 'b'],
  ['a block of the other kind inside', '~~~\n```\n~~~\n/test x', '/test x'],
  ['two blocks, and a command between them', '```\nx\n```\n/test y\n```\nz\n```\n', '/test y\n'],
  ['CRLF', 'a\r\n```\r\n/test x\r\n```\r\nb\r\n', 'a\r\nb\r\n'],
  ['an end with more behind it', '```\nx\n``` extra', '```\nx\n``` extra'],
  ['an end that comes later', '```\nx\n``` extra\n```\ny', 'y'],
  ['no end', '```\n/test x', '```\n/test x'],
  ['a fence that is indented', ' ```\n/test x\n ```', ' ```\n/test x\n ```'],
  ['no fence', '`x`\n/test y', '`x`\n/test y'],
])('%s', (_why, text, left) => expect(withoutFences(text)).toBe(left))

test('very many fences take no time', () => {
  const text = '```\n~~~ x\n'.repeat(100_000)
  const start = performance.now()
  withoutFences(text)
  expect(performance.now() - start).toBeLessThan(1000)
})
