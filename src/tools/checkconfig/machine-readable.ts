// What checkconfig says to programs: JSON of its own, and SARIF 2.1.0, which code hosts show beside the changed lines.
import type { Outcome, Remark } from './outcome.ts'

/** How a file is called: a path from the working directory. */
type Shown = (file: string) => string

/** Findings and counts as one JSON text. */
export const outcomeJson = ({ remarks, jobs }: Outcome, shown: Shown): string =>
  json({
    jobs,
    findings: remarks.map(({ severity, code, place, field, message, hint }) => ({
      severity,
      code,
      ...(place && { file: shown(place.file), line: place.line, column: place.column }),
      field,
      message,
      hint,
    })),
  })

/** Findings as a SARIF log of one run. */
export function outcomeSarif({ remarks }: Outcome, shown: Shown): string {
  const rules = [...new Set(remarks.map(({ code }) => code))].sort()
  return json({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'bowsprit checkconfig', rules: rules.map((id) => ({ id })) } },
        columnKind: 'utf16CodeUnits',
        results: remarks.map((remark) => ({
          ruleId: remark.code,
          ruleIndex: rules.indexOf(remark.code),
          level: remark.severity,
          message: { text: sentence(remark) },
          locations: locations(remark, shown),
        })),
      },
    ],
  })
}

function sentence({ field, message, hint }: Remark): string {
  const said = field === '' ? message : `${field}: ${message}`
  return hint === undefined ? said : `${said} (${hint})`
}

function locations({ place }: Remark, shown: Shown): readonly object[] {
  if (place === undefined) return []
  const artifactLocation = { uri: encodeURI(shown(place.file)) }
  return [{ physicalLocation: { artifactLocation, region: { startLine: place.line, startColumn: place.column } } }]
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`
