// What html, js and urlquery do to texts.

const entities: Readonly<Record<string, string>> = {
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\0': '\ufffd',
}
/** Text for HTML, attributes included. */
export const htmlEscaped = (text: string): string =>
  text.replace(/["'&<>\0]/g, (character) => entities[character] ?? character)

const inScripts: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
}
/** Text for a string in JavaScript. */
export const jsEscaped = (text: string): string =>
  text.replace(/[\\'"<>&=]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    return inScripts[character] ?? `\\u${code}`
  })

/** Text for the query of a URL. */
export const queryEscaped = (text: string): string =>
  encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
