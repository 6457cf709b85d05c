// blunderbuss: asks owners of the changed files for a review, whoever of them chance hits.
import { asksOwners } from './shared/ask-owners.ts'

export default asksOwners({
  name: 'blunderbuss',
  about:
    'Asks reviewers and approvers from OWNERS files for a review when a pull request is opened, or when somebody asks for it: at least one for each folder with reviewers of its own, chosen by chance. A pull request with /cc in its description asks for itself.',
  scores: async () => new Map(),
  asksOthers: false,
})
