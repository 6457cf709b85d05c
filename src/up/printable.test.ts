// What may come out on a terminal.
import { expect, test } from 'vitest'
import { printable } from './printable.ts'

test.each([
  ['ordinary text stays', 'Füge 灯塔 hinzu – 40 m ✓', 'Füge 灯塔 hinzu – 40 m ✓'],
  ['escapes do nothing', 'a\u001b[2Jb\u001b]52;c;ZXZpbA==\u0007c', 'a [2Jb ]52;c;ZXZpbA== c'],
  ['8-bit escapes neither', 'a\u009b2Jb', 'a 2Jb'],
  ['it stays one line', 'a\r\nb\u2028c\td', 'a b c d'],
  ['nothing runs backwards', 'gpj.\u202eexe', 'gpj. exe'],
])('%s', (_, text, want) => expect(printable(text)).toBe(want))
