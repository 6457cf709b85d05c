// Media types by file extension: a fixed table, so that results look the same whatever machine or image wrote them.

const utf8 = '; charset=utf-8'

// `.log` is left out on purpose: upstream does not know it unless it is configured.
const types: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  bmp: 'image/bmp',
  bz2: 'application/x-bzip2',
  css: `text/css${utf8}`,
  csv: `text/csv${utf8}`,
  gif: 'image/gif',
  gz: 'application/gzip',
  htm: `text/html${utf8}`,
  html: `text/html${utf8}`,
  ico: 'image/vnd.microsoft.icon',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  js: `text/javascript${utf8}`,
  json: 'application/json',
  md: `text/markdown${utf8}`,
  mjs: `text/javascript${utf8}`,
  mp4: 'video/mp4',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  tar: 'application/x-tar',
  tgz: 'application/gzip',
  tsv: `text/tab-separated-values${utf8}`,
  txt: `text/plain${utf8}`,
  wasm: 'application/wasm',
  webm: 'video/webm',
  webp: 'image/webp',
  xml: `text/xml${utf8}`,
  xz: 'application/x-xz',
  zip: 'application/zip',
  zst: 'application/zstd',
}

/**
 * Type for an extension without dot; undefined when unknown. `more` comes first; looked up as written, then in lower
 * case. A text type that names no charset is UTF-8.
 */
export function mediaType(extension: string, more: Readonly<Record<string, string>> = {}): string | undefined {
  const lower = extension.toLowerCase()
  const found = own(more, extension) ?? own(types, extension) ?? own(more, lower) ?? own(types, lower)
  return found?.startsWith('text/') && !/;\s*charset=/i.test(found) ? found + utf8 : found
}

/** The last dot-segment of a name, without dot; empty when there is none. */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot < 0 || name.includes('/', dot) ? '' : name.slice(dot + 1)
}

const own = (table: Readonly<Record<string, string>>, key: string) =>
  Object.hasOwn(table, key) ? table[key] : undefined
