// How large the patterns of a repository's jobs are: whoever wrote them may mean harm, and every comment is held against them.

import { configErrors, type Finding } from '../errors.ts'
import type { Checked } from '../jobs/check-lists.ts'
import { defaultTrigger } from '../jobs/defaults.ts'
import { type Node, parseRe2 } from '../re2/parse.ts'
import { compileRe2, quoteRe2, Re2Error, re2 } from '../re2.ts'
import type { BranchJob, Presubmit } from '../types.ts'
import { inRepoLimits } from './files.ts'
import { inRepoFindings } from './findings.ts'

/** The patterns of a job that comments are held against, and those for paths. */
export function patternsOf(job: BranchJob & Partial<Presubmit>): {
  readonly comments: string[]
  readonly paths: string[]
} {
  const { trigger = '', run_if_changed = '', skip_if_only_changed = '' } = job
  return {
    comments: [trigger].filter((pattern) => pattern !== ''),
    paths: [run_if_changed, skip_if_only_changed].filter((pattern) => pattern !== ''),
  }
}

/**
 * Reports patterns that are too large to be used, each for itself or all together, and texts that are too long for them; says whether
 * there are none. Other mistakes are left to the usual checks.
 */
export function checkPatternSizes(jobs: readonly Checked<BranchJob & Partial<Presubmit>>[]): boolean {
  let total = 0
  let fits = true
  for (const { job, path, report } of jobs) {
    const refuse = (field: string, finding: Finding) => {
      report.error([...path, field], finding)
      fits = false
    }
    for (const field of ['name', 'rerun_command'] as const) {
      const length = job[field]?.length ?? 0
      if (length > inRepoLimits.name) refuse(field, inRepoFindings.tooLong(length, inRepoLimits.name))
    }
    for (const [field, source] of fieldsOf(job)) {
      const size = patternSize(source)
      total += source === defaultTrigger(job.name) ? Math.max(0, size - ordinarySize) : size
      const finding = whyTooLarge(source, size, total)
      if (finding !== undefined) refuse(field, finding)
      if (total > inRepoLimits.patterns) return false
    }
  }
  return fits
}

/** A default trigger up to this size does not count: a thousand jobs have a thousand of them. */
const ordinarySize = 100

function fieldsOf(job: BranchJob & Partial<Presubmit>): (readonly [field: string, source: string])[] {
  const { trigger = '', run_if_changed = '', skip_if_only_changed = '', branches = [], skip_branches = [] } = job
  return [
    ['branches', branches.join('|')],
    ['skip_branches', skip_branches.join('|')],
    ['trigger', trigger],
    ['run_if_changed', run_if_changed],
    ['skip_if_only_changed', skip_if_only_changed],
  ]
}

function whyTooLarge(source: string, size: number, total: number): Finding | undefined {
  const { pattern, patterns } = inRepoLimits
  if (size > pattern) return inRepoFindings.pattern(size, pattern)
  if (total > patterns) return inRepoFindings.patterns(patterns)
  return isUsable(source) ? undefined : configErrors.REGEXP({ why: 'the pattern is too large to be compiled' })
}

/** How many letters and classes a pattern has when its counts are written out; 0 for one that is none. */
function patternSize(source: string): number {
  try {
    return sizeOf(parseRe2(source).tree)
  } catch (error) {
    if (error instanceof Re2Error) return 0
    throw error
  }
}

/** V8 compiles a pattern when it is first used, and may find only then that it is too large. */
function isUsable(source: string): boolean {
  try {
    compileRe2(source).test('')
    return true
  } catch (error) {
    return error instanceof Re2Error
  }
}

function sizeOf(node: Node): number {
  if (node.is === 'all' || node.is === 'any') return node.of.reduce((sum, part) => sum + sizeOf(part), 0)
  if (node.is === 'capture') return sizeOf(node.of)
  if (node.is !== 'repeat') return 1
  const times = node.max === Number.POSITIVE_INFINITY ? node.min + 1 : node.max
  return Math.max(times, 1) * sizeOf(node.of)
}

/** Patterns, and the texts that they are to be held against. */
export interface Matching {
  readonly patterns: readonly string[]
  readonly texts: readonly string[]
}

/**
 * What of it may take long: comments and paths are written by those who write the patterns. Undefined when nothing may. A default
 * trigger never does: a thousand of them on the longest comment take less than a tenth of a second.
 */
export function slowPart({ patterns, texts }: Matching): Matching | undefined {
  const unusual = patterns.filter((pattern) => !ordinaryTrigger.test(pattern))
  const length = texts.reduce((sum, text) => sum + text.length, 0)
  const isQuick = unusual.reduce((sum, pattern) => sum + patternSize(pattern), 0) * length <= quick
  return isQuick ? undefined : { patterns: unusual, texts }
}

const ordinaryTrigger = re2`^${quoteRe2(defaultTrigger('\0')).replace('\0', '[A-Za-z0-9._-]+')}$`

// Letters of patterns times letters of texts. V8 needs at most about 100 ns for one, so this is 25 ms.
const quick = 250_000

/** Holds all patterns against all texts. */
export function matchAll({ patterns, texts }: Matching): void {
  for (const pattern of patterns.map(compileRe2)) for (const text of texts) pattern.test(text)
}
