// The checks of checkconfig by upstream's names, and which of them a command line asks for.
import type { Check, Checking, Found } from './check.ts'
import { tideContextPolicy } from './context-check.ts'
import {
  clusterField,
  duplicateJobRefs,
  longJobNames,
  missingAnnotations,
  nonDecoratedJobs,
  periodicCloneConfig,
} from './job-checks.ts'
import { configUpdaterAcls, missingTrigger, restrictedLabels, unverifiedOwners } from './plugin-checks.ts'
import { managedWebhooks, unmanagedBranches, urls } from './section-checks.ts'
import { misplacedShards } from './shard-places.ts'
import { mismatchedTide, mismatchedTideLenient, needsOkToTest, tideStrictBranch } from './tide-checks.ts'

const unknownFields =
  (among: (file: string | undefined, checking: Checking) => boolean) =>
  (checking: Checking): readonly Found[] =>
    checking.warnings
      .filter(({ code, place }) => isUnknownField(code) && among(place?.file, checking))
      .map(({ place, field, message, hint }) => ({ place, field, message, ...(hint !== undefined && { hint }) }))

/** Whether a problem says that a field is unknown. */
export const isUnknownField = (code: string): boolean => code.endsWith('UNKNOWN_FIELD')

/** Checks that find something. Key: upstream's name. */
export const checks: Readonly<Record<string, Check>> = {
  'mismatched-tide': { set: 'default', needsPlugins: true, find: mismatchedTide },
  'mismatched-tide-lenient': { set: 'default', needsPlugins: true, find: mismatchedTideLenient },
  'tide-strict-branch': { set: 'default', find: tideStrictBranch },
  'tide-context-policy': { set: 'default', find: tideContextPolicy },
  'needs-ok-to-test': { set: 'default', find: needsOkToTest },
  'managed-webhooks': { set: 'default', find: managedWebhooks },
  'validate-urls': { set: 'default', find: urls },
  'validate-unmanaged-branchconfig-has-no-subconfig': { set: 'default', find: unmanagedBranches },
  'non-decorated-jobs': { set: 'default', find: nonDecoratedJobs },
  'long-job-names': { set: 'default', find: longJobNames },
  'duplicate-job-refs': { set: 'default', find: duplicateJobRefs },
  'periodic-default-clone-config': { set: 'default', find: periodicCloneConfig },
  'validate-owners': { set: 'default', needsPlugins: true, find: unverifiedOwners },
  'missing-trigger': { set: 'default', needsPlugins: true, find: missingTrigger },
  'unknown-fields': {
    set: 'default',
    find: unknownFields((file, { place }) =>
      (['main', 'plugins'] as const).some((each) => place(each, [])?.file === file),
    ),
  },
  'validate-supplemental-prow-config-hierarchy': { set: 'default', find: misplacedShards },
  'validate-cluster-field': { set: 'default', find: clusterField },
  'validate-label': { set: 'default', needsPlugins: true, find: restrictedLabels },
  'required-job-annotations': { set: 'default', find: missingAnnotations },
  'validate-config-updater-acls': { set: 'default', needsPlugins: true, find: configUpdaterAcls },
  // Loading refuses a decoration that lacks something.
  'valid-decoration-config': { set: 'optional', find: () => [] },
  'unknown-fields-all': {
    set: 'optional',
    find: unknownFields((file, { place }) => file !== place('plugins', [])?.file),
  },
}

/** Checks that ask the code host. None is among the default ones. */
export const hostCheckNames = ['verify-owners-presence', 'validate-github-app-installation'] as const
export type HostCheck = (typeof hostCheckNames)[number]

/** What a command line says about checks. */
export interface Choice {
  readonly warnings: readonly string[]
  readonly excluded: readonly string[]
  readonly includeDefaults: boolean
  readonly expensive: boolean
  /** Whether it names an app and its key. */
  readonly asApp?: boolean
}

/** The checks that a command line asks for, or a sentence about a name that is none. */
export function chooseChecks(choice: Choice): { readonly names: readonly string[] } | { readonly refused: string } {
  const known = [...Object.keys(checks), ...hostCheckNames]
  const strange = choice.warnings.find((name) => !known.includes(name))
  if (strange !== undefined) return { refused: `"${strange}" is not one of ${known.sort().join(', ')}` }
  const named = new Set(choice.warnings)
  const withDefaults = named.size === 0 || choice.includeDefaults
  const isChosen = (name: string, set: Check['set']) =>
    named.has(name) || (withDefaults && (set === 'default' || choice.expensive))
  const names = Object.entries(checks).flatMap(([name, { set }]) => (isChosen(name, set) ? [name] : []))
  const asksInstallations = (name: HostCheck) => name === 'validate-github-app-installation'
  const onHost = hostCheckNames.filter((name) =>
    asksInstallations(name) ? choice.asApp === true || named.has(name) : isChosen(name, 'optional'),
  )
  const asked = [...names, ...onHost].filter((name) => !choice.excluded.includes(name))
  // The one says all that the other does.
  const isDoubled = (name: string) => name === 'mismatched-tide-lenient' && asked.includes('mismatched-tide')
  return { names: asked.filter((name) => !isDoubled(name)) }
}
