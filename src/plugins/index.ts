// The catalogue of built-in plugins. Each is loaded when a repository that has it gets its first event.
import type { Catalogue } from '../hook/plugin.ts'

export const plugins = {
  approve: () => import('./approve/approve.ts'),
  assign: () => import('./assign.ts'),
  blockade: () => import('./blockade.ts'),
  blunderbuss: () => import('./blunderbuss.ts'),
  branchcleaner: () => import('./branchcleaner.ts'),
  cla: () => import('./cla.ts'),
  dco: () => import('./dco.ts'),
  help: () => import('./help.ts'),
  hold: () => import('./hold.ts'),
  invalidcommitmsg: () => import('./invalidcommitmsg.ts'),
  lgtm: () => import('./lgtm/lgtm.ts'),
  lifecycle: () => import('./lifecycle.ts'),
  milestone: () => import('./milestone.ts'),
  milestoneapplier: () => import('./milestoneapplier.ts'),
  milestonestatus: () => import('./milestonestatus.ts'),
  'owners-label': () => import('./owners-label.ts'),
  'require-matching-label': () => import('./require-matching-label.ts'),
  retitle: () => import('./retitle.ts'),
  rifle: () => import('./rifle/rifle.ts'),
  sigmention: () => import('./sigmention.ts'),
  size: () => import('./size/size.ts'),
  stage: () => import('./stage.ts'),
  trigger: () => import('./trigger/trigger.ts'),
  wip: () => import('./wip.ts'),
} satisfies Catalogue
