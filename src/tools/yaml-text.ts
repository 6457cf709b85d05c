// Objects as YAML that Prow's and Kubernetes' readers take back as the same.
import { dump } from 'js-yaml'

/** One document. Keys are sorted, as Go's tools print them; texts that some reader would take for something else are quoted. */
export const yamlText = (value: object): string => dump(sorted(value), { noRefs: true, lineWidth: -1 })

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)]))
}
