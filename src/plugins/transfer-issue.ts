// transfer-issue: what issue-management was called when it could only transfer issues. Older configurations still enable it.
import { plugin } from '../hook/plugin.ts'
import { transfer, transferCommand } from './issue-management/transfer.ts'

export default plugin({
  name: 'transfer-issue',
  about: 'Moves issues to other repositories of the organization. Enable issue-management instead: it can do more.',
  on: 'comment created',
  commands: [transferCommand],
  run: transfer,
})
