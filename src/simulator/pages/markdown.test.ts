// Comments as people see them, and what must not get through.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { markdown } from './markdown.ts'

const shown = (text: string): string => markdown(text).html

test.each([
  ['plain\ntext', '<p>plain<br>text</p>'],
  ['**bold** and *soft* and ~~gone~~', '<p><strong>bold</strong> and <em>soft</em> and <del>gone</del></p>'],
  ['`a < b`', '<p><code>a &lt; b</code></p>'],
  ['```go\nif a < b {}\n```', '<pre><code>if a &lt; b {}</code></pre>'],
  [
    '[text](https://example.com/a?b=c&d "title")',
    '<p><a href="https://example.com/a?b=c&amp;d" rel="nofollow noreferrer">text</a></p>',
  ],
  [
    '**[NOTIFIER](https://a.example)** says',
    '<p><strong><a href="https://a.example" rel="nofollow noreferrer">NOTIFIER</a></strong> says</p>',
  ],
  [
    'see https://a.example/x_y_z.',
    '<p>see <a href="https://a.example/x_y_z" rel="nofollow noreferrer">https://a.example/x_y_z</a>.</p>',
  ],
  ['@alice and a@b.example', '<p><strong>@alice</strong> and a@b.example</p>'],
  ['- one\n- two\n  more', '<ul><li>one</li><li>two more</li></ul>'],
  ['1. one', '<ol><li>one</li></ol>'],
  ['> said\n> before', '<blockquote><p>said<br>before</p></blockquote>'],
  ['# Title', '<h4>Title</h4>'],
  [
    '<details>\n<summary>More</summary>\n\ninside\n</details>',
    '<p><details><br><summary>More</summary></p>\n<p>inside<br></details></p>',
  ],
  ['a <!-- hidden\nmarker --> b', '<p>a  b</p>'],
  ['do_not_touch names', '<p>do_not_touch names</p>'],
  ['/test all\r\n/hold', '<p>/test all<br>/hold</p>'],
  [
    'A | B\n--- | ---\n`x` | [y](https://y.example)',
    '<div class="scroll"><table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td><code>x</code></td><td><a href="https://y.example" rel="nofollow noreferrer">y</a></td></tr></tbody></table></div>',
  ],
])('%j', (text, html) => expect(shown(text)).toBe(html))

test.each([
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '[x](javascript:alert(1))',
  '[x](<javascript:alert(1)>)',
  '<details onclick=alert(1)>',
  '<a href="https://x">x</a>',
  '`<script>`',
  '```\n</code></pre><script>\n```',
  '[x](https://a"onmouseover="b)',
])('%j does nothing', (text) => {
  const html = shown(text)
  expect(html).not.toMatch(/<(?!\/?(?:p|br|code|pre|strong|em|del|a|details|summary)\b)/)
  expect(html).not.toMatch(/<[^>]*\son\w+\s*=|href="(?!https?:\/\/|\/|#)/i)
})

test('whatever is written, only known tags come out, and no attribute but a safe link', () => {
  const bits = fc.constantFrom(
    '<',
    '>',
    '"',
    "'",
    '&',
    '`',
    '```',
    '*',
    '**',
    '_',
    '[',
    ']',
    '(',
    ')',
    '\n',
    '\0',
    '1\0',
    'a',
    ' ',
    'https://x',
    'javascript:',
    'on=',
    '<script',
    '<!--',
    '-->',
    '|',
    '- ',
    '> ',
    '@me',
    '<details>',
    '</p>',
  )
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 40 }), (parts) => {
      for (const [tag] of shown(parts.join('')).matchAll(/<[^>]*>/g)) {
        expect(tag).toMatch(
          /^<\/?(?:p|br|hr|h4|ul|ol|li|code|pre|strong|em|del|blockquote|details|summary|kbd|sub|sup|b|i|table|thead|tbody|tr|th|td|div|div class="scroll")>$|^<a href="(?:https?:\/\/|\/|#)[^"<>]*" rel="nofollow noreferrer">$|^<\/a>$/,
        )
      }
    }),
    { numRuns: 2000 },
  )
})
