// What both stages have in common: where the tests play, and what is there from the beginning.

/** Where the tests play. */
export const at = { org: 'harbor', repo: 'lighthouse' } as const
/** Another repository of the organisation. */
export const elsewhere = { org: 'harbor', repo: 'pier' } as const
export const bot = 'robot'
export const bobsAddress = 'bob@harbor.example'

/** The repository's branches `main` and `release-1` hold these. */
export const files = {
  'README.md': '# Lighthouse\n',
  'docs/a.md': 'a\n',
  'docs/deep/b.md': 'b\n',
  bytes: new Uint8Array([0, 255, 254, 10, 0]),
} as const

export const team = { name: 'Lamp Keepers', slug: 'lamp-keepers' } as const
export const milestones = [
  { number: 1, title: 'v1', state: 'open' },
  { number: 2, title: 'v0', state: 'closed' },
] as const
export const kindBug = { name: 'kind/bug', color: 'd73a4a', description: 'It is broken' } as const
