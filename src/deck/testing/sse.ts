// Reads server-sent events in tests: each call of `next` waits for the next event of that name.

interface Event {
  readonly name: string
  readonly id: string
  readonly data: unknown
}

export interface EventReader {
  /** The next event of that name; others are passed over. Rejects when the stream ends first. */
  next(name: string): Promise<Event>
  close(): void
}

export async function readEvents(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
  const abort = new AbortController()
  const response = await fetch(url, { headers, signal: abort.signal })
  if (response.status !== 200 || !response.body) throw new Error(`no event stream: ${response.status}`)
  const chunks = response.body.pipeThrough(new TextDecoderStream()).getReader()
  const waiting: Event[] = []
  let open = ''
  return {
    async next(name) {
      for (;;) {
        for (let event = waiting.shift(); event; event = waiting.shift()) if (event.name === name) return event
        const { value, done } = await chunks.read()
        if (done) throw new Error(`the stream ended before an event ${name}`)
        const blocks = (open + value).split('\n\n')
        open = blocks.pop() ?? ''
        for (const block of blocks) {
          const event = parse(block)
          if (event) waiting.push(event)
        }
      }
    },
    close: () => abort.abort(),
  }
}

function parse(block: string): Event | undefined {
  const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)))
  return fields.event ? { name: fields.event, id: fields.id ?? '', data: JSON.parse(fields.data ?? 'null') } : undefined
}
