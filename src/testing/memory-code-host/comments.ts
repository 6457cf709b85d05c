// The code host in memory: comments and reactions.
import type { Comment, IssueOperations, IssueRef, RepoRef } from '../../api/code-host.ts'
import { append, invalid, issueKey, type Memory, notFound, pageOf, repoKey, sharedAt, userNamed } from './state.ts'

type CommentOperations = Pick<
  IssueOperations,
  'comments' | 'comment' | 'editComment' | 'deleteComment' | 'react' | 'reactToComment'
>

/** Puts a comment there. */
export function say(memory: Memory, at: IssueRef, login: string, body: string, given: Partial<Comment> = {}): Comment {
  const id = memory.id()
  const comment: Comment = {
    id,
    body,
    user: userNamed(login),
    html_url: `${pageOf(at)}/issues/${at.number}#issuecomment-${id}`,
    created_at: memory.now(),
    updated_at: memory.now(),
    ...given,
  }
  append(memory.state.comments, issueKey(at), comment)
  return comment
}

export function commentOperations(memory: Memory): CommentOperations {
  const { state, bot, effect, doing, now } = memory

  const find = (at: RepoRef, id: number) => findIn(state.comments, at, id)

  return {
    comments: (at) =>
      doing('comments', issueKey(at), () => {
        sharedAt(memory, at)
        return [...(state.comments.get(issueKey(at)) ?? [])]
      }),
    comment: (at, body) =>
      doing('comment', issueKey(at), () => {
        sharedAt(memory, at)
        if (body.trim() === '') throw invalid('body: missing_field')
        effect(`${issueKey(at)} comment: ${body}`)
        return say(memory, at, bot, body)
      }),
    editComment: (at, id, body) =>
      doing('editComment', repoKey(at), () => {
        const found = find(at, id)
        if (!found) throw notFound(`comment ${id} in ${repoKey(at)}`)
        found.list[found.index] = { ...found.item, body, updated_at: now() }
        effect(`${repoKey(at)} edit comment: ${body}`)
      }),
    deleteComment: (at, id) =>
      doing('deleteComment', repoKey(at), () => {
        const found = find(at, id)
        const [gone] = found?.list.splice(found.index, 1) ?? []
        if (gone) effect(`${repoKey(at)} delete comment: ${gone.body}`)
      }),
    react: (at, reaction) =>
      doing('react', issueKey(at), () => {
        sharedAt(memory, at)
        effect(`${issueKey(at)} reaction: ${reaction}`)
      }),
    reactToComment: (at, id, reaction) =>
      doing('reactToComment', repoKey(at), () => {
        const found = find(at, id)
        if (!found) throw notFound(`comment ${id} in ${repoKey(at)}`)
        effect(`${repoKey(at)} reaction to comment: ${reaction}`)
      }),
  }
}

/** Something by its id, among all lists of a repository. */
export function findIn<T extends { readonly id: number }>(
  lists: ReadonlyMap<string, T[]>,
  at: RepoRef,
  id: number,
): { list: T[]; index: number; item: T } | undefined {
  for (const [where, list] of lists) {
    const index = list.findIndex((one) => one.id === id)
    const item = list[index]
    if (item && where.startsWith(`${repoKey(at)}#`)) return { list, index, item }
  }
  return undefined
}
