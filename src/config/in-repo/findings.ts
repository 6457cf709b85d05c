// What can be wrong with the jobs of a repository beyond what can be wrong with any job.
import type { Finding } from '../errors.ts'

const finding = (name: string, message: string, hint?: string): Finding => ({
  code: `INREPO_${name}`,
  message,
  ...(hint !== undefined && { hint }),
})

/** Findings about files and jobs of a repository. A published code never gets a second meaning. */
export const inRepoFindings = {
  cluster: (cluster: string, repo: string, allowed: readonly string[]): Finding =>
    finding(
      'CLUSTER',
      `cluster ${JSON.stringify(cluster)} is not allowed for repository ${JSON.stringify(repo)}`,
      allowed.length === 0
        ? 'no cluster is: see in_repo_config.allowed_clusters in the central configuration'
        : `use ${allowed.join(' or ')}, or ask for it in in_repo_config.allowed_clusters of the central configuration`,
    ),
  notAFolder: (): Finding =>
    finding('NOT_A_FOLDER', '.prow must be a folder', 'put its content into .prow.yaml, or into files below .prow/'),
  notAFile: (): Finding => finding('NOT_A_FILE', 'must be a file'),
  link: (why: string): Finding => finding('LINK', `is a link ${why}`, 'put a file in its place'),
  fileSize: (size: number, most: number): Finding =>
    finding('FILE_SIZE', `has ${size} bytes; a file may have ${most}`, 'split it into several files below .prow/'),
  tooManyFiles: (count: number, most: number): Finding =>
    finding('TOO_MANY_FILES', `there are ${count} files of jobs; at most ${most} are read`),
  tooMuch: (most: number): Finding => finding('TOO_MUCH', `all files together have more than ${most} bytes`),
  tooManyJobs: (count: number, most: number): Finding =>
    finding('TOO_MANY_JOBS', `there are ${count} jobs; a repository may have ${most}`),
  tooManyPresets: (count: number, most: number): Finding =>
    finding('TOO_MANY_PRESETS', `there are ${count} presets; a repository may have ${most}`),
  presetValues: (most: number): Finding =>
    finding(
      'PRESET_VALUES',
      `presets add more than ${most} variables, volumes, mounts and tolerations to the jobs up to this one`,
      'give presets labels, so that only the jobs that need them get them',
    ),
  pattern: (size: number, most: number): Finding =>
    finding('PATTERN', `the pattern is too large: it counts ${size}, and may count ${most}`),
  tooLong: (length: number, most: number): Finding =>
    finding('TOO_LONG', `has ${length} characters; at most ${most} are allowed`),
  patterns: (most: number): Finding =>
    finding('PATTERNS', `all patterns together, with this one, count more than ${most}`),
  result: (most: number): Finding =>
    finding(
      'RESULT',
      `the jobs, written out, take more than ${most} characters`,
      'anchors and presets count each time they are used',
    ),
  cutOff: (why: string): Finding =>
    finding('CUT_OFF', `reading the files was given up: ${why}`, 'make them smaller, or simpler'),
}
