// Kubernetes' label selectors, as far as a configuration is checked for them.

const name = '[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?'
const key = `(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/)?${name}`
const requirement = new RegExp(
  `^(?:!\\s*${key}|${key}|${key}\\s*(?:=|==|!=)\\s*(?:${name})?|${key}\\s*(?:>|<)\\s*\\d+|${key}\\s+(?:in|notin)\\s*\\(\\s*(?:${name})?(?:\\s*,\\s*(?:${name})?)*\\s*\\))$`,
)

/** Why a text is no selector; undefined when it is one. The empty one selects everything. */
export function selectorError(selector: string): string | undefined {
  if (selector.trim() === '') return undefined
  // Commas stand between requirements, and between the values of one.
  const parts = selector.split(/,(?![^(]*\))/).map((part) => part.trim())
  const wrong = parts.find((part) => !requirement.test(part))
  return wrong === undefined ? undefined : `${JSON.stringify(wrong)} is no requirement on a label`
}
