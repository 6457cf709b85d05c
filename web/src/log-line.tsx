// One line of a log: number, colours, matches. Text only ever becomes text nodes.
import { memo, type Ref, useMemo, useState } from 'react'
import { colorOf, type Piece, parseLine, plainStyle, type Style } from './ansi.ts'
import { splitMatches } from './log-lines.ts'

/** Longest part of a line that is shown without being asked for. */
const longest = 4000

export const LogLine = memo(function LogLine(props: {
  ref: Ref<HTMLLIElement>
  index: number
  top: number
  number: number | undefined
  line: string
  start: Style | undefined
  query: string
  look: '' | 'error' | 'current'
}) {
  const { line, start, query, look } = props
  const [whole, setWhole] = useState(false)
  const cut = !whole && line.length > longest
  const pieces = useMemo(
    () => parseLine(cut ? line.slice(0, longest) : line, start ?? plainStyle).pieces,
    [line, start, cut],
  )
  return (
    <li
      ref={props.ref}
      data-index={props.index}
      className={`log-line ${look}`}
      style={{ transform: `translateY(${props.top}px)` }}
    >
      <span className="line-number" aria-hidden="true">
        {props.number}
      </span>
      <span className="line-text">
        {pieces.map((piece) => (
          <Coloured key={piece.at} piece={piece} query={query} />
        ))}
        {cut && (
          <button type="button" className="link" onClick={() => setWhole(true)}>
            … {(line.length - longest).toLocaleString()} more characters
          </button>
        )}
      </span>
    </li>
  )
})

function Coloured({ piece: { text, style }, query }: { piece: Piece; query: string }) {
  const content = splitMatches(text, query).map((part) =>
    part.match ? <mark key={part.at}>{part.text}</mark> : part.text,
  )
  if (Object.keys(style).length === 0) return content
  const [fg, bg] = [colorOf('fg', style.fg), colorOf('bg', style.bg)]
  const classes = [fg.className, bg.className, ...flags.filter((flag) => style[flag])].filter(Boolean).join(' ')
  return (
    <span className={classes} style={{ color: fg.css, backgroundColor: bg.css }}>
      {content}
    </span>
  )
}

const flags = ['bold', 'dim', 'italic', 'underline', 'inverse'] as const
