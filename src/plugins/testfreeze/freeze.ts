// Whether a release of Kubernetes is so near that not everything may be merged: told from its branches, tags and Tide queries.

/** What is said of one freeze or both. */
export interface Freeze {
  /** Only what the release needs is merged. */
  readonly code: boolean
  /** What is merged goes into the release branch, too. */
  readonly test: boolean
  /** The branch of the release that is being prepared. */
  readonly branch: string
  /** The tag that it will have. */
  readonly tag: string
}

/** Which names there are, and which branches a Tide query leaves out. */
export interface Known {
  /** Names of branches. */
  readonly branches: readonly string[]
  isTagged(tag: string): Promise<boolean>
  readonly frozen: ReadonlySet<string>
}

/** Undefined before there is any release branch. */
export async function freezeOf({ branches, isTagged, frozen }: Known): Promise<Freeze | undefined> {
  const [newest] = branches.flatMap(releaseOf).sort((a, b) => b.major - a.major || b.minor - a.minor)
  if (!newest) return undefined
  const test = !(await isTagged(tagOf(newest)))
  const coming = test ? newest : { ...newest, minor: newest.minor + 1 }
  const branch = `release-${coming.major}.${coming.minor}`
  return { code: frozen.has(branch), test, branch, tag: tagOf(coming) }
}

interface Release {
  readonly major: number
  readonly minor: number
}

const tagOf = ({ major, minor }: Release): string => `v${major}.${minor}.0`

function releaseOf(branch: string): readonly Release[] {
  const [, major, minor] = /^release-(\d{1,6})\.(\d{1,6})$/.exec(branch) ?? []
  return major === undefined ? [] : [{ major: Number(major), minor: Number(minor) }]
}

const phases = 'https://github.com/kubernetes/sig-release/blob/master/releases/release_phases.md'

/** @param isBug The pull request mends something. @param fastForward When the release branch was last brought up to date. */
export function freezeText({ code, test, branch, tag }: Freeze, isBug: boolean, fastForward: string): string {
  const mayMerge = isBug
    ? 'Please make sure that this bug fix is needed for the release; it can be merged when it has the milestone of the release.'
    : 'Pull requests that the release does not need will be merged after it.'
  const parts = [
    ...(code
      ? [
          `Please note that we're already in [Code Freeze](${phases}#code-freeze) for the \`${branch}\` branch. ${mayMerge}`,
        ]
      : []),
    ...(test
      ? [
          `Please note that we're already in [Test Freeze](${phases}#test-freeze) for the \`${branch}\` branch. This means every merged PR will be automatically fast-forwarded via the periodic [ci-fast-forward](https://testgrid.k8s.io/sig-release-releng-blocking#git-repo-kubernetes-fast-forward) job to the release branch of the upcoming \`${tag}\` release.

Fast forwards are scheduled to happen every 6 hours, whereas the most recent run was: ${fastForward}.`,
        ]
      : []),
  ]
  return parts.join('\n\n---\n\n')
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A time as `date` of Unix prints it, in UTC; the day has a blank in front. */
export function unixDate(time: string): string {
  const date = new Date(time)
  const clock = date.toISOString().slice(11, 19)
  const day = String(date.getUTCDate()).padStart(2)
  return `${days[date.getUTCDay()]} ${months[date.getUTCMonth()]} ${day} ${clock} UTC ${date.getUTCFullYear()}`
}
