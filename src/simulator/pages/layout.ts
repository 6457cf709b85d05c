// The frame of every page: style, live updates and navigation. Nothing is loaded from elsewhere.
import type { FastifyReply } from 'fastify'
import type { Core } from '../core.ts'
import type { Label } from '../state/records.ts'
import { type Html, html, raw } from './html.ts'

const style = `
:root { color-scheme: light dark; --bg:#fff; --fg:#1f2328; --soft:#59636e; --line:#d1d9e0; --box:#f6f8fa; --link:#0969da;
  --good:#1a7f37; --bad:#d1242f; --wait:#9a6700; --done:#8250df; }
@media (prefers-color-scheme: dark) { :root { --bg:#0d1117; --fg:#f0f6fc; --soft:#9198a1; --line:#3d444d; --box:#151b23;
  --link:#4493f8; --good:#3fb950; --bad:#f85149; --wait:#d29922; --done:#ab7df8; } }
* { box-sizing: border-box }
body { margin:0; background:var(--bg); color:var(--fg); font:15px/1.5 system-ui,sans-serif }
header { display:flex; gap:1rem; flex-wrap:wrap; padding:.7rem 1rem; border-bottom:1px solid var(--line); background:var(--box) }
header strong { margin-right:auto }
main { max-width:60rem; margin:0 auto; padding:1rem }
a { color:var(--link); text-decoration:none } a:hover { text-decoration:underline }
h1 { font-size:1.5rem; margin:.4rem 0; overflow-wrap:anywhere } h2 { font-size:1.1rem; margin:1.6rem 0 .5rem }
h4 { margin:.6rem 0 .2rem }
.soft { color:var(--soft) } .small { font-size:.85rem }
.chip { display:inline-block; padding:0 .6em; margin:.1em .15em; border-radius:1em; font-size:.8rem; line-height:1.7 }
.state { color:#fff; border-radius:1em; padding:.15em .8em; font-size:.85rem; background:var(--good) }
.state.closed { background:var(--bad) } .state.merged { background:var(--done) } .state.draft { background:var(--soft) }
.box { border:1px solid var(--line); border-radius:6px; margin:.6rem 0; overflow:hidden }
.box > .head { background:var(--box); padding:.35rem .8rem; border-bottom:1px solid var(--line); font-size:.85rem }
.box > .body { padding:.5rem .8rem; overflow-wrap:anywhere } .box > .body p { margin:.4rem 0 }
.row { display:flex; gap:.6rem; align-items:baseline; padding:.45rem .8rem; border-top:1px solid var(--line) }
.row:first-child { border-top:0 } .row > .grow { flex:1; min-width:0; overflow-wrap:anywhere }
.event { padding:.15rem .8rem; color:var(--soft); font-size:.85rem }
.good { color:var(--good) } .bad { color:var(--bad) } .wait { color:var(--wait) }
pre { background:var(--box); padding:.6rem; overflow:auto; border-radius:6px; font-size:.8rem } code { font-family:ui-monospace,monospace; font-size:.88em }
:not(pre) > code { background:var(--box); padding:.1em .35em; border-radius:4px }
.scroll { overflow-x:auto } table { border-collapse:collapse } th,td { border:1px solid var(--line); padding:.25rem .6rem; text-align:left }
blockquote { margin:.4rem 0; padding-left:.8rem; border-left:3px solid var(--line); color:var(--soft) }
form { display:grid; gap:.5rem } form.inline { display:flex; flex-wrap:wrap; gap:.4rem; margin:.5rem 0 } svg { vertical-align:middle }
input,textarea,select,button { font:inherit; color:inherit; background:var(--bg); border:1px solid var(--line); border-radius:6px; padding:.35rem .6rem; max-width:100% }
textarea { min-height:5rem; width:100%; font-family:ui-monospace,monospace; font-size:.9rem }
button { background:var(--box); cursor:pointer } button.main { background:var(--good); color:#fff; border-color:transparent }
.two { display:flex; flex-wrap:wrap; gap:.5rem } .two > * { flex:1 1 12rem }
summary { cursor:pointer } .error { border-color:var(--bad) }
.add { color:var(--good) } .del { color:var(--bad) } .hunk { color:var(--done) }
`

// Parts marked data-live are fetched anew when something changed; forms stay as they are, and so does an open <details>.
// The chosen person is remembered per browser.
const script = `
const remember = () => { for (const s of document.querySelectorAll('select[name=by]')) {
  const last = localStorage.getItem('by'); if (last && [...s.options].some(o => o.value === last)) s.value = last;
  s.onchange = () => localStorage.setItem('by', s.value) } };
let busy = false, again = false;
const refresh = async () => { if (busy) { again = true; return } busy = true;
  try { const text = await (await fetch(location.href)).text();
    const page = new DOMParser().parseFromString(text.replace(/<style[^]*?<\\/style>/, ''), 'text/html');
    for (const part of document.querySelectorAll('[data-live]')) { const fresh = page.getElementById(part.id);
      if (!fresh || fresh.innerHTML === part.dataset.was || part.contains(document.activeElement)) continue;
      const open = [...part.querySelectorAll('details')].map(d => d.open);
      part.dataset.was = fresh.innerHTML; part.innerHTML = fresh.innerHTML;
      [...part.querySelectorAll('details')].forEach((d, i) => { d.open = open[i] || d.open }) } }
  finally { busy = false; if (again) { again = false; refresh() } } };
remember(); new EventSource('/-/events').onmessage = refresh;
`

/** Sends a page. `live` parts are `<div id=… data-live>`. */
export function sendPage(core: Core, reply: FastifyReply, title: string, content: Html, status = 200): FastifyReply {
  const nonce = core.ids.uuid()
  const page = html`<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><link rel="icon" href="data:,">
<style nonce="${nonce}">${raw(style)}</style></head><body>
<header><strong><a href="/">GitHub simulator</a></strong><a href="/">Repositories</a><a href="/-/deliveries">Webhook deliveries</a></header>
<main>${content}</main><script nonce="${nonce}">${raw(script)}</script></body></html>`
  // Comments come from anybody: even if something slipped through the renderer, it could neither run nor call out.
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`
  return reply
    .code(status)
    .headers({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
    })
    .type('text/html; charset=utf-8')
    .send(page.html)
}

/** A label as a chip in its colour. Colours go through a data attribute, because the page allows no inline styles. */
export function chip(label: Pick<Label, 'name' | 'color'>): Html {
  const [r = 0, g = 0, b = 0] = [0, 2, 4].map((at) => Number.parseInt(label.color.slice(at, at + 2), 16))
  const ink = r * 0.299 + g * 0.587 + b * 0.114 > 128 ? '#000' : '#fff'
  const fill = /^[0-9a-f]{6}$/i.test(label.color) ? label.color : 'ededed'
  const width = Math.ceil(label.name.length * 6.6 + 16)
  return html`<svg role="img" aria-label="label ${label.name}" width="${width}" height="20"><rect width="100%" height="100%" rx="10" fill="#${fill}"/><text x="50%" y="14" text-anchor="middle" font-size="11.5" font-family="system-ui,sans-serif" fill="${ink}">${label.name}</text></svg> `
}

/** A choice of persons for forms. */
export function people(core: Core, preferred?: string): Html {
  const logins = [...core.state.accounts.all()].filter((a) => a.type !== 'Organization').map((a) => a.login)
  const first = preferred === undefined ? logins : [preferred, ...logins.filter((login) => login !== preferred)]
  return html`<select name="by" aria-label="as whom">${first.map((login) => html`<option>${login}</option>`)}</select>`
}
