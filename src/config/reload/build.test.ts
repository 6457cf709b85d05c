// The promise of everything in this folder: whatever was edited before, the result is the one of a fresh load.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Sources } from '../files.ts'
import { deepFreeze } from '../freeze.ts'
import { parsedFiles } from '../parsed-files.ts'
import { edit, sourcesOf, type Tree } from '../testing/edits.ts'
import type { Snapshot } from '../types.ts'
import { type Built, configBuilder } from './build.ts'
import { applyPatch, patchBetween } from './changes.ts'

const fresh = (sources: Sources, now: number): Built => configBuilder(parsedFiles())(sources, now)

describe('after any sequence of edits', () => {
  const start: Tree = new Map([['config.yaml', '']])

  test('snapshot and problems are those of a fresh load, and patches lead there', () => {
    let good = 0
    let broken = 0
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 20 }), (edits) => {
        const build = configBuilder(parsedFiles())
        let tree = start
        let inForce: { here: Snapshot; there: Snapshot } | undefined
        for (const [now, change] of edits.entries()) {
          tree = change(tree)
          const sources = sourcesOf(tree)
          const built = build(sources, now)
          expect(built).toStrictEqual(fresh(sources, now))
          if (built.snapshot === undefined) {
            broken++
            continue
          }
          good++
          const patch = inForce && structuredClone(patchBetween(inForce.here, built.snapshot))
          const there = inForce && patch ? applyPatch(inForce.there, patch) : structuredClone(built.snapshot)
          expect(there).toStrictEqual(built.snapshot)
          if (inForce && patch) {
            expect(patch.changes).toEqual(plainChanges(inForce.there, there))
          }
          inForce = { here: built.snapshot, there }
        }
      }),
      { numRuns: 300 },
    )
    // Both happen often enough to mean something.
    expect({ good: good > 300, broken: broken > 300 }, `${good} good, ${broken} broken`).toEqual({
      good: true,
      broken: true,
    })
  })
})

test('what was wrong only for its time is looked at again', () => {
  const text = 'managed_webhooks: {org_repo_config: {a: {token_created_after: "1970-01-01T00:00:01Z"}}}'
  const build = configBuilder(parsedFiles())
  const sources = { main: { file: 'config.yaml', text }, jobs: [] }
  expect(build(sources, 999).problems).toMatchObject([{ code: 'CONFIG_TIME_IN_FUTURE' }])
  expect(build(sources, 1000).problems).toEqual([])
})

describe('one edited job', () => {
  const jobs = (image: string) =>
    `periodics:\n${['a', 'b'].map((name) => `- {name: ${name}, interval: 1h, spec: {containers: [{image: ${name === 'a' ? image : 'i'}}]}}\n`).join('')}`
  const tree = (image: string, above = ''): Sources => ({
    main: { file: 'config.yaml', text: 'plank: {max_concurrency: 2}' },
    jobs: [
      { file: 'one.yaml', text: above + jobs(image) },
      { file: 'other.yaml', text: jobs('i').replaceAll('name: ', 'name: other-') },
    ],
  })
  const loaded = (...versions: Sources[]) => {
    const build = configBuilder(parsedFiles())
    return versions.map((sources) => {
      const { snapshot } = build(sources, 0)
      if (snapshot === undefined) throw new Error('it is broken')
      return deepFreeze(snapshot)
    })
  }

  test('is all that goes to the other thread, and all that is told', () => {
    const [before, now] = loaded(tree('i'), tree('j'))
    const patch = before && now && patchBetween(before, now)
    expect(patch?.periodics).toEqual([now?.config.periodics[0], 1, 2, 3])
    expect(patch?.changes).toEqual({ sections: [], presubmits: [], postsubmits: [], periodics: ['a'], plugins: [] })
    expect(JSON.stringify(patch).length).toBeLessThan(2000)
  })

  test('leaves everything else as it was', () => {
    const [before, now] = loaded(tree('i'), tree('j'))
    if (!before || !now) throw new Error('nothing was loaded')
    const taken = applyPatch(before, patchBetween(before, now))
    expect(taken).toEqual(now)
    expect(taken.config.plank).toBe(before.config.plank)
    expect(taken.config.periodics.map((job, index) => job === before.config.periodics[index])).toEqual([
      ...[false, true, true, true],
    ])
  })

  test('that only moved is no change, but its place is known', () => {
    const [before, now] = loaded(tree('i'), tree('i', '\n\n'))
    if (!before || !now) throw new Error('nothing was loaded')
    const patch = patchBetween(before, now)
    expect(patch.changes.periodics).toEqual([])
    expect(applyPatch(before, patch).config.periodics.map(({ source }) => source?.line)).toEqual([4, 5, 2, 3])
  })
})

/** The same in another way: everything written out and compared as text. */
function plainChanges(before: Snapshot, now: Snapshot) {
  const text = (value: unknown) => JSON.stringify(value, (key, inner) => (key === 'source' ? undefined : inner))
  const differing = (a: object, b: object): string[] => {
    const [old, next] = [new Map(Object.entries(a)), new Map(Object.entries(b))]
    return [...new Set([...old.keys(), ...next.keys()])].filter((key) => text(old.get(key)) !== text(next.get(key)))
  }
  const named = ({ config }: Snapshot) => Object.fromEntries(config.periodics.map((job) => [job.name, job]))
  const jobs = ['presubmits', 'postsubmits', 'periodics']
  return {
    sections: differing(before.config, now.config).filter((key) => !jobs.includes(key)),
    presubmits: differing(before.config.presubmits, now.config.presubmits),
    postsubmits: differing(before.config.postsubmits, now.config.postsubmits),
    periodics: differing(named(before), named(now)),
    plugins: [
      ...differing(before.plugins, now.plugins).filter((key) => key !== 'sections'),
      ...differing(before.plugins.sections, now.plugins.sections),
    ],
  }
}
