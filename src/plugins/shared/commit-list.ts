// Commits of a pull request, as comments about them list them.
import type { Commit, RepoRef } from '../../api/code-host.ts'
import { asCode, boundedList } from './as-code.ts'

const longestSubject = 200

/** First line of a commit's message. */
export const subjectOf = ({ message }: Pick<Commit, 'message'>): string => message.split('\n')[0] ?? ''

/** One line for each commit, with a link. Messages are shown, not carried out. @param link Base address of the code host. */
export const commitList = (
  commits: readonly Pick<Commit, 'sha' | 'message'>[],
  { org, repo }: RepoRef,
  link: string,
): string =>
  boundedList(
    commits.map((commit) => {
      const url = `${link}/${org}/${repo}/commits/${commit.sha}`
      return `- [${commit.sha.slice(0, 7)}](${url}) ${asCode(subjectOf(commit).slice(0, longestSubject).toWellFormed())}`
    }),
  )
