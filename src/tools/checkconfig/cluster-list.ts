// The build clusters that plank.build_cluster_status_file lists.
import { asMap } from '../../config/fields.ts'
import { type Storage, StorageError } from '../../storage/storage.ts'

// A list of thousands of clusters is smaller.
const mostBytes = 1024 * 1024

/** Names of the clusters, or why the file cannot be used, which is no finding: it is written while components run. */
export async function listedClusters(
  url: string,
  storage: Pick<Storage, 'read'>,
): Promise<ReadonlySet<string> | { readonly unusable: string }> {
  try {
    const bytes = await storage.read(url, { start: 0, end: mostBytes })
    const clusters = asMap(JSON.parse(new TextDecoder().decode(bytes)))
    return clusters === undefined ? { unusable: `${url} is no JSON object` } : new Set(Object.keys(clusters))
  } catch (error) {
    if (error instanceof StorageError || error instanceof SyntaxError) return { unusable: `${url}: ${error.message}` }
    throw error
  }
}
