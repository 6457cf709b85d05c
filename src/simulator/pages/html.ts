// HTML as tagged templates: whatever is put into one is escaped, unless it is HTML itself.

/** A piece of HTML that may be put into another without escaping. */
export interface Html {
  readonly html: string
}

type Part = Html | string | number | null | undefined | false | readonly Part[]

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => escapes[char] ?? char)

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return ''
  if (Array.isArray(part)) return part.map(render).join('')
  return typeof part === 'object' && 'html' in part ? part.html : escapeHtml(String(part))
}

/** html`<p>${text}</p>` */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  html: strings.map((string, index) => string + render(parts[index])).join(''),
})

/** Text that is HTML already. */
export const raw = (text: string): Html => ({ html: text })
