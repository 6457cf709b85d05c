// Text with a little HTML in it, from plugins that nobody has checked: it is parsed, and only known elements are made anew from it.
import { createElement, Fragment, type ReactNode, useMemo } from 'react'
import { safeHref } from './api.ts'

/** Elements that may stay, without any of their attributes. Others give way to what is in them. */
const allowed = new Set(['b', 'br', 'code', 'em', 'i', 'kbd', 'li', 'ol', 'p', 'pre', 'strong', 'ul'])
/** Their text is not meant to be read. */
const dropped = new Set(['script', 'style'])

/** How many elements and texts are shown, and how deep in each other. */
const most = 2000
const deepest = 24

export function RichText({ html, className = '' }: { html: string; className?: string }) {
  const content = useMemo(() => safeNodes(html), [html])
  return <div className={`rich ${className}`}>{content}</div>
}

function safeNodes(html: string): ReactNode {
  // A document without a window: nothing in it runs or loads.
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  let left = most

  function safe(node: Node, depth: number): ReactNode {
    if (left-- <= 0) return null
    if (node.nodeType === Node.TEXT_NODE) return node.textContent
    if (!(node instanceof Element) || dropped.has(node.localName)) return null
    const name = node.localName === 'tt' ? 'code' : node.localName
    const children = depth < deepest ? [...node.childNodes].map((child) => safe(child, depth + 1)) : [node.textContent]
    const href = name === 'a' ? safeHref(node.getAttribute('href')?.trim() ?? '') : undefined
    if (href !== undefined)
      return createElement('a', { href, target: '_blank', rel: 'noreferrer nofollow' }, ...children)
    if (name === 'br') return <br />
    return createElement(allowed.has(name) ? name : Fragment, null, ...children)
  }

  return createElement(Fragment, null, ...[...body.childNodes].map((node) => safe(node, 0)))
}
