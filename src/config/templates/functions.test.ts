// Functions that a caller adds, and data of other APIs, whose fields are known by their JSON names only.
import { expect, test } from 'vitest'
import { loose } from './go-types.ts'
import { goValue, none } from './go-values.ts'
import { replace } from './replace.ts'
import { templateWith } from './template.ts'

test.each([
  ['{{replace "-" "_" "a-b-c"}}', 'a_b_c'],
  ['{{"a-b" | replace "-" "/"}}', 'a/b'],
  ['{{(replace "a" "b" "a") | len}}', '1'],
])('%j', (template, output) => expect(templateWith(template, { replace }).render(none)).toBe(output))

test.each([
  ['{{replace "-" "_"}}', 'wrong number of args for replace: want 3 got 2'],
  ['{{replace 1 2 3}}', 'expected string; found 1'],
  ['{{replace "" "" nil}}', 'cannot assign nil to string'],
  ['{{replace "" "" .}}', 'invalid value; expected string'],
  ['{{replace "" "" (len "")}}', 'wrong type for value; expected string; got int'],
])('%j is refused', (template, message) => {
  expect(() => templateWith(template, { replace }).render(none)).toThrow(message)
})

test('a function is only known to templates that are given it', () => {
  expect(() => templateWith('{{replace "" "" ""}}', {})).toThrow('function "replace" not defined')
})

const pod = goValue(loose('v1.PodSpec'), {
  serviceAccountName: 'builder',
  hostIPC: true,
  priority: 3,
  containers: [{ name: 'test', image: 'alpine', resources: { limits: { cpu: 1.5 } } }],
  nodeSelector: { zone: 'a', arch: 'arm64' },
})

test.each([
  ['{{.ServiceAccountName}} {{.HostIPC}} {{.Priority}}', 'builder true 3'],
  ['{{range .Containers}}{{.Name}}={{.Image}}{{.Resources.Limits.CPU}}{{end}}', 'test=alpine1.5'],
  ['{{(index .Containers 0).Image}} {{len .Containers}}', 'alpine 1'],
  ['{{.NodeSelector}} {{index .NodeSelector "zone"}}', 'map[arch:arm64 zone:a] a'],
  ['{{.Tolerations}} {{if .Tolerations}}some{{end}}', '<no value> '],
])('a Pod: %j', (template, output) => expect(templateWith(template, {}).render(pod)).toBe(output))
