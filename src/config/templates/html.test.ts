// Templates of HTML: what Go's html/template makes of a value at each place.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TemplateError } from './errors.ts'
import { htmlTemplate } from './html.ts'
import { newcomerView } from './html-data.ts'

const given = (login: string) => newcomerView({ org: 'o', repo: 'r', login, name: '' })
const rendered = (template: string, login: string) =>
  htmlTemplate(template.replaceAll('LOGIN', '{{.AuthorLogin}}')).render(given(login))

test.each<[why: string, template: string, value: string, output: string]>([
  ['text', 'Hi @LOGIN!', `<b>"a"&'b'+c`, 'Hi @&lt;b&gt;&#34;a&#34;&amp;&#39;b&#39;&#43;c!'],
  ['text that was escaped', 'Hi {{.AuthorLogin | html}}', '<+>', 'Hi &lt;+&gt;'],
  ['text that was printed', 'Hi {{printf "<%s>" .AuthorLogin}}', 'a', 'Hi &lt;a&gt;'],
  ['no value', 'x{{.AuthorName}}y', 'a', 'xy'],
  ['a tag between', '<p class=x>LOGIN</p>', '<', '<p class=x>&lt;</p>'],
  ['a quoted attribute', '<a title="x LOGIN">', `"'>`, '<a title="x &#34;&#39;&gt;">'],
  ['a single quote', "<a title='LOGIN'>", `"'>`, "<a title='&#34;&#39;&gt;'>"],
  ['no quotes', '<a title=LOGIN>', 'a b="c"`', '<a title=a&#32;b&#61;&#34;c&#34;&#96;>'],
  ['no quotes and an empty value', '<a title=LOGIN>', '', '<a title=ZgotmplZ>'],
  ['the path of a URL', '<a href="https://x/LOGIN">', 'a b/é?"', '<a href="https://x/a%20b/%c3%a9?%22">'],
  ['its query', '<a href="/x?a=LOGIN&b=1">', 'a b/é?&', '<a href="/x?a=a%20b%2f%c3%a9%3f%26&b=1">'],
  ['its fragment, as an entity', '<a href="/x&#35;LOGIN">', '/', '<a href="/x&#35;%2f">'],
  ['an entity that is no fragment', '<a href="/&#350;LOGIN">', '/', '<a href="/&#350;/">'],
  ['a whole URL', '<a href="LOGIN">', 'https://x/%20a+b', '<a href="https://x/%20a&#43;b">'],
  ['a script as URL', '<a href="LOGIN">', 'javascript:alert(1)', '<a href="#ZgotmplZ">'],
  ['a URL without quotes', '<img src=/LOGIN>', 'a b', '<img src=/a%20b>'],
  ['an attribute that sounds like a URL', '<x data-my-url="LOGIN">', 'data:x', '<x data-my-url="#ZgotmplZ">'],
  ['a URL whose value was escaped', '<a href="/x?a={{.AuthorLogin | urlquery}}">', 'a b', '<a href="/x?a=a&#43;b">'],
  ['a title', '<title>LOGIN <b></title>LOGIN', '<', '<title>&lt; &lt;b></title>&lt;'],
  [
    'a script around nothing of the data',
    '<script>if (a < b) {}</script>LOGIN',
    '<',
    '<script>if (a < b) {}</script>&lt;',
  ],
  ['a comment', 'a<!-- x LOGIN <b> -->b', '<', 'ab'],
  ['a < that begins no tag', 'a < b <3 LOGIN', 'x', 'a &lt; b &lt;3 x'],
  ['the type of the document', '<!DOCTYPE html><p>LOGIN', '<', '<!DOCTYPE html><p>&lt;'],
  ['a link in Markdown', '[LOGIN](https://x/?a=1&b=2)', '<', '[&lt;](https://x/?a=1&b=2)'],
  ['both ways of an if', '<a{{if .Org}} checked{{end}}>LOGIN', '<', '<a checked>&lt;'],
  ['an attribute in an if', '<a {{if .Org}}title="LOGIN"{{else}}id="x"{{end}}>', '<', '<a title="&lt;">'],
  ['a variable', '{{$x := .AuthorLogin}}<a title="{{$x}}">{{$x}}', '<', '<a title="&lt;">&lt;'],
  [
    'a template in two places',
    '{{define "t"}}{{.}}{{end}}<a href="/?{{template "t" .AuthorLogin}}">{{template "t" .AuthorLogin}}',
    '<&',
    '<a href="/?%3c%26">&lt;&amp;',
  ],
  [
    'a template that calls itself',
    '{{define "t"}}{{if .}}LOGIN{{template "t" ""}}{{end}}{{end}}{{template "u" .}}{{define "u"}}{{with .AuthorLogin}}{{.}}{{end}}{{end}}',
    '<',
    '&lt;',
  ],
  ['an end of a tag over pieces', '<a href={{.Org}} title=LOGIN>', 'b', '<a href=o title=b>'],
])('a value in %s', (_why, template, value, output) => expect(rendered(template, value)).toBe(output))

describe('what is refused', () => {
  test.each<[template: string, problem: string]>([
    ['<script>var x = "{{.Org}}"</script>', 'a value inside of a script is not supported'],
    ['<style>{{.Org}}</style>', 'a value inside of a style is not supported'],
    ['<a onclick="{{.Org}}">', 'a value inside of a script or a style is not supported'],
    ['<a {{.Org}}="x">', 'a value as the name of an attribute is not supported'],
    ['<a title="{{.Org}}', 'ends inside of a tag'],
    ['<!-- {{.Org}}', 'ends inside of a tag'],
    ['{{if .Org}}<a title="{{end}}">', 'the ways through {{if}} end in different places of HTML'],
    ['{{range .Org}}<a {{end}}>', 'the ways through {{range}} end in different places of HTML'],
    ['<a href="/{{if .Org}}?{{end}}{{.Repo}}">', 'a value in a URL that may have a query or not'],
    ['{{.Org | html | print}}', 'predefined escaper "html" disallowed in template'],
    ['<a title={{.Org | html}}>', 'predefined escaper "html" disallowed in template'],
    ['<a "x">', 'is no name of an attribute'],
    ['<a =x>', 'where an attribute should be'],
    ['<a title=a"b>', 'in a value without quotes'],
    ['{{template "x"}}', 'no such template "x"'],
    ['{{define "t"}}{{template "t"}}<a {{end}}{{template "t"}}', 'calls itself and ends elsewhere'],
    ['{{.Org', 'unclosed action'],
  ])('%s', (template, problem) => {
    expect(() => htmlTemplate(template)).toThrow(TemplateError)
    expect(() => htmlTemplate(template)).toThrow(problem)
  })

  test('templates that multiply', () => {
    const chain = Array.from(
      { length: 40 },
      (_, i) => `{{define "t${i}"}}x{{template "t${i + 1}"}}y{{template "t${i + 1}"}}{{end}}`,
    )
    expect(() => htmlTemplate(`<a {{template "t0"}}>${chain.join('')}{{define "t40"}}{{end}}`)).toThrow(
      'too many places',
    )
  })
})

const pieces = [
  ...[
    '<a ',
    '<p',
    'title=',
    'href="',
    'src=',
    'onclick="',
    'data-x',
    '"',
    "'",
    '>',
    '/>',
    '=',
    ' ',
    '?',
    '#',
    '<',
    '&#',
    'text',
  ],
  ...['<!--', '-->', '<title>', '</title>', '<script>', '</script>', '<textarea>', '</textarea ', '<!doctype '],
  ...[
    '{{.AuthorLogin}}',
    '{{.AuthorLogin}}',
    '{{.AuthorLogin | html}}',
    '{{.AuthorLogin | urlquery}}',
    '{{.AuthorName}}',
  ],
  ...['{{if .Org}}', '{{else}}', '{{end}}', '{{with .Repo}}', '{{define "t"}}', '{{template "t" .}}', '{{$x := .}}'],
]

test('of any pieces, no value gets out of its place', () => {
  const hostile = `javascript:"'><x-evil on=1>\`--></title></textarea></script>`
  let rendered = 0
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (parts) => {
      try {
        const output = htmlTemplate(parts.join('')).render(given(hostile))
        rendered += output.includes('x-evil') ? 1 : 0
        expect(output).not.toContain('<x-evil')
        expect(output).not.toMatch(/^<(?:a |p )(?:href="|src=)javascript:/)
      } catch (error) {
        expect(error).toBeInstanceOf(TemplateError)
      }
    }),
    { seed: 1, numRuns: 5_000 },
  )
  expect(rendered).toBeGreaterThan(200)
})
