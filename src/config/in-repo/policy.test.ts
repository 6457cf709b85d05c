// Which repositories may bring jobs, and for which clusters.
import { describe, expect, test } from 'vitest'
import { allowedClusters, inRepoEnabled, staticJobs } from './policy.ts'

const policy = (enabled: Record<string, boolean>, allowed: Record<string, string[]> = {}) => ({
  in_repo_config: { enabled, allowed_clusters: allowed },
})

describe('enabled', () => {
  test.each<[why: string, enabled: Record<string, boolean>, identifier: string, want: boolean]>([
    ['nothing is said', {}, 'org/repo', false],
    ['for all', { '*': true }, 'org/repo', true],
    ['the repository goes before all', { '*': true, 'org/repo': false }, 'org/repo', false],
    ['the repository goes before its org', { org: false, 'org/repo': true }, 'org/repo', true],
    ['the org goes before all', { '*': false, org: true }, 'org/repo', true],
    ['another org', { other: true }, 'org/repo', false],
    ['Gerrit: the whole address', { 'https://host/a/b': true }, 'https://host/a/b', true],
    ['Gerrit: a slash at the end', { 'https://host/a/b': true }, 'https://host/a/b/', true],
    ['Gerrit: without scheme', { 'host/a/b': true }, 'https://host/a/b', true],
    ['Gerrit: the host', { 'https://host': true }, 'https://host/a/b', true],
    ['Gerrit: the host without scheme', { host: true }, 'https://host/a/b', true],
    [
      'Gerrit: the address goes before the host',
      { 'host/a/b': false, 'https://host': true },
      'https://host/a/b',
      false,
    ],
    ['Gerrit: http', { 'host-name': true }, 'http://host-name/extra/repo', true],
    ['Gerrit: http is not https', { 'https://host': true }, 'http://host/a', false],
    ['names of every object', {}, 'constructor/toString', false],
  ])('%s', (_why, enabled, identifier, want) => expect(inRepoEnabled(policy(enabled), identifier)).toBe(want))

  test.each(['org', 'org/', 'https://host', ''])('%j names no repository', (identifier) =>
    expect(() => inRepoEnabled(policy({ '*': true }), identifier)).toThrow(/repository/),
  )

  test('a name without a repository is no error where nothing is enabled', () =>
    expect(inRepoEnabled(policy({}), 'org')).toBe(false))
})

test('clusters are those of all keys together', () => {
  const config = policy({}, { '*': ['default'], org: ['build'], 'org/repo': ['trusted'], other: ['theirs'] })
  expect([...allowedClusters(config, 'org/repo')].sort()).toEqual(['build', 'default', 'trusted'])
  expect([...allowedClusters(config, 'host/x')]).toEqual(['default'])
  expect([...allowedClusters(policy({}, { host: ['gerrit'] }), 'https://host/a')]).toEqual(['gerrit'])
})

test("Gerrit's repositories stand in the central configuration with and without scheme", () => {
  const jobs = { 'host/a': ['second'], 'https://host/a': ['first'], 'org/repo': ['other'] }
  expect(staticJobs(jobs, 'https://host/a')).toEqual(['first', 'second'])
  expect(staticJobs(jobs, 'org/repo')).toEqual(['other'])
  expect(staticJobs(jobs, 'toString')).toEqual([])
})
