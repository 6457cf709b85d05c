// The state of one execution of a template.
import { type Budget, maxText } from './budget.ts'
import { placeIn, TemplateError, type TemplateErrorKind } from './errors.ts'
import type { GoFunction } from './go-types.ts'
import type { GoValue } from './go-values.ts'
import type { Program, Span } from './nodes.ts'

export interface Run {
  readonly program: Program
  readonly functions: ReadonlyMap<string, GoFunction>
  readonly budget: Budget
  /** Whether what is not taken is tried too, for the sake of errors in it. */
  readonly explores: boolean
  readonly out: string[]
  /** Characters written. */
  written: number
}

/** A template that is being executed: its variables, innermost last. */
export interface Frame {
  readonly run: Run
  readonly variables: { readonly name: string; value: GoValue }[]
}

/** Throws TemplateError at a node. */
export function fail({ program }: Run, kind: TemplateErrorKind, span: Span, problem: string): never {
  const { source } = program
  throw new TemplateError(kind, problem, {
    ...placeIn(source, span.at),
    code: source.slice(span.at, span.to),
  })
}

/** Takes a step that looks at this many characters or items. */
export function step(run: Run, span: Span, size = 0): void {
  const problem = run.budget.spend(size)
  if (problem !== undefined) fail(run, 'limit', span, problem)
}

/** Does something one level deeper. */
export function nested<T>(run: Run, span: Span, act: () => T): T {
  const problem = run.budget.enter()
  if (problem !== undefined) fail(run, 'limit', span, problem)
  const result = act()
  run.budget.leave()
  return result
}

export function write(run: Run, span: Span, text: string): void {
  step(run, span, text.length)
  run.written += text.length
  if (run.written > maxText) fail(run, 'limit', span, `output longer than ${maxText} characters`)
  run.out.push(text)
}

/**
 * Tries what an execution would leave out: only what is wrong with any data counts, and nothing of it stays.
 * @throws TemplateError of kind `program`.
 */
export function explore({ run, variables }: Frame, act: () => void): void {
  if (!run.explores) return
  const { depth } = run.budget
  const { written } = run
  const length = run.out.length
  const before = variables.map((variable) => ({ ...variable }))
  try {
    act()
  } catch (error) {
    if (!(error instanceof TemplateError) || error.kind === 'program') throw error
  }
  run.budget.depth = depth
  run.written = written
  run.out.length = length
  variables.splice(0, variables.length, ...before)
}
