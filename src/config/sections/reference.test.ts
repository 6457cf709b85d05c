// Upstream's reference files name every field there is: all of them must be known here.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sharedData } from '../../testing/shared.ts'
import { noFindings, reportOn } from '../report.ts'
import { parseYaml } from '../yaml.ts'
import { mainFields } from './main.ts'
import { pluginSections } from './plugins/sections.ts'

const reference = sharedData('prow')

test.skipIf(reference === undefined).each([
  ['prow-config-documented.yaml', mainFields, ['tide.merge_method[""]']],
  [
    'plugin-config-documented.yaml',
    pluginSections,
    ['require_matching_label[0].grace_period', 'invalid_commit_msg[0].checks[0].name'],
  ],
] as const)('%s', (name, fields, placeholders) => {
  const file = parseYaml(readFileSync(join(reference ?? '', name), 'utf8'), name)
  const findings = noFindings()
  fields.read(file.value, [], reportOn(file, findings))
  expect(findings.warnings.filter(({ code }) => code === 'CONFIG_UNKNOWN_FIELD')).toEqual([])
  // The values are blanks, which some settings do not take.
  expect(findings.errors.map(({ field }) => field)).toEqual(placeholders)
})
