// Terminal colours of log lines → styled pieces of text. Pure; never makes markup, so that a log can show nothing but text.

/** How a piece of text looks. Colours are names of classes (`fg-1`, `bg-12`), or CSS colours for the 256 and 24-bit ones. */
export interface Style {
  readonly fg?: string
  readonly bg?: string
  readonly bold?: true
  readonly dim?: true
  readonly italic?: true
  readonly underline?: true
  readonly inverse?: true
}

export interface Piece {
  /** Where it starts in the line as it is seen. */
  readonly at: number
  readonly text: string
  readonly style: Style
}

export const plainStyle: Style = {}

const esc = '\u001b'
// CSI sequences; OSC up to its end (titles, links); other escapes of two characters. Built from text, because control
// characters are what this file is about.
const sequence = new RegExp(
  `${esc}(?:\\[([0-9;:?<=>]*)[ -/]*([@-~])|\\][^\\u0007${esc}]*(?:\\u0007|${esc}\\\\)?|[PX^_][^${esc}]*(?:${esc}\\\\)?|[ -/]*[0-~])|${esc}`,
  'g',
)
const otherControls = /(?!\t)\p{Cc}/gu

/**
 * One line, and the style that the next one starts with.
 * A carriage return takes the cursor back, so of a progress bar only its last state is left.
 */
export function parseLine(line: string, start: Style = plainStyle): { pieces: Piece[]; end: Style } {
  const shown = lastState(line)
  if (!shown.includes(esc)) return { pieces: shown ? [{ at: 0, text: clean(shown), style: start }] : [], end: start }
  const pieces: Piece[] = []
  let style = start
  let from = 0
  let at = 0
  const push = (to: number) => {
    const text = clean(shown.slice(from, to))
    if (text) pieces.push({ at, text, style })
    at += text.length
  }
  for (const match of shown.matchAll(sequence)) {
    push(match.index)
    from = match.index + match[0].length
    if (match[2] === 'm') style = applyCodes(style, match[1] ?? '')
  }
  push(shown.length)
  return { pieces, end: style }
}

/** The text that is seen of a line. */
export function stripAnsi(line: string): string {
  const shown = lastState(line)
  return clean(shown.includes(esc) ? shown.replace(sequence, '') : shown)
}

function lastState(line: string): string {
  const trimmed = line.replace(/\r+$/, '')
  return trimmed.slice(trimmed.lastIndexOf('\r') + 1)
}

const clean = (text: string): string => text.replace(otherControls, '')

function applyCodes(before: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map(Number)
  let style = before
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0
    if (code === 38 || code === 48) {
      const { color, used } = extended(codes.slice(at + 1))
      at += used
      if (color) style = { ...style, [code === 38 ? 'fg' : 'bg']: color }
    } else style = applyCode(style, code)
  }
  return style
}

function applyCode(style: Style, code: number): Style {
  if (code >= 30 && code <= 37) return { ...style, fg: `fg-${code - 30}` }
  if (code >= 90 && code <= 97) return { ...style, fg: `fg-${code - 82}` }
  if (code >= 40 && code <= 47) return { ...style, bg: `bg-${code - 40}` }
  if (code >= 100 && code <= 107) return { ...style, bg: `bg-${code - 92}` }
  switch (code) {
    case 0:
      return plainStyle
    case 1:
      return { ...style, bold: true }
    case 2:
      return { ...style, dim: true }
    case 3:
      return { ...style, italic: true }
    case 4:
      return { ...style, underline: true }
    case 7:
      return { ...style, inverse: true }
    case 22:
      return without(style, 'bold', 'dim')
    case 23:
      return without(style, 'italic')
    case 24:
      return without(style, 'underline')
    case 27:
      return without(style, 'inverse')
    case 39:
      return without(style, 'fg')
    case 49:
      return without(style, 'bg')
    default:
      return style
  }
}

function without(style: Style, ...names: readonly (keyof Style)[]): Style {
  return Object.fromEntries(Object.entries(style).filter(([name]) => !names.some((one) => one === name)))
}

/** What follows a 38 or 48: `5;n` of the 256 colours, or `2;r;g;b`. */
function extended(codes: readonly number[]): { color?: string; used: number } {
  const byte = (value: number | undefined) => Math.min(255, Math.max(0, Math.trunc(value ?? 0) || 0))
  if (codes[0] === 2) return { color: rgb(byte(codes[1]), byte(codes[2]), byte(codes[3])), used: 4 }
  if (codes[0] !== 5) return { used: 0 }
  const index = byte(codes[1])
  if (index < 16) return { color: namedOf(index), used: 2 }
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10
    return { color: rgb(grey, grey, grey), used: 2 }
  }
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40)
  const cube = index - 16
  return {
    color: rgb(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)),
    used: 2,
  }
}

const rgb = (r: number, g: number, b: number): string => `rgb(${r} ${g} ${b})`
const namedOf = (index: number): string => `named-${index}`

/** The class and the CSS colour of one side of a style. */
export function colorOf(side: 'fg' | 'bg', color: string | undefined): { className?: string; css?: string } {
  if (color === undefined) return {}
  if (color.startsWith('rgb(')) return { css: color }
  return { className: color.startsWith('named-') ? `${side}-${color.slice(6)}` : color }
}
