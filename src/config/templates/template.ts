// Go's text/template: what a configuration may compute, such as the URL of a job.
import { builtins } from './builtins.ts'
import { execute } from './exec.ts'
import type { GoFunction } from './go-types.ts'
import type { GoValue } from './go-values.ts'
import { parseTemplate } from './parse.ts'

/** A parsed template. */
export interface Template {
  /** The output on some data. Throws TemplateError. */
  render(data: GoValue): string
  /** Runs on some data, tries the branches that the data leave out, too, and throws TemplateError for what is wrong. */
  check(data: GoValue): void
}

const compiled = new Map<string, Template>()
// In-repository configuration brings templates of its own; the cache must not grow with everything that was ever seen.
const maxCompiled = 1000

/** Parses a template, or gives the one parsed before. Throws TemplateError. */
export function compileTemplate(source: string): Template {
  const known = compiled.get(source)
  if (known !== undefined) return known
  const template = templateWith(source, {})
  if (compiled.size >= maxCompiled) compiled.clear()
  compiled.set(source, template)
  return template
}

/** Parses a template that may call further functions. Throws TemplateError. */
export function templateWith(source: string, functions: Readonly<Record<string, GoFunction>>): Template {
  const known = new Map([...builtins, ...Object.entries(functions)])
  const program = parseTemplate(source, new Set([...known.keys(), 'and', 'or']))
  return {
    render: (data) => execute(program, known, data),
    check: (data) => {
      execute(program, known, data, true)
    },
  }
}
