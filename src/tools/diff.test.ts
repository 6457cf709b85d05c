// One edit of the Kubernetes project's configuration that reaches thousands of jobs, told in a few lines.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSources, type SourceFile } from '../config/files.ts'
import { sharedData } from '../testing/shared.ts'
import { diffSnapshots } from './diff.ts'
import { differenceText } from './diff-text.ts'
import { readingOf } from './reading.ts'

const corpus = sharedData('k8s-test-infra') ?? ''
const edited =
  (...edits: readonly (readonly [from: string, to: string])[]) =>
  (source: SourceFile): SourceFile => {
    const { file, text } = source
    return text === undefined ? source : { file, text: edits.reduce((all, [from, to]) => all.replace(from, to), text) }
  }

test.skipIf(corpus === '')('a preset, a decoration default and a name', async () => {
  const old = await readSources({ configPath: join(corpus, 'config.yaml'), jobConfigPath: join(corpus, 'jobs') })
  const next = {
    ...old,
    main: edited(
      ['      timeout: 2h', '      timeout: 3h'],
      ['  - name: DOCKER_IN_DOCKER_ENABLED', '  - name: MORE\n    value: "1"\n  - name: DOCKER_IN_DOCKER_ENABLED'],
    )(old.main),
    jobs: old.jobs.map(edited(['name: pull-test-infra-unit-test\n', 'name: pull-test-infra-renamed\n'])),
  }
  const [before, after] = [readingOf(old, 0).snapshot, readingOf(next, 0).snapshot]
  if (before === undefined || after === undefined) throw new Error('one of them does not load')
  const difference = diffSnapshots(before, after)
  expect(difference).toMatchObject({
    added: [],
    removed: [],
    renamed: [
      {
        type: 'presubmit',
        repo: 'kubernetes/test-infra',
        from: 'pull-test-infra-unit-test',
        name: 'pull-test-infra-renamed',
      },
    ],
  })
  expect(difference.changed.length).toBeGreaterThan(2000)
  const text = differenceText(difference)
  expect(text.split('\n').length).toBeLessThan(40)
  expect(text.match(/decoration_config.timeout: "2h0m0s" → "3h0m0s"/g)).toHaveLength(1)
  expect(text.match(/spec.containers\[0\].env\[MORE\]: \(absent\)/g)).toHaveLength(1)
})
