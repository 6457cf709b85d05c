// Paths as metrics show them: upstream's dashboards ask for these words.
import { expect, test } from 'vitest'
import { pathLabel } from './path-label.ts'

test.each([
  ['/repos/o/r/issues/12/labels?per_page=100', '/repos/:owner/:repo/issues/:issueId/labels'],
  ['/repos/o/r/issues/1/labels/do-not-merge%2Fhold', '/repos/:owner/:repo/issues/:issueId/labels/:labelId'],
  ['/repos/o/r/issues/1/labels/kind/bug', '/repos/:owner/:repo/issues/:issueId/labels/:labelId'],
  ['/repos/o/r/issues/comments/7', '/repos/:owner/:repo/issues/comments/:commentId'],
  ['/repos/o/r/issues/comments/7/reactions', 'unmatched'],
  ['/repos/o/r', '/repos/:owner/:repo'],
  ['/repositories/7/issues/1', '/repositories/:repoId/issues/:issueId'],
  ['/repos/o/r/commits/0123abcd/status?page=2', '/repos/:owner/:repo/commits/:sha/status'],
  ['/repos/o/r/git/refs/heads/feature/x', '/repos/:owner/:repo/git/refs/heads/:ref'],
  ['/repos/o/r/contents/a', '/repos/:owner/:repo/contents/:contentId'],
  ['/repos/o/r/contents/a/b', 'unmatched'],
  ['/repos/o/r/actions/runs', 'unmatched'],
  ['/orgs/o/members/alice', '/orgs/:orgname/members/:login'],
  ['/app/installations/5/access_tokens', '/app/installations/:id/access_tokens'],
  ['/user', '/user'],
  ['/graphql', '/graphql'],
  ['/constructor', 'unmatched'],
])('the label of %s is %s', (path, label) => expect(pathLabel(path)).toBe(label))
