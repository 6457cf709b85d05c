// How quick Deck's list is in a browser: from the address to the first row, and from typing to the rows that match.
import { prowJobs } from '../src/api/prowjob.ts'
import { timestamp } from '../src/api/time.ts'
import { job } from '../src/deck/testing/jobs.ts'
import { startDeck } from '../src/deck/testing/scene.ts'
import { launch, openPage } from '../test/browser/browser.ts'
import { timeOfSearch } from '../test/browser/in-page.ts'
import { progress, type Row, table } from './table.ts'

const runs = 7
const counts = [2_000, 20_000]

const browser = await launch()
const measured = new Map<number, { shown: number[]; found: number[] }>()
for (const count of counts) {
  progress(`${count.toLocaleString('en')} jobs`)
  const scene = await startDeck({
    webRoot: new URL('../web/dist', import.meta.url).pathname,
    before: async (kube) => {
      for (let index = 0; index < count; index++) {
        const startTime = timestamp(Date.parse('2026-01-02T03:00:00Z') - index * 1000)
        const name = `job-${index}`
        await kube.create(prowJobs, job({ name, spec: { job: name }, status: { startTime } }))
      }
    },
  })
  const shown: number[] = []
  const found: number[] = []
  for (let run = 0; run < runs; run++) {
    const { page, close } = await openPage(browser)
    const begin = performance.now()
    await page.goto(scene.url)
    await page.getByRole('link', { name: 'job-0', exact: true }).waitFor()
    shown.push(performance.now() - begin)
    found.push(await page.evaluate<number>(timeOfSearch(`job-${count - 1}`, '1 of')))
    await close()
  }
  measured.set(count, { shown, found })
  await scene.close()
}
await browser.close()

const [few, many] = counts.map((count) => measured.get(count) ?? { shown: [], found: [] })
const rows: Row[] = (['shown', 'found'] as const).map((what) => ({
  what: what === 'shown' ? 'address → first row, 20,000 jobs' : 'typing → matching rows, 20,000 jobs',
  unit: 'ms',
  values: many?.[what] ?? [],
  aim: what === 'shown' ? '< 2,000 ms' : '< 200 ms',
  against: { name: '2,000 jobs', values: few?.[what] ?? [] },
}))
console.log(table("Deck's list in Chromium", rows))
