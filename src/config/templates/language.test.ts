// The language of templates: what each gives for one job. The outputs are those of Go's text/template.
import { describe, expect, test } from 'vitest'
import type { ProwJob } from '../../api/prowjob.ts'
import { renderForJob } from './job-template.ts'

/** A finished presubmit with something of everything. */
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

const rows: Readonly<Record<string, readonly (readonly [template: string, output: string])[]>> = {
  'text and trim markers': [
    ['plain', 'plain'],
    ['a{{1}}b', 'a1b'],
    ['a {{- 1 -}} b', 'a1b'],
    ['a {{- "x" }} b {{ "y" -}} c', 'ax b yc'],
    ['a\n\t{{- 1 -}}\r\n b', 'a1b'],
    ['{{-1}} {{- 1}}', '-11'],
    ['{{3 -}} {{4}}', '34'],
    ['{{/* note */}}x', 'x'],
    ['a {{- /* note */ -}} b', 'ab'],
    ['{{/* {{1}} */}}x', 'x'],
    ['{{"}}"}}', '}}'],
    ['}}', '}}'],
    ['{{\n1 |\n print}}', '1'],
    ['', ''],
  ],
  literals: [
    ['{{1_000}} {{0x1F}} {{0b101}} {{0o17}} {{017}} {{+5}} {{-0}}', '1000 31 5 15 15 5 0'],
    ['{{1.5}} {{1.}} {{.5}} {{1e3}} {{0x1p4}} {{-1.5e-3}}', '1.5 1 0.5 1000 16 -0.0015'],
    ['{{1e6}} {{100000.0}} {{1e21}} {{1e-5}} {{123456.789}}', '1e+06 100000 1e+21 1e-05 123456.789'],
    ["{{'a'}} {{'\\n'}} {{'\\x41'}} {{'\\''}} {{'é'}}", '97 10 65 39 233'],
    ['{{"a\\tb\\"\\u00e9\\U0001F600\\x41\\101"}}', 'a\tb"é😀AA'],
    ['{{`a\\n"b"`}}', 'a\\n"b"'],
    ['{{true}} {{false}}', 'true false'],
    ['{{9223372036854775807}} {{-9223372036854775808}}', '9223372036854775807 -9223372036854775808'],
  ],
  'fields and maps': [
    ['{{.Name}} {{.ObjectMeta.Name}} {{.Kind}}', '4b1c 4b1c ProwJob'],
    ['{{.Spec.Job}} {{.Spec.Type}} {{.Spec.Refs.Org}}', 'pull-unit presubmit kubernetes'],
    ['{{.Labels.a}} {{.Labels.nope}} {{index .Labels "a"}}|{{index .Labels "nope"}}|', '1 <no value> 1||'],
    ['{{.Labels.nope.deeper}}', '<no value>'],
    ['{{(.Spec).Job}} {{(index .Spec.Refs.Pulls 1).Author}} {{$.Spec.Job}}', 'pull-unit bob pull-unit'],
    ['{{.Labels}} {{.Finalizers}} {{.Spec.DecorationConfig.SSHKeySecrets}}', 'map[a:1 b:2] [] [x y]'],
    ['{{.Spec.Refs}}', 'main:0123456789abcdef,7:a1,8:b2:x/8'],
    ['{{.Spec.Refs.Pulls}}', '[{7 alice a1 Fix <it>     } {8 bob b2  x/8    }]'],
    ['{{.Spec.JenkinsSpec}} {{.Spec.DecorationConfig.SkipCloning}}', '<nil> false'],
    ['{{.Annotations.é}}', 'ü'],
  ],
  pipelines: [
    ['{{"a" | print "b" | print "c"}}', 'cba'],
    ['{{.Spec.Job | printf "%s-%s" "x"}}', 'x-pull-unit'],
    ['{{print (print 1) (print 2)}}', '12'],
    ['{{(1)}}', '1'],
    ['{{"x" | len}}', '1'],
    ['{{1 | and 2}}{{0 | or 0}}', '10'],
  ],
  variables: [
    ['{{$x := 1}}{{$x}}{{$x = 2}}{{$x}}', '12'],
    ['{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}', '2'],
    ['{{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}}', '21'],
    ['{{with $x := .Spec.Job}}{{.}} {{$x}} {{$.Spec.Type}}{{end}}', 'pull-unit pull-unit presubmit'],
    ['{{$ := 1}}{{$}}', '1'],
    ['{{$é := 1}}{{$é}}', '1'],
  ],
  'if and with': [
    ['{{if eq .Spec.Type "presubmit"}}a{{else if eq .Spec.Type "batch"}}b{{else}}c{{end}}', 'a'],
    ['{{if eq .Spec.Type "x"}}a{{else if eq .Spec.Type "presubmit" "y"}}b{{else}}c{{end}}', 'b'],
    [
      '{{if ""}}1{{end}}{{if 0}}2{{end}}{{if 0.0}}3{{end}}{{if false}}4{{end}}{{if .Finalizers}}5{{end}}{{if .Spec.JenkinsSpec}}6{{end}}{{if .Labels.nope}}7{{end}}',
      '',
    ],
    [
      '{{if "x"}}1{{end}}{{if -1}}2{{end}}{{if .Spec}}3{{end}}{{if .Labels}}4{{end}}{{if .Spec.DecorationConfig.SkipCloning}}5{{end}}',
      '12345',
    ],
    ['{{with index .Spec.Refs.Pulls 0}}{{.Number}}{{end}}', '7'],
    ['{{with .Spec.ExtraRefs}}x{{else}}{{.Name}}{{end}}', '4b1c'],
    ['{{with ""}}a{{else with 5}}{{.}}{{else}}c{{end}}', '5'],
    ['{{if and .Spec.Refs (eq .Spec.Refs.Org "kubernetes")}}k{{end}}', 'k'],
    ['{{if or (eq .Spec.Type "presubmit") .Spec.JenkinsSpec.GitHubBranchSourceJob}}short{{end}}', 'short'],
    ['{{and 1 0 2}} {{or 0 "" "x" 1}} {{and 1 2}} {{or 0 ""}}', '0 x 2 '],
    ['{{not .Spec.Refs}} {{not ""}}', 'false true'],
  ],
  range: [
    [
      '{{range $i, $p := .Spec.Refs.Pulls}}{{if $i}}, {{end}}{{$p.Number}} by {{.Author}}{{end}}',
      '7 by alice, 8 by bob',
    ],
    ['{{range $k, $v := .Labels}}{{$k}}={{$v}};{{end}}', 'a=1;b=2;'],
    ['{{range .Spec.ExtraRefs}}x{{else}}none{{end}}', 'none'],
    ['{{range .Labels.nope}}x{{else}}none{{end}}', 'none'],
    ['{{range 3}}{{.}}{{end}}', '012'],
    ['{{range $i := 3}}{{$i}}{{end}}{{range 0}}x{{else}}e{{end}}', '012e'],
    ['{{range 5}}{{if eq . 3}}{{break}}{{end}}{{if eq . 1}}{{continue}}{{end}}{{.}}{{end}}', '02'],
    ['{{range 2}}{{range 3}}{{if .}}{{break}}{{end}}{{.}}{{end}};{{end}}', '0;0;'],
    ['{{$n := ""}}{{range .Spec.Refs.Pulls}}{{$n = .Author}}{{end}}{{$n}}', 'bob'],
    ['{{$n := 0}}{{$m := 0}}{{range $n, $m = .Spec.Refs.Pulls}}{{end}}{{$n}} {{$m.Author}}', '1 bob'],
  ],
  'templates in templates': [
    [
      '{{define "a"}}[{{.}}]{{end}}{{template "a" .Spec.Job}}{{template "a"}}{{template "a" 1}}',
      '[pull-unit][<no value>][1]',
    ],
    ['{{template "a" 1}}{{define "a"}}({{.}}){{end}}', '(1)'],
    ['{{block "a" .Spec.Job}}<{{.}}>{{end}}', '<pull-unit>'],
    ['{{define "a"}}{{$}}{{end}}{{template "a" 7}}', '7'],
    ['{{define "a"}}1{{end}}{{define "a"}} {{end}}{{template "a"}}', '1'],
    ['{{define "a"}}{{if .}}{{len .}}{{template "a" (slice . 1)}}{{end}}{{end}}{{template "a" "xyz"}}', '321'],
  ],
  functions: [
    ['{{len .Spec.Job}} {{len .Spec.Refs.Pulls}} {{len .Labels}} {{len "é"}}', '9 2 2 2'],
    [
      '{{slice .Spec.Refs.BaseSHA 0 7}} {{slice .Spec.Job 5}} {{slice .Spec.Job}} {{len (slice .Spec.Refs.Pulls 1)}}',
      '0123456 unit pull-unit 1',
    ],
    ['{{index .Spec.Job 0}}', '112'],
    ['{{print 1 2 "a" "b" 3 4.5 true nil}}', '1 2ab3 4.5 true <nil>'],
    ['{{println 1 "a" true}}', '1 a true\n'],
    ['{{print .Spec.Type .Spec.Job 1 2}}', 'presubmitpull-unit1 2'],
    ['{{html "<a href=\'x\'>&\\"</a>"}}', '&lt;a href=&#39;x&#39;&gt;&amp;&#34;&lt;/a&gt;'],
    ['{{js "it\'s \\"x\\" <a> & = \\n é"}}', 'it\\\'s \\"x\\" \\u003Ca\\u003E \\u0026 \\u003D \\u000A é'],
    [
      '{{urlquery "a b&c=d/é~_-.*\'()!"}} {{urlquery .Spec.Refs.BaseRef}}',
      'a+b%26c%3Dd%2F%C3%A9~_-.%2A%27%28%29%21 main',
    ],
    ['{{html .Spec.Refs 1}} {{html nil}}', 'main:0123456789abcdef,7:a1,8:b2:x/8 1 &lt;no value&gt;'],
  ],
  comparisons: [
    [
      '{{eq 1 1}} {{eq 1 2 1}} {{eq "a" "b"}} {{ne 1 2}} {{eq 1.5 1.5}} {{eq true true}}',
      'true true false true true true',
    ],
    ['{{lt 1 2}} {{le 2 2}} {{gt 3 2}} {{ge 2 3}} {{lt 1.5 1.0}}', 'true true true false false'],
    ['{{lt "a" "b"}} {{lt "B" "a"}} {{gt "é" "z"}}', 'true true true'],
    [
      '{{eq .Spec.JenkinsSpec nil}} {{eq .Spec.Refs nil}} {{ne nil .Spec.Refs}} {{eq .Labels.nope nil}}',
      'true false true true',
    ],
    ['{{eq .Labels.nope "x"}} {{eq .Spec.Refs .Spec.Refs}}', 'false true'],
    ['{{gt (len .Spec.Refs.Pulls) 1}} {{lt 3 (index .Spec.Job 0)}} {{eq 112 (index .Spec.Job 0)}}', 'true true true'],
    [
      '{{eq (index .Spec.Refs.Pulls 0) (index .Spec.Refs.Pulls 0)}} {{eq (index .Spec.Refs.Pulls 0) (index .Spec.Refs.Pulls 1)}}',
      'true false',
    ],
  ],
  printf: [
    ['{{printf "%d %s %v %q %x %t %f" 1 "a" 2 "b" "c" true 1.5}}', '1 a 2 "b" 63 true 1.500000'],
    ['{{printf "%.7s" .Spec.Refs.BaseSHA}}', '0123456'],
    [
      '{{printf "%5d|%-5d|%05d|%+d|% d|%x|%X|%#x|%o|%b|%c|%U" 42 42 42 42 42 42 42 42 42 42 42 65}}',
      '   42|42   |00042|+42| 42|2a|2A|0x2a|52|101010|*|U+0041',
    ],
    [
      '{{printf "%5s|%-5s|%.2s|%5.1s|%x|% X|%#x|%05s" "abc" "abc" "abc" "abc" "abc" "abc" "abc" "abc"}}',
      '  abc|abc  |ab|    a|616263|61 62 63|0x616263|00abc',
    ],
    [
      '{{printf "%f|%.2f|%8.3f|%-8.1f|%08.3f|%+.1f|%e|%.3e|%g|%G|%.3g" 3.14159 3.14159 3.14159 3.14159 -3.14159 3.14159 31415.9 31415.9 31415.9 1e-7 31415.9}}',
      '3.141590|3.14|   3.142|3.1     |-003.142|+3.1|3.141590e+04|3.142e+04|31415.9|1E-07|3.14e+04',
    ],
    ['{{printf "%.0f %.0f %.0f %.2f %.1f %.1f" 0.5 1.5 2.5 0.125 0.25 99.95}}', '0 2 2 0.12 0.2 100.0'],
    ['{{printf "%q %+q %#q" "é\\n\\x01☺" "é☺" "ab"}}', '"é\\n\\x01☺" "\\u00e9\\u263a" `ab`'],
    [
      '{{printf "%d" "a"}} {{printf "%s" 1}} {{printf "%z" 1}} {{printf "%"}} {{printf "%d"}} {{printf "a" 1 "b"}}',
      '%!d(string=a) %!s(int=1) %!z(int=1) %!(NOVERB) %!d(MISSING) a%!(EXTRA int=1, string=b)',
    ],
    [
      '{{printf "%[2]d %[1]d" 1 2}} {{printf "%[3]d" 1 2}} {{printf "%*d" 5 42}} {{printf "%.*f" 2 3.14159}} {{printf "%*d" "x" 1}}',
      '2 1 %!d(BADINDEX)    42 3.14 %!(BADWIDTH)1',
    ],
    ['{{printf "100%%"}} {{printf "%v %s %T" nil nil nil}}', '100% <nil> %!s(<nil>) <nil>'],
    [
      '{{printf "%v %+v" (index .Spec.Refs.Pulls 0) (index .Spec.Refs.Pulls 1)}}',
      '{7 alice a1 Fix <it>     } {Number:8 Author:bob SHA:b2 Title: Ref:x/8 HeadRef: Link: CommitLink: AuthorLink:}',
    ],
    [
      '{{printf "%s %q %v" .Labels .Spec.DecorationConfig.SSHKeySecrets .Spec.Refs}}',
      'map[a:1 b:2] ["x" "y"] main:0123456789abcdef,7:a1,8:b2:x/8',
    ],
    [
      '{{printf "%T %T %T %T" .Spec.Type .Spec.Refs .Labels .Spec.Refs.Pulls}}',
      'v1.ProwJobType *v1.Refs map[string]string []v1.Pull',
    ],
    [
      '{{printf "%#v %#v %#v %#v" "a" 1.5 .Labels .Spec.DecorationConfig.SSHKeySecrets}}',
      '"a" 1.5 map[string]string{"a":"1", "b":"2"} []string{"x", "y"}',
    ],
    ['{{printf "%6.3d|%-8.3d|%6v|%-6v|%t" 5 5 1.5 true false}}', '   005|005     |   1.5|true  |false'],
    ['{{printf "%x %X %08b %O %#o" -255 "hello" 5 8 8}}', '-ff 68656C6C6F 00000101 0o10 010'],
    [
      '{{printf "%v" .Spec.JenkinsSpec}} {{printf "%s" .Spec.JenkinsSpec}} {{printf "%d" .Spec.DecorationConfig.SSHKeySecrets}}',
      '<nil> %!s(*v1.JenkinsSpec=<nil>) [%!d(string=x) %!d(string=y)]',
    ],
  ],
  'times and durations': [
    ['{{.Status.StartTime}} {{.Status.PendingTime}}', '2026-01-02 15:04:05 +0000 UTC <nil>'],
    [
      '{{.Status.StartTime.Unix}} {{.Status.StartTime.Year}} {{.Status.StartTime.Month}} {{.Status.StartTime.Weekday}} {{.Status.StartTime.YearDay}}',
      '1767366245 2026 January Friday 2',
    ],
    ['{{.Status.StartTime.Format "2006-01-02T15:04:05Z07:00"}}', '2026-01-02T15:04:05Z'],
    [
      '{{.Status.StartTime.Format "Mon Monday Jan January 2 _2 1 06 03 3 4 05 PM pm MST -0700 -07:00 .000 .999 002 __2 Month"}}',
      'Fri Friday Jan January 2  2 1 26 03 3 4 05 PM pm UTC +0000 +00:00 .000  002   2 Month',
    ],
    [
      '{{.Status.CompletionTime.Sub .Status.StartTime.Time}} {{(.Status.CompletionTime.Sub .Status.StartTime.Time).Hours}}',
      '1h30m1s 1.5002777777777778',
    ],
    [
      '{{(.Status.CompletionTime.Sub .Status.StartTime.Time).Round 60000000000}} {{(.Status.CompletionTime.Sub .Status.StartTime.Time).Truncate 3600000000000}}',
      '1h30m0s 1h0m0s',
    ],
    ['{{.Status.PendingTime.IsZero}} {{.Status.StartTime.IsZero}} {{.DeletionTimestamp.IsZero}}', 'true false true'],
    [
      '{{.Status.StartTime.Before .Status.CompletionTime}} {{.Status.StartTime.Equal .Status.CompletionTime}} {{.Status.StartTime.Equal .Status.PendingTime}}',
      'true false false',
    ],
    ['{{.Spec.DecorationConfig.Timeout}} {{.Spec.DecorationConfig.Timeout.Minutes}}', '2h0m0s 120'],
    [
      '{{printf "%s" .Status.CompletionTime}} {{html .Status.StartTime}}',
      '2026-01-02 16:34:06 +0000 UTC 2026-01-02 15:04:05 +0000 UTC',
    ],
    [
      '{{.Complete}} {{.ClusterAlias}} {{.GetName}} {{.Spec.Refs.OrgRepoString}}',
      'true default 4b1c kubernetes/test-infra',
    ],
  ],
}

describe.each(Object.entries(rows))('%s', (_what, pairs) => {
  test.each(pairs)('%j', (template, output) => expect(renderForJob(template, job)).toBe(output))
})
