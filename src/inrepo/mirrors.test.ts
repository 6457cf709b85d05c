// Jobs of a repository by way of a real one: a merge of base and head, links, sizes, conflicts, and how often the remote is asked.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gitScene, type Scene } from '../git/testing/scene.ts'
import { systemClock } from '../system/clock.ts'
import { snapshot } from '../testing/config.ts'
import { type InRepo, inRepo } from './in-repo.ts'

const stop = new AbortController()
let host: Scene
let it: InRepo
beforeAll(async () => {
  host = await gitScene()
  it = inRepo({
    git: host.open(),
    clock: systemClock,
    log: pino({ level: 'silent' }),
    metrics: new Registry(),
    signal: stop.signal,
  })
})
afterAll(async () => {
  stop.abort(new Error('the tests are over'))
  await host.close()
})

const config = snapshot({
  config: { in_repo_config: { enabled: { '*': true }, allowed_clusters: { '*': ['default'] } } },
}).config
const jobs = (name: string) => `presubmits: [{name: ${name}, spec: {containers: [{image: i}]}}]\n`
const ask = (base: string, ...heads: string[]) =>
  it.jobs({
    org: 'org',
    repo: 'repo',
    baseSha: async () => base,
    heads: async () => heads,
    config,
    signal: stop.signal,
  })
const names = async (base: string, ...heads: string[]) => {
  const { presubmits, problems } = await ask(base, ...heads)
  return [...presubmits.map(({ name }) => name), ...problems.map(({ message }) => message)]
}

test('a head brings its job to what the base has, and is fetched once', async () => {
  const start = host.repo.commit('start', { 'big.bin': 'x'.repeat(2_000_000), '.prow/a.yaml': jobs('a') })
  const head = host.pull({ '.prow/b.yaml': jobs('b') }, start)
  const base = host.repo.commit('more', { '.prow/c.yaml': jobs('c') })
  expect(await names(base, head)).toEqual(['a', 'b', 'c'])
  const requests = host.requests()
  const began = performance.now()
  expect(await names(base, head)).toEqual(['a', 'b', 'c'])
  expect([host.requests(), performance.now() - began < 2000]).toEqual([requests, true])
})

test('heads that do not fit together are a conflict', async () => {
  const start = host.repo.commit('before a conflict', { '.prow/a.yaml': jobs('before') })
  const head = host.pull({ '.prow/a.yaml': jobs('mine') }, start)
  const base = host.repo.commit('a conflict', { '.prow/a.yaml': jobs('theirs') })
  await expect(ask(base, head)).rejects.toMatchObject({ name: 'GitError', kind: 'conflict' })
})

test('links lead nowhere outside of the repository, and large files are not read', async () => {
  const link = (path: string, to: string) => {
    mkdirSync(join(host.repo.dir, '.prow'), { recursive: true })
    symlinkSync(to, join(host.repo.dir, path))
  }
  host.repo.git('rm', '-rq', '.prow')
  link('.prow/a.yaml', '../ci/jobs.yaml')
  const good = host.repo.commit('a link', { 'ci/jobs.yaml': jobs('linked') })
  expect(await names(good)).toEqual(['linked'])

  writeFileSync(join(host.folder, 'secret.yaml'), jobs('secret'))
  link('.prow/b.yaml', join(host.folder, 'secret.yaml'))
  link('.prow/c.yaml', '../../../../secret.yaml')
  const bad = host.repo.commit('links', { '.prow/d.yaml': `# ${'x'.repeat(5_000_000)}` })
  expect(await names(bad)).toEqual([
    'is a link that leads to no file of this repository',
    'is a link that leads to no file of this repository',
    'has 5000002 bytes; a file may have 1000000',
  ])
})

test('hundreds of files are read', { timeout: 20_000 }, async () => {
  host.repo.git('rm', '-rq', '.prow')
  const files = Object.fromEntries(
    Array.from({ length: 900 }, (_, index) => [`.prow/${index}.yaml`, jobs(`j${index}`)]),
  )
  const many = host.repo.commit('many', files)
  expect((await names(many)).length).toBe(900)
})
