// A template can neither hang nor exhaust a server, whatever is written into it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maxText } from './budget.ts'
import { TemplateError } from './errors.ts'
import { renderForJob } from './job-template.ts'
import { goView } from './prowjob-view.ts'
import { fullJob } from './samples.ts'
import { compileTemplate } from './template.ts'

const job = fullJob('presubmit')
const render = (template: string) => renderForJob(template, job)
const deep = (open: string, close: string, depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`

describe('what would take too long or too much is stopped', () => {
  test.each([
    ['a long loop', '{{range 1000000000000}}{{end}}', 'it takes more than'],
    ['loops in loops', '{{range 1000}}{{range 1000}}{{end}}{{end}}', 'it takes more than'],
    ['a loop that prints', `{{range 5000}}${'x'.repeat(100)}{{end}}`, 'output longer than'],
    ['a template that calls itself', '{{define "a"}}{{template "a"}}{{end}}{{template "a"}}', 'maximum template depth'],
    [
      'two that call each other',
      '{{define "a"}}{{if true}}{{template "b"}}{{end}}{{end}}{{define "b"}}{{(template "a")}}{{end}}',
      'unexpected <template>',
    ],
    [
      'calls that double',
      '{{define "a"}}{{if .}}{{template "a" (slice . 1)}}{{template "a" (slice . 1)}}{{end}}{{end}}{{template "a" (printf "%050d" 1)}}',
      'it takes more than',
    ],
    ['a text that doubles', '{{$x := "xx"}}{{range 60}}{{$x = print $x $x}}{{end}}', 'text longer than'],
    ['a long text that is looked at often', '{{$x := printf "%0200000d" 1}}{{range 99999}}{{len $x}}{{end}}', 'steps'],
    ['a wide number', '{{printf "%1000000d" 1}}', 'text longer than'],
    ['a wide number by an argument', '{{printf "%*d" 1000000 1}}', 'text longer than'],
    ['a precise number', '{{printf "%.1000000f" 1.0}}', 'digits'],
    [
      'an argument that is written often',
      `{{printf "${'%[1]s'.repeat(99)}" (printf "%09999d" 1)}}`,
      'text longer than',
    ],
    ['parentheses in parentheses', `{{${deep('(', ')', 5000)}}}`, 'nested more than'],
    ['structures in structures', deep('{{if 1}}', '{{end}}', 5000), 'nested more than'],
    ['a chain of conditions', `{{if 0}}${'{{else if 0}}'.repeat(5000)}{{end}}`, 'nested more than'],
  ])('%s', (_why, template, message) => expect(() => render(template)).toThrow(message))

  test('just below the limits everything works', () => {
    expect(render(deep('{{if 1}}', '{{end}}', 150))).toBe('1')
    expect(render(`{{${deep('(', ')', 150)}}}`)).toBe('1')
    expect(render(`{{if 0}}${'{{else if 0}}'.repeat(150)}{{else}}1{{end}}`)).toBe('1')
    expect(render('{{range 20000}}x{{end}}')).toHaveLength(20_000)
    expect(render(`{{printf "%0${maxText - 1}d" 1}}`)).toHaveLength(maxText - 1)
    const recursion =
      '{{define "a"}}{{if .}}x{{template "a" (slice . 1)}}{{end}}{{end}}{{template "a" (printf "%0100d" 1)}}'
    expect(render(recursion)).toHaveLength(100)
  })
})

const paths = [
  '.',
  '$',
  '.Spec',
  '.Spec.Job',
  '.Spec.Refs',
  '.Spec.Refs.Pulls',
  '.Labels',
  '.Labels.x',
  '.Foo',
  '$x',
  '.Number',
]
const literals = [
  '1',
  '0',
  '-1',
  '1e3',
  '1.5',
  '"a"',
  '""',
  '`r`',
  "'a'",
  'true',
  'nil',
  '"%d"',
  '"%v %5.2s%[2]*[1]d%+v%#v"',
  '9999',
]
const names = [
  'and',
  'or',
  'not',
  'len',
  'index',
  'slice',
  'print',
  'printf',
  'println',
  'html',
  'js',
  'urlquery',
  'call',
  'eq',
  'ne',
  'lt',
  'ge',
  'nope',
]
const { template } = fc.letrec((tie) => ({
  operand: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(...paths, ...literals),
    tie('pipe').map((pipe) => `(${pipe}).Number`),
    tie('pipe').map((pipe) => `(${pipe})`),
  ),
  command: fc.oneof(
    tie('operand').map(String),
    fc
      .tuple(fc.constantFrom(...names), fc.array(tie('operand'), { maxLength: 3 }))
      .map(([name, args]) => [name, ...args].join(' ')),
  ),
  pipe: fc.array(tie('command'), { minLength: 1, maxLength: 3 }).map((commands) => commands.join(' | ')),
  list: fc.array(tie('node'), { maxLength: 3 }).map((nodes) => nodes.join('')),
  node: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    tie('pipe').map((pipe) => `{{- ${pipe} -}}`),
    fc.tuple(fc.constantFrom(':=', '='), tie('pipe')).map(([sign, pipe]) => `{{$x ${sign} ${pipe}}}`),
    fc
      .tuple(
        fc.constantFrom('if', 'with', 'range', 'range $x :=', 'block "b"'),
        tie('pipe'),
        tie('list'),
        fc.boolean(),
        tie('list'),
      )
      .map(([word, pipe, list, more, rest]) => `{{${word} ${pipe}}}${list}${more ? `{{else}}${rest}` : ''}{{end}}`),
    fc.constantFrom(
      '{{template "b" .}}',
      '{{break}}',
      '{{continue}}',
      '{{end}}',
      '{{',
      '}}',
      '{{/* c */}}',
      '{{range 99999}}{{.}}{{end}}',
    ),
  ),
  template: tie('list').map((list) => `{{$x := 1}}${list}`),
}))

describe('a random template', () => {
  const tried = (source: string): void => {
    try {
      expect(typeof compileTemplate(source).render(goView(job))).toBe('string')
      compileTemplate(source).check(goView(job))
    } catch (error) {
      expect(error).toBeInstanceOf(TemplateError)
    }
  }
  test('of the language gives a text or a TemplateError', () => {
    fc.assert(
      fc.property(template, (source) => tried(String(source))),
      { numRuns: 1000 },
    )
  })

  test('of any characters does, too', () => {
    const pieces = fc.constantFrom(
      ...'{}().|$"\'`%/*-+= \n\\,:0x1aé☺',
      '{{',
      '}}',
      '{{-',
      '-}}',
      'if',
      'end',
      'else',
      '\ud800',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => tried(`{{${parts.join('')}`)),
      { numRuns: 2000 },
    )
  })
})
