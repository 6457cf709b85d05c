// What a mistyped word was probably meant to be.
import { expect, test } from 'vitest'
import { nearest } from './did-you-mean.ts'

test.each<[word: string, known: string[], want: string | undefined]>([
  ['clustr', ['name', 'cluster'], 'cluster'],
  ['pull-e2', ['pull-cmd', 'pull-e2e-gce', 'pull-e2e'], 'pull-e2e'],
  ['pu', ['pull-e2e', 'put'], 'put'],
  ['x', ['y'], undefined],
  ['periodics', ['presubmits'], undefined],
  ['x'.repeat(101), ['x'.repeat(102)], undefined],
])('%s', (word, known, want) => expect(nearest(word, known)).toBe(want))
