// Which OWNERS files a change needs approval from: the nearest ones of the changed files, less those below another of them.
import { flat } from '../../owners/layered-set.ts'
import type { RepoOwners } from '../../owners/lookup.ts'

/** A folder, or a Markdown file, whose owners have to approve. Logins in lower case. */
export interface Area {
  /** From the root, which is `''`. */
  readonly folder: string
  /** For each of its changed files those who may approve it; files with the same approvers count once. */
  readonly approvers: readonly ReadonlySet<string>[]
  /** Those of the nearest level: they know the files best. */
  readonly leaf: ReadonlySet<string>
}

type Asked = Pick<
  RepoOwners,
  'approvers' | 'approversFolder' | 'isAutoApproveUnownedSubfolders' | 'isNoParentOwners' | 'leafApprovers'
>

/** In the order of the folders' names. */
export function areasOf(files: readonly string[], owners: Asked): readonly Area[] {
  const owned = Map.groupBy(new Set(files), (file) => owners.approversFolder(file))
  const asked = new Set(
    [...owned].flatMap(([folder, inIt]) => (inIt.some((file) => needsApproval(file, folder, owners)) ? [folder] : [])),
  )
  const areas = [...asked].filter((folder) => !isBelowAnother(folder, asked, owners)).sort()
  return areas.map((folder) => {
    const inIt = owned.get(folder) ?? []
    const sets = inIt.map((file) => flat(owners.approvers(file)))
    return {
      folder,
      approvers: [...new Map(sets.map((set) => [JSON.stringify([...set]), set])).values()],
      leaf: new Set(inIt.flatMap((file) => [...owners.leafApprovers(file)])),
    }
  })
}

/** Areas of which some file has nobody among these. Logins in lower case. */
export const unapproved = (areas: readonly Area[], approvers: ReadonlySet<string>): readonly Area[] =>
  areas.filter((area) => area.approvers.some((ones) => ones.isDisjointFrom(approvers)))

/** Everybody who may approve at least one file of the area. */
export const allApprovers = ({ approvers }: Area): ReadonlySet<string> =>
  new Set(approvers.flatMap((ones) => [...ones]))

/** New folders may be free to all; what lies directly beside the OWNERS file, and that file itself, never is. */
const needsApproval = (file: string, folder: string, owners: Asked): boolean => {
  const isBelow = folder === '' || file.startsWith(`${folder}/`)
  return !(isBelow && parentOf(file) !== folder && owners.isAutoApproveUnownedSubfolders(folder))
}

/** Approvers of a folder may approve what is below it, down to where a folder says otherwise. */
function isBelowAnother(folder: string, asked: ReadonlySet<string>, owners: Asked): boolean {
  for (let at = folder; at !== '' && !owners.isNoParentOwners(at); ) {
    at = parentOf(at)
    if (asked.has(at)) return true
  }
  return false
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))
