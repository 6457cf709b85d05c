// Page: webhook deliveries, each with its outcome and a button that sends it again.
import type { Core } from '../core.ts'
import type { DeliveryRow } from '../state/store.ts'
import { type Html, html } from './html.ts'
import { when } from './repos.ts'

export function deliveriesPage(core: Core): Html {
  const rows = core.store.recentDeliveries(100)
  return html`<h1>Webhook deliveries</h1>
    <p class="soft">The latest hundred, newest first. Like GitHub, the simulator sends each once; sending it again keeps its id.</p>
    <div id="deliveries" data-live><div class="box">${rows.map((row) => deliveryRow(row))}${rows.length === 0 && html`<div class="row soft">nothing was sent yet</div>`}</div></div>`
}

function deliveryRow(row: DeliveryRow): Html {
  const good = row.status_code >= 200 && row.status_code < 300
  const [icon, colour] = row.status === null ? ['●', 'wait'] : good ? ['✔', 'good'] : ['✘', 'bad']
  return html`<div class="row"><span class="${colour}">${icon}</span>
    <span class="grow"><a href="/-/deliveries/${row.id}"><strong>${row.event}</strong>${row.action !== null && `.${row.action}`}</a>
    <span class="soft small">${row.redelivery === 1 && 'again · '}${row.status ?? 'on its way'} ${row.status_code > 0 && row.status_code} · ${row.duration}s · ${when(row.created_at)} · <code>${row.guid.slice(0, 8)}</code></span></span>
    <form method="post" action="/-/deliveries/${row.id}/redeliver"><button>Redeliver</button></form></div>`
}

/** One delivery with what was sent and answered. */
export function deliveryPage(row: DeliveryRow): Html {
  const pretty = (json: string): string => JSON.stringify(JSON.parse(json), null, 2)
  return html`<p class="small"><a href="/-/deliveries">Webhook deliveries</a></p>
    <h1>${row.event}${row.action !== null && `.${row.action}`}</h1>
    <p>${row.status ?? 'on its way'} ${row.status_code > 0 && row.status_code} · ${row.url} · <code>${row.guid}</code></p>
    <form class="inline" method="post" action="/-/deliveries/${row.id}/redeliver"><button>Redeliver</button></form>
    <h2>Response</h2><pre>${pretty(row.response_headers)}\n\n${row.response_body}</pre>
    <h2>Request</h2><pre>${pretty(row.request_headers)}</pre><h2>Payload</h2><pre>${pretty(row.payload)}</pre>`
}
