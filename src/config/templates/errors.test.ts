// What is wrong with templates: where they cannot be parsed, and what fails on data.
import { describe, expect, test } from 'vitest'
import type { ProwJob } from '../../api/prowjob.ts'
import { TemplateError, type TemplateErrorKind } from './errors.ts'
import { renderForJob } from './job-template.ts'
import { goView } from './prowjob-view.ts'
import { templateWith } from './template.ts'

/** A finished presubmit for two pull requests. */
const job: ProwJob = {
  apiVersion: 'prow.k8s.io/v1',
  kind: 'ProwJob',
  metadata: {
    name: '4b1c',
    namespace: 'default',
    creationTimestamp: '2026-01-02T15:04:05Z',
    labels: { b: '2', a: '1' },
    annotations: { é: 'ü' },
  },
  spec: {
    type: 'presubmit',
    agent: 'kubernetes',
    job: 'pull-unit',
    report: true,
    refs: {
      org: 'kubernetes',
      repo: 'test-infra',
      base_ref: 'main',
      base_sha: '0123456789abcdef',
      pulls: [
        { number: 7, author: 'alice', sha: 'a1', title: 'Fix <it>' },
        { number: 8, author: 'bob', sha: 'b2', ref: 'x/8' },
      ],
    },
    max_concurrency: 3,
    decoration_config: { timeout: '2h0m0s', skip_cloning: false, ssh_key_secrets: ['x', 'y'] },
  },
  status: {
    startTime: '2026-01-02T15:04:05Z',
    completionTime: '2026-01-02T16:34:06Z',
    state: 'failure',
    build_id: '1234567890123456789',
  },
}

function error(act: () => unknown): TemplateError {
  try {
    act()
  } catch (error) {
    if (error instanceof TemplateError) return error
    throw error
  }
  throw new Error('nothing is wrong with it')
}

test.each<[template: string, message: string]>([
  ['{{', 'line 1, column 3: unclosed action'],
  ['{{1', 'line 1, column 4: unclosed action'],
  ['{{}}', 'line 1, column 3: missing value for command'],
  ['{{ }}', 'line 1, column 4: missing value for command'],
  ['{{"a', 'line 1, column 3: unterminated quoted string'],
  ["{{'a", 'line 1, column 3: unterminated character constant'],
  ['{{`a', 'line 1, column 3: unterminated raw quoted string'],
  ['{{/* a', 'line 1, column 3: unclosed comment'],
  ['{{/* a */ }}', 'line 1, column 3: comment ends before closing delimiter'],
  ['{{ /* a */}}', 'line 1, column 4: unexpected "/" in command'],
  ['{{(1}}', 'line 1, column 5: unclosed left paren'],
  ['{{1)}}', 'line 1, column 4: unexpected right paren'],
  ['{{()}}', 'line 1, column 4: missing value for parenthesized pipeline'],
  ['{{| print}}', 'line 1, column 3: unexpected "|" in command'],
  ['{{1 | 2}}', 'line 1, column 7: non executable command in pipeline stage 2'],
  ['{{foo}}', 'line 1, column 3: function "foo" not defined'],
  ['{{$x}}', 'line 1, column 3: undefined variable "$x"'],
  ['{{if true}}{{$y := 1}}{{end}}{{$y}}', 'line 1, column 32: undefined variable "$y"'],
  ['{{$x : 1}}', 'line 1, column 6: expected :='],
  ['{{$x, $y := 1}}', 'line 1, column 5: too many declarations in command'],
  ['{{range $x, 1}}{{end}}', 'line 1, column 13: range can only initialize variables'],
  ['{{if}}{{end}}', 'line 1, column 5: missing value for if'],
  ['{{if true}}', 'line 1, column 12: unexpected EOF'],
  ['{{end}}', 'line 1, column 1: unexpected {{end}}'],
  ['{{else}}', 'line 1, column 1: unexpected {{else}}'],
  ['{{if true}}a{{else}}b{{else}}c{{end}}', 'line 1, column 22: expected end; found {{else}}'],
  ['{{if true}}a{{else with 1}}b{{end}}', 'line 1, column 20: unexpected <with> in else'],
  ['{{range 1}}a{{else if 1}}b{{end}}', 'line 1, column 20: unexpected <if> in else'],
  ['{{break}}', 'line 1, column 1: {{break}} outside {{range}}'],
  ['{{range 2}}{{block "b" .}}{{break}}{{end}}{{end}}', 'line 1, column 27: {{break}} outside {{range}}'],
  ['{{if true}}{{define "a"}}{{end}}{{end}}', 'line 1, column 14: unexpected <define> in command'],
  ['{{define a}}{{end}}', 'line 1, column 10: unexpected "a" in define clause'],
  ['{{template a}}', 'line 1, column 12: unexpected "a" in template clause'],
  ['{{define "a"}}1{{end}}{{define "a"}}2{{end}}', 'line 1, column 23: multiple definition of template "a"'],
  ['{{$x := 1}}{{define "a"}}{{$x}}{{end}}', 'line 1, column 28: undefined variable "$x"'],
  ['{{@}}', 'line 1, column 3: unexpected "@" in command'],
  ['{{a-b}}', "line 1, column 3: bad character U+002D '-'"],
  ['{{.Spec.Job+1}}', "line 1, column 8: bad character U+002B '+'"],
  ['{{1a}}', 'line 1, column 3: bad number syntax: "1a"'],
  ['{{089}}', 'line 1, column 3: integer overflow: "089"'],
  ['{{1__0}}', 'line 1, column 3: illegal number syntax: "1__0"'],
  ['{{18446744073709551616}}', 'line 1, column 3: integer overflow: "18446744073709551616"'],
  ['{{"\\q"}}', 'line 1, column 3: invalid escape in "\\q"'],
  ["{{'ab'}}", "line 1, column 3: malformed character constant: 'ab'"],
  ["{{''}}", "line 1, column 3: malformed character constant: ''"],
  ['{{"a".Foo}}', 'line 1, column 6: unexpected . after a value'],
  ['{{.. }}', 'line 1, column 4: unexpected "." in operand'],
  ['{{1-}}', 'line 1, column 4: bad number syntax: "-"'],
  ['\n\n  {{.A}{{1}}', "line 3, column 5: bad character U+007D '}'"],
])('%j does not parse', (template, message) => {
  // No data is needed to find this out.
  const { kind, message: said } = error(() => templateWith(template, {}))
  expect({ kind, said }).toEqual({ kind: 'syntax', said: message })
})

test.each<[template: string, kind: TemplateErrorKind, message: string]>([
  ['{{.Foo}}', 'program', "line 1, column 3 at <.Foo>: can't evaluate field Foo in type *v1.ProwJob"],
  ['{{.Spec.Name}}', 'program', "line 1, column 3 at <.Spec.Name>: can't evaluate field Name in type v1.ProwJobSpec"],
  ['{{.Spec.Job.Foo}}', 'program', "line 1, column 3 at <.Spec.Job.Foo>: can't evaluate field Foo in type string"],
  [
    '{{.Spec.JenkinsSpec.Foo}}',
    'program',
    "line 1, column 3 at <.Spec.JenkinsSpec.Foo>: can't evaluate field Foo in type *v1.JenkinsSpec",
  ],
  [
    '{{.Spec.JenkinsSpec.GitHubBranchSourceJob}}',
    'data',
    'line 1, column 3 at <.Spec.JenkinsSpec.GitHubBranchSourceJob>: nil pointer evaluating *v1.JenkinsSpec.GitHubBranchSourceJob',
  ],
  [
    '{{.Spec.Job "x"}}',
    'program',
    'line 1, column 3 at <.Spec.Job>: Job has arguments but cannot be invoked as function',
  ],
  ['{{.Labels.a "x"}}', 'program', 'line 1, column 3 at <.Labels.a>: a is not a method but has arguments'],
  ['{{.Complete 1}}', 'program', 'line 1, column 3 at <.Complete>: wrong number of args for Complete: want 0 got 1'],
  ['{{1 2}}', 'program', "line 1, column 3 at <1>: can't give argument to non-function 1"],
  [
    '{{1 | .Spec.Job}}',
    'program',
    'line 1, column 7 at <.Spec.Job>: Job has arguments but cannot be invoked as function',
  ],
  ['{{nil}}', 'program', 'line 1, column 3 at <nil>: nil is not a command'],
  ['{{(nil).Foo}}', 'program', 'line 1, column 4 at <nil>: nil is not a command'],
  [
    '{{index .Spec.Refs.Pulls 2}}',
    'data',
    'line 1, column 3 at <index .Spec.Refs.Pulls 2>: error calling index: index out of range: 2',
  ],
  [
    '{{index .Spec.Refs.Pulls "0"}}',
    'data',
    'line 1, column 3 at <index .Spec.Refs.Pulls "0">: error calling index: cannot index slice/array with type string',
  ],
  [
    '{{index .Labels 1}}',
    'data',
    'line 1, column 3 at <index .Labels 1>: error calling index: value has type int; should be string',
  ],
  [
    '{{index .Labels .Spec.Type}}',
    'data',
    'line 1, column 3 at <index .Labels .Spec.Type>: error calling index: value has type v1.ProwJobType; should be string',
  ],
  ['{{index nil 1}}', 'data', 'line 1, column 3 at <index nil 1>: error calling index: index of untyped nil'],
  ['{{index 1 1}}', 'data', "line 1, column 3 at <index 1 1>: error calling index: can't index item of type int"],
  [
    '{{slice .Spec.Job 5 2}}',
    'data',
    'line 1, column 3 at <slice .Spec.Job 5 2>: error calling slice: invalid slice index: 5 > 2',
  ],
  [
    '{{slice .Spec.Job 100}}',
    'data',
    'line 1, column 3 at <slice .Spec.Job 100>: error calling slice: index out of range: 100',
  ],
  [
    '{{slice .Spec.Job 1 2 3}}',
    'data',
    'line 1, column 3 at <slice .Spec.Job 1 2 3>: error calling slice: cannot 3-index slice a string',
  ],
  ['{{len 3}}', 'data', 'line 1, column 3 at <len 3>: error calling len: len of type int'],
  ['{{len .Spec.Refs}}', 'data', 'line 1, column 3 at <len .Spec.Refs>: error calling len: len of type v1.Refs'],
  [
    '{{eq 1 1.0}}',
    'data',
    'line 1, column 3 at <eq 1 1.0>: error calling eq: incompatible types for comparison: int and float64',
  ],
  [
    '{{eq 1 "1"}}',
    'data',
    'line 1, column 3 at <eq 1 "1">: error calling eq: incompatible types for comparison: int and string',
  ],
  ['{{eq 1}}', 'data', 'line 1, column 3 at <eq 1>: error calling eq: missing argument for comparison'],
  ['{{eq}}', 'program', 'line 1, column 3 at <eq>: wrong number of args for eq: want at least 1 got 0'],
  [
    '{{eq .Labels .Labels}}',
    'data',
    'line 1, column 3 at <eq .Labels .Labels>: error calling eq: non-comparable type map[string]string',
  ],
  [
    '{{eq .Spec .Spec}}',
    'data',
    'line 1, column 3 at <eq .Spec .Spec>: error calling eq: non-comparable type v1.ProwJobSpec',
  ],
  ['{{lt true false}}', 'data', 'line 1, column 3 at <lt true false>: error calling lt: invalid type for comparison'],
  ['{{lt nil 1}}', 'data', 'line 1, column 3 at <lt nil 1>: error calling lt: invalid type for comparison'],
  ['{{call nil}}', 'data', 'line 1, column 3 at <call nil>: error calling call: call of nil'],
  [
    '{{call .Spec.Job}}',
    'data',
    'line 1, column 3 at <call .Spec.Job>: error calling call: non-function pull-unit of type string',
  ],
  ['{{printf 1}}', 'program', 'line 1, column 10 at <1>: expected string; found 1'],
  [
    '{{printf .Spec.Type}}',
    'data',
    'line 1, column 10 at <.Spec.Type>: wrong type for value; expected string; got v1.ProwJobType',
  ],
  ['{{.Status.StartTime.Format 1}}', 'program', 'line 1, column 28 at <1>: expected string; found 1'],
  [
    '{{.Status.PendingTime.Format "15"}}',
    'data',
    'line 1, column 3 at <.Status.PendingTime.Format>: nil pointer evaluating *v1.Time.Format',
  ],
  [
    '{{range .Spec}}{{end}}',
    'data',
    "line 1, column 9 at <.Spec>: range can't iterate over a value of type v1.ProwJobSpec",
  ],
  ['{{range "abc"}}{{end}}', 'data', 'line 1, column 9 at <"abc">: range can\'t iterate over a value of type string'],
  [
    '{{range $i, $j := 3}}{{end}}',
    'program',
    "line 1, column 1 at <{{range $i, $j := 3>: can't use 3 to iterate over more than one variable",
  ],
  ['{{template "nope"}}', 'program', 'line 1, column 1 at <{{template "nope">: template "nope" not defined'],
  ['{{$x = 1}}', 'program', 'line 1, column 3 at <$x = 1>: undefined variable: $x'],
  ['{{9223372036854775808}}', 'program', 'line 1, column 3 at <9223372036854775808>: overflows int'],
])('%j fails', (template, kind, message) => {
  expect(error(() => renderForJob(template, job))).toMatchObject({ kind, message })
})

test('a duration that is none is a failure of the template', () => {
  const broken = { ...job, spec: { ...job.spec, decoration_config: { timeout: 'soon' } } }
  const { kind, message } = error(() => renderForJob('{{.Spec.DecorationConfig.Timeout}}', broken))
  expect(kind).toBe('data')
  expect(message).toContain('"soon" is not a duration')
})

describe('a check', () => {
  const check = (template: string) => templateWith(template, {}).check(goView(job))

  test.each([
    ['in a branch that is not taken', '{{if .Spec.Hidden}}{{.Spec.Foo}}{{end}}'],
    ['in the other branch', '{{if .Spec.Refs}}{{else}}{{.Spec.Foo}}{{end}}'],
    ['behind what decides', '{{or .Spec.Refs .Spec.Foo}}'],
    ['behind a loop', '{{range .Spec.Refs.Pulls}}{{else}}{{.Spec.Foo}}{{end}}'],
    ['of what a nil pointer would lead to', '{{with .Spec.JenkinsSpec}}{{.Foo}}{{end}}'],
    [
      'in a template that is called there',
      '{{define "a"}}{{.Foo}}{{end}}{{if .Spec.Hidden}}{{template "a" .Spec}}{{end}}',
    ],
  ])('finds a wrong name %s', (_where, template) => {
    expect(error(() => check(template))).toMatchObject({
      kind: 'program',
      message: expect.stringContaining("can't evaluate field Foo"),
    })
    expect(() => renderForJob(template, job)).not.toThrow()
  })

  test.each([
    ['data that a branch lacks', '{{if .Spec.Hidden}}{{index .Spec.ExtraRefs 5}}{{end}}'],
    ['a pointer that is nil there', '{{with .Spec.JenkinsSpec}}{{.GitHubBranchSourceJob}}{{end}}'],
    ['a value of another type', '{{$x := .Spec.Refs}}{{if .Spec.Hidden}}{{$x = .Status}}{{end}}{{$x.Org}}'],
    ['a variable of a branch', '{{if .Spec.Hidden}}{{$x := 1}}{{end}}{{with .Spec.Job}}{{len .}}{{end}}'],
  ])('does not mind %s', (_what, template) => expect(() => check(template)).not.toThrow())
})
