// URLs as Go parses them: far more lenient than browsers, and strict in other places.

/** Why Go would not take the text as a URL; undefined when it would. Relative and empty texts are fine. */
export function goUrlError(text: string): string | undefined {
  for (const char of text) if (char < ' ' || char === '\u007f') return 'it holds a control character'
  const [beforeFragment = '', fragment = ''] = cut(text, '#')
  if (hasBadEscape(fragment)) return 'it holds a malformed % escape'
  const scheme = schemeOf(beforeFragment)
  if (scheme === undefined) return 'its scheme is missing'
  const afterScheme = scheme === '' ? beforeFragment : beforeFragment.slice(scheme.length + 1)
  const [rest = ''] = cut(afterScheme, '?')
  if (!rest.startsWith('/')) {
    if (scheme !== '') return undefined
    const [firstSegment = ''] = rest.split('/')
    if (firstSegment.includes(':')) return 'its first part holds a colon, but is no scheme'
  }
  if (rest.startsWith('//') && !rest.startsWith('///')) {
    const authority = rest.slice(2).split('/')[0] ?? ''
    const wrong = authorityError(authority)
    if (wrong !== undefined) return wrong
    return hasBadEscape(rest.slice(2 + authority.length)) ? 'it holds a malformed % escape' : undefined
  }
  return hasBadEscape(rest) ? 'it holds a malformed % escape' : undefined
}

function cut(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** The scheme, empty when there is none; undefined for a colon without one. */
function schemeOf(text: string): string | undefined {
  if (text.startsWith(':')) return undefined
  return /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1] ?? ''
}

const hasBadEscape = (text: string): boolean => /%(?![0-9A-Fa-f]{2})/.test(text)

function authorityError(authority: string): string | undefined {
  const at = authority.lastIndexOf('@')
  const host = authority.slice(at + 1)
  if (at >= 0 && !/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(authority.slice(0, at))) return 'its user is malformed'
  if (host.startsWith('[')) {
    const end = host.lastIndexOf(']')
    if (end < 0) return 'its host lacks a closing bracket'
    return portError(host.slice(end + 1))
  }
  const colon = host.lastIndexOf(':')
  if (colon >= 0 && portError(host.slice(colon)) !== undefined) return portError(host.slice(colon))
  if (/[ #/?@[\]\\^`{|}]/.test(host.replace(/:\d*$/, '')) || /%(?![89A-Fa-f][0-9A-Fa-f])/.test(host)) {
    return 'its host holds a character that no host has'
  }
  return undefined
}

const portError = (port: string): string | undefined =>
  /^(?::\d*)?$/.test(port) ? undefined : `its port ${JSON.stringify(port)} is no number`
