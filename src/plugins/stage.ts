// stage: says with a label how far a feature is.
import { re2 } from '../config/re2.ts'
import { plugin } from '../hook/plugin.ts'
import { changesIn, setOneOf } from './shared/one-of-labels.ts'

const stages = { prefix: 'stage/', values: ['alpha', 'beta', 'stable'] }

export default plugin({
  name: 'stage',
  about: "Says with one of the labels 'stage/alpha', 'stage/beta' and 'stage/stable' how far a feature is.",
  on: 'comment created',
  commands: [
    {
      usage: '/[remove-]stage <alpha|beta|stable>',
      about: 'Sets the stage in place of any other, or removes it.',
      who: 'Anybody.',
      examples: ['/stage alpha', '/remove-stage alpha'],
      forms: { stage: re2`(?mi)^/(remove-)?stage (alpha|beta|stable)\s*$` },
    },
  ],
  run: ({ said, issue }) => setOneOf(issue, stages, changesIn(said.all('stage'))),
})
