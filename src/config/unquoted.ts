// Where upstream takes a number or a boolean for a text. Elsewhere it refuses the file, so there it is warned of.
import { configErrors } from './errors.ts'
import type { Report } from './report.ts'
import type { Path } from './yaml.ts'

const unquoted = configErrors.UNQUOTED({ got: '', quoted: '' }).code

/** Whether a problem is a text without quotes that upstream refuses. */
export const isUnquoted = ({ code }: { readonly code: string }): boolean => code === unquoted

/** Is silent about texts without quotes at those paths. */
const taking =
  (isTaken: (path: Path) => boolean) =>
  (report: Report): Report => ({
    error: report.error,
    warn: (path, finding, about) => {
      if (!isUnquoted(finding) || !isTaken(path)) report.warn(path, finding, about)
    },
  })

const section = (path: Path): string => String(path[0]).toLowerCase()

// Fields that upstream declares in the job itself, not in a part that several kinds of jobs share.
const ofJobs: Readonly<Record<string, readonly string[]>> = {
  presubmits: ['trigger', 'rerun_command'],
  periodics: ['interval', 'minimum_interval', 'cron', 'tags', 'retry'],
}

/** For files of jobs, those in repositories included, but not for jobs in the main file. */
export const inJobFiles = taking((path) => {
  if (section(path) === 'presets') return true
  const field = path[path.findIndex((part) => typeof part === 'number') + 1]
  return ofJobs[section(path)]?.includes(String(field).toLowerCase()) ?? false
})

/** For the plugin configuration. */
export const inPluginFiles = taking((path) => !['plugins', 'config_updater'].includes(section(path)))
