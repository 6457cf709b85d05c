// The part of GitHub's Markdown that people and Prow write in comments, as safe HTML.
import { escapeHtml, type Html, raw } from './html.ts'

// Tags that come through, without attributes.
const allowedTag = /&lt;(\/?)(details|summary|br|code|kbd|sub|sup|b|i|p)\s*(\/?)&gt;/gi

/** Renders a comment. Everything but a few bare tags is escaped, and links lead to http(s) only. */
export function markdown(source: string): Html {
  // NUL marks stashed pieces below, so it may not come from outside.
  const text = source
    .replaceAll('\0', '')
    .replace(/\r\n?/g, '\n')
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
  return raw(blocks(text.split('\n')))
}

function blocks(lines: readonly string[]): string {
  const out: string[] = []
  let at = 0
  const take = (while_: (line: string) => boolean): string[] => {
    const from = at
    while (at < lines.length && while_(lines[at] ?? '')) at += 1
    return lines.slice(from, at)
  }
  while (at < lines.length) {
    const line = lines[at] ?? ''
    const fence = /^\s*(```+|~~~+)/.exec(line)?.[1]
    if (fence) {
      at += 1
      const code = take((l) => !l.trim().startsWith(fence))
      at += 1
      out.push(`<pre><code>${escapeHtml(code.join('\n'))}</code></pre>`)
    } else if (line.trim() === '') {
      at += 1
    } else if (/^#{1,6} /.test(line)) {
      at += 1
      out.push(`<h4>${inline(line.replace(/^#+ /, ''))}</h4>`)
    } else if (/^\s*(?:-{3,}|\*{3,})\s*$/.test(line)) {
      at += 1
      out.push('<hr>')
    } else if (/^\s*>/.test(line)) {
      out.push(`<blockquote>${blocks(take((l) => /^\s*>/.test(l)).map((l) => l.replace(/^\s*> ?/, '')))}</blockquote>`)
    } else if (isItem(line)) {
      const ordered = /^\s*\d/.test(line)
      const items = take((l) => isItem(l) || (/^\s{2,}\S/.test(l) && !/^\s*```/.test(l)))
      out.push(list(items, ordered ? 'ol' : 'ul'))
    } else if (line.includes('|') && isRule(lines[at + 1] ?? '')) {
      out.push(table(take((l) => l.includes('|'))))
    } else {
      const rest = (l: string): boolean => l.trim() !== '' && !/^\s*(?:```|~~~|>|#{1,6} )/.test(l) && !isItem(l)
      out.push(`<p>${take(rest).map(inline).join('<br>')}</p>`)
    }
  }
  return out.join('\n')
}

const isItem = (line: string): boolean => /^\s*(?:[-*+]|\d+[.)]) /.test(line)
const isRule = (line: string): boolean => line.includes('-') && /^[\s|:-]+$/.test(line)

function list(lines: readonly string[], tag: 'ul' | 'ol'): string {
  const items: string[] = []
  for (const line of lines) {
    if (isItem(line)) items.push(inline(line.replace(/^\s*(?:[-*+]|\d+[.)]) /, '')))
    else items.push(`${items.pop() ?? ''} ${inline(line.trim())}`)
  }
  return `<${tag}>${items.map((item) => `<li>${item}</li>`).join('')}</${tag}>`
}

function table([head = '', , ...rows]: readonly string[]): string {
  const cells = (line: string): string[] =>
    line
      .trim()
      .replace(/^\||\|$/g, '')
      .split('|')
      .map((cell) => inline(cell.trim()))
  const row = (line: string, tag: string): string =>
    `<tr>${cells(line)
      .map((cell) => `<${tag}>${cell}</${tag}>`)
      .join('')}</tr>`
  return `<div class="scroll"><table><thead>${row(head, 'th')}</thead><tbody>${rows.map((line) => row(line, 'td')).join('')}</tbody></table></div>`
}

function inline(source: string): string {
  // Finished pieces are stashed, so that later rules do not look into them.
  const stash: string[] = []
  const keep = (piece: string): string => `\0${stash.push(piece) - 1}\0`
  const link = (target: string, label: string): string =>
    keep(`<a href="${target}" rel="nofollow noreferrer">${label}</a>`)
  const done = (text: string): string => text.replace(/\0(\d+)\0/g, (_all, index) => done(stash[Number(index)] ?? ''))

  let text = source.replace(/(`+)(.+?)\1(?!`)/g, (_all, _ticks, code: string) =>
    keep(`<code>${escapeHtml(code.trim())}</code>`),
  )
  text = escapeHtml(text)
  text = text.replace(
    /!?\[([^\]]*)\]\((?:&lt;(.*?)&gt;|([^\s)]*))(?:\s+&quot;(.*?)&quot;)?\)/g,
    (_all, label: string, angle?: string, plain?: string) => {
      const target = angle ?? plain ?? ''
      return /^(?:https?:\/\/|\/|#)/i.test(target) ? link(target, emphasis(label)) : emphasis(label)
    },
  )
  text = text.replace(/\bhttps?:\/\/[^\s<>\0]*[^\s<>\0.,;:!?)'"&]/g, (url) => link(url, url))
  text = text.replace(
    /(^|[^\w/@`])@([a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38})/gi,
    (_all, before: string, login: string) => `${before}${keep(`<strong>@${login}</strong>`)}`,
  )
  return done(
    emphasis(text).replace(allowedTag, (_all, slash: string, tag: string) => `<${slash}${tag.toLowerCase()}>`),
  )
}

const emphasis = (text: string): string =>
  text
    .replace(/\*\*(?=\S)(.+?)\*\*/g, '<strong>$1</strong>')
    .replace(/~~(?=\S)(.+?)~~/g, '<del>$1</del>')
    .replace(/(^|[^\w*])\*(?=[^\s*])([^*]+?)\*(?!\w)/g, '$1<em>$2</em>')
    .replace(/(^|[^\w_])_(?=[^\s_])([^_]+?)_(?!\w)/g, '$1<em>$2</em>')
