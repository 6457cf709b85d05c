// size, as the people on a pull request see it.
import { conversation } from '../../../src/testing/conversation.ts'

const text = (lines: number) => 'x\n'.repeat(lines)
const files = {
  '.generated_files': 'file-prefix zz_\n',
  '.gitattributes': 'gen/**/*.txt linguist-generated=true\n',
}

conversation(
  'pull_request: the size follows what is pushed, without what programs wrote',
  { plugins: ['size'], jobs: '', files },
  async ({ alice, casey }) => {
    const pr = await casey.opensPullRequest({
      files: { 'a.txt': text(9), 'zz_api.txt': text(400), 'gen/a/b.txt': text(400) },
    })
    await pr.hasLabels('size/XS')
    await casey.pushes(pr, { 'b.txt': text(21) })
    await pr.hasLabels('size/M')
    await casey.pushes(pr, { 'c.txt': text(1000) })
    await pr.hasLabels('size/XXL')
    await alice.labels(pr, 'size/L')
    await casey.pushes(pr, { 'a.txt': text(5), 'b.txt': null, 'c.txt': null })
    await pr.hasLabels('size/XS')
  },
)
