// Deck's pages as people use them: in a real browser, against a Deck with a cluster in memory.
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pods } from '../../src/api/kubernetes.ts'
import { type ProwJob, prowJobs } from '../../src/api/prowjob.ts'
import { timestamp } from '../../src/api/time.ts'
import { type JobGiven, job, namespace, pod, running, waiting } from '../../src/deck/testing/jobs.ts'
import { adminToken, type DeckScene, type SceneOptions, startDeck } from '../../src/deck/testing/scene.ts'
import { browserPath, buildPages, launch, openPage, screens } from './browser.ts'
import { lowContrast } from './in-page.ts'

describe.skipIf(!browserPath)('Deck in a browser', () => {
  let browser: Browser
  let pages: Awaited<ReturnType<typeof buildPages>>
  let scene: DeckScene
  let page: Page
  let problems: string[]
  let close: () => Promise<void>
  /** Writes to the log that is being followed. */
  let write: (text: string) => void = () => {}

  beforeAll(async () => {
    pages = await buildPages()
    browser = await launch()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await pages?.remove()
  })
  beforeEach(() => start())
  afterEach(async () => {
    await close()
    await scene.close()
    expect(problems).toEqual([])
  })

  async function start(options: SceneOptions = {}) {
    await close?.()
    await scene?.close()
    scene = await startDeck({
      webRoot: pages.webRoot,
      wrap: (kube) => ({ ...kube, logs: () => followed() }),
      ...options,
    })
    ;({ page, problems, close } = await openPage(browser))
  }
  const becomeAdmin = () => page.addInitScript((token) => localStorage.setItem('deck-admin-token', token), adminToken)
  function followed(): AsyncIterable<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      start(controller) {
        write = (text) => controller.enqueue(Buffer.from(text))
        write('the log begins\n')
      },
    })
  }

  const make = (one: ProwJob) => scene.kube.create(prowJobs, one)
  const at = (name: string) => ({ namespace, name })
  const rows = () => page.locator('tbody tr')
  const named = (name: string, more: Partial<JobGiven> = {}) =>
    job({ name, spec: { job: name, ...more.spec }, status: { ...more.status } })
  const open = async (path = '/') => {
    await page.goto(scene.url + path)
    await page.getByText('Live', { exact: true }).waitFor()
  }
  const selected = () => page.locator('tr[aria-current] .job-link').textContent()

  test('somebody new is told how jobs come to be, and sees the first one appear by itself', async () => {
    await open()
    await page.getByRole('heading', { name: 'No jobs yet' }).waitFor()
    await page.getByText('/test all').waitFor()
    await make(waiting({ name: 'first' }))
    await page.getByRole('link', { name: 'pull-app-test' }).waitFor()
  })

  test('an edit of the configuration that is broken is told on the page, as text', async () => {
    const place = { file: 'jobs/<i>.yaml', line: 3, column: 5 }
    scene.setProblems([{ code: 'C', place, field: 'periodics[0].cron', message: '"<img src=x>" is none', hint: 'so' }])
    await open()
    await page.getByText('1 problem. The one of').click()
    const item = page.locator('.config-banner li')
    expect(await item.textContent()).toBe('jobs/<i>.yaml:3:5 periodics[0].cron: "<img src=x>" is none (so)')
    expect(await page.evaluate(lowContrast)).toEqual([])
    scene.setProblems([])
    await open()
    await expect.poll(() => item.count()).toBe(0)
  })

  test('a waiting job says why, since when and what would move it, and moves on before our eyes', async () => {
    await make(waiting({ name: 'w', status: { startTime: timestamp(Date.now() - 65_000) } }))
    await open()
    const row = rows().first()
    await expect.poll(() => row.textContent()).toContain('Two runs of this job are going on')
    expect(await row.textContent()).toContain('Next: One of them ends')
    await row.getByText('triggered').first().waitFor()
    scene.kube.change(prowJobs, at('w'), (one) => {
      one.status.state = 'success'
      one.status.completionTime = timestamp(Date.now())
      one.status.description = 'All is well.'
    })
    await row.getByText('All is well.').waitFor()
    await expect.poll(() => row.textContent()).toContain('success')
    expect(await row.textContent()).not.toContain('Next:')
    await scene.kube.delete(prowJobs, at('w'))
    await page.getByRole('heading', { name: 'No jobs yet' }).waitFor()
  })

  test('filters narrow the list, lie in the address, and come back with it', async () => {
    await make(named('pull-unit'))
    await make(named('pull-e2e', { status: { state: 'failure' } }))
    await make(named('ci-nightly', { spec: { type: 'periodic' } }))
    await open()
    await expect.poll(() => rows().count()).toBe(3)
    await page.getByLabel('Search jobs').fill('pull')
    await expect.poll(() => rows().count()).toBe(2)
    await page.getByRole('button', { name: /failure 1/ }).click()
    await expect.poll(() => rows().count()).toBe(1)
    expect(new URL(page.url()).search).toBe('?q=pull&state=failure')
    await page.reload()
    await page.getByRole('link', { name: 'pull-e2e' }).waitFor()
    expect(await rows().count()).toBe(1)
    await page.getByLabel('Search jobs').fill('nothing like it')
    await page.getByRole('heading', { name: 'No job matches' }).waitFor()
    await page.getByRole('button', { name: 'Clear all filters' }).click()
    await expect.poll(() => rows().count()).toBe(3)
    await page.getByLabel('Type').selectOption('periodic')
    await expect.poll(() => rows().count()).toBe(1)
  })

  test('the keyboard is enough: search, move, open, go back, ask for help', async () => {
    for (const [index, name] of ['job-c', 'job-b', 'job-a'].entries()) {
      await make(named(name, { status: { startTime: `2026-01-02T0${index}:00:00Z` } }))
    }
    await open()
    await page.getByRole('link', { name: 'job-a' }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('job')
    expect(new URL(page.url()).search).toBe('?q=job')
    await page.keyboard.press('Enter')
    await page.keyboard.press('j')
    await expect.poll(selected).toBe('job-a')
    await page.keyboard.press('j')
    await expect.poll(selected).toBe('job-b')
    expect(await page.locator(':focus').textContent()).toBe('job-b')
    await page.keyboard.press('k')
    await expect.poll(selected).toBe('job-a')
    await page.keyboard.press('Shift+G')
    await expect.poll(selected).toBe('job-c')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/job/job-c')
    await page.keyboard.press('Escape')
    await page.waitForURL(`${scene.url}/`)
    await expect.poll(selected).toBe('job-c')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  })

  test('abort asks first; Escape aborts nothing', async () => {
    await becomeAdmin()
    await make(running({ name: 'r' }))
    await open()
    await page.getByRole('link', { name: 'pull-app-test' }).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('a')
    await page.getByRole('dialog', { name: 'Abort this job?' }).waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
    expect(scene.kube.read(prowJobs, at('r')).status.state).toBe('pending')
    await page.keyboard.press('a')
    await page.keyboard.press('Enter') // no
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
    expect(scene.kube.read(prowJobs, at('r')).status.state).toBe('pending')
    await page.keyboard.press('a')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('is being aborted').waitFor()
    await rows().first().getByText('aborted').first().waitFor()
    expect(scene.kube.read(prowJobs, at('r')).status.state).toBe('aborted')
  })

  test('rerun from the page of a job leads to the new run', async () => {
    await becomeAdmin()
    await make(job({ name: 'old' }))
    await open('/job/old')
    await page.getByRole('button', { name: 'Rerun' }).click()
    await page.getByRole('button', { name: 'Run again' }).click()
    await page.getByRole('link', { name: 'See the new run' }).click()
    await page.waitForURL((url) => /\/job\/[0-9a-f-]{36}$/.test(url.pathname))
    await page.locator('h1').getByText('triggered').waitFor()
    await page.getByText('Waiting for its Pod').first().waitFor()
    expect(scene.kube.all(prowJobs)).toHaveLength(2)
  })

  test('whoever is not the administrator sees why the buttons do nothing, until the token comes', async () => {
    await make(running({ name: 'r' }))
    await open('/job/r')
    const abort = page.getByRole('button', { name: 'Abort' })
    await expect.poll(() => abort.isDisabled()).toBe(true)
    expect(await abort.getAttribute('title')).toContain('administrator')
    await page.goto('about:blank')
    await open(`/job/r#admin=${adminToken}`)
    await page.getByText('admin', { exact: true }).waitFor()
    expect(page.url()).not.toContain(adminToken)
    await abort.click()
    await page.getByRole('button', { name: 'Abort job' }).click()
    await page.getByText('is being aborted').waitFor()
  })

  test('the log of a running job is followed, with colours, until the reader scrolls away', async () => {
    await make(running({ name: 'r' }))
    await scene.kube.create(pods, pod('r', { running: { startedAt: timestamp(Date.now()) } }))
    await open('/job/r')
    await page.getByText('the log begins').waitFor()
    write('\u001b[31mred words\u001b[0m <b>not bold</b>\n')
    const red = page.locator('.log-line .fg-1', { hasText: 'red words' })
    await red.waitFor()
    await page.getByText('<b>not bold</b>').waitFor()
    for (let line = 0; line < 2000; line++) write(`line ${line}\n`)
    await page.getByText('line 1999', { exact: true }).waitFor()
    await page.locator('.log-scroller').hover()
    await page.mouse.wheel(0, -3000)
    await expect.poll(() => page.getByRole('button', { name: 'Follow' }).getAttribute('aria-pressed')).toBe('false')
    write('unseen\n')
    await page.getByLabel('Search the log').fill('unseen')
    await page.getByText('1', { exact: true }).last().waitFor()
    expect(await page.locator('.log-line', { hasText: 'unseen' }).count()).toBe(0)
    await page.getByRole('button', { name: 'End of the log' }).click()
    await page.locator('.log-line', { hasText: 'unseen' }).waitFor()
  })

  test('a finished run by the address of a status: end of the log first, the first error one click away', async () => {
    const spec = { decoration_config: { gcs_configuration: { bucket: scene.bucket, path_strategy: 'explicit' } } }
    const run = `${scene.bucket}/pr-logs/pull/sample_app/7/pull-app-test/1948764332938473472`
    const lines = Array.from({ length: 30_000 }, (_, line) => (line === 777 ? 'ERROR: no wind' : `line ${line}`))
    await scene.storage.write(`${run}/build-log.txt`, lines.join('\n'))
    await scene.storage.write(`${run}/prowjob.json`, JSON.stringify(job({ name: 'gone', spec })))
    await scene.storage.write(`${run}/artifacts/evil.html`, '<script>alert(1)</script>')
    await open(`/view/file${run.slice('file://'.length)}`)
    await page.getByText('The ProwJob itself has been removed').waitFor()
    await page.getByText('line 29999', { exact: true }).waitFor()
    await page.getByRole('button', { name: '1 error line' }).click()
    await page.getByText('ERROR: no wind').waitFor()
    expect(await page.locator('.log-line').count()).toBeLessThan(200)
    await page.getByRole('button', { name: 'artifacts' }).click()
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: 'evil.html' }).click()
    expect((await download).suggestedFilename()).toBe('evil.html')
  })

  test('a log of 60 MB shows its end at once, and the rest when asked for', async () => {
    const spec = { decoration_config: { gcs_configuration: { bucket: scene.bucket, path_strategy: 'explicit' } } }
    const run = `${scene.bucket}/pr-logs/pull/sample_app/7/pull-app-test/1948764332938473472`
    async function* big() {
      for (let block = 0; block < 600; block++) {
        yield Buffer.from(
          Array.from({ length: 1000 }, (_, line) => `${String(block * 1000 + line).padEnd(99, '.')}\n`).join(''),
        )
      }
    }
    await scene.storage.write(`${run}/build-log.txt`, big())
    await make(job({ name: 'big', spec }))
    await open('/job/big')
    await page.getByText(/^599999\./).waitFor()
    await page.getByText('57.9 MB before this').waitFor()
    await page.getByRole('button', { name: 'Load earlier lines' }).click()
    await page.getByText('55.8 MB before this').waitFor()
    await page.getByRole('button', { name: 'Start of the log' }).click()
    await page.getByText('57.9 MB after this').waitFor()
    await page.getByText(/^0\.\.\./).waitFor()
  })

  test('20,000 jobs scroll and filter at once', async () => {
    await start({
      before: async (kube) => {
        for (let index = 0; index < 20_000; index++) {
          const startTime = timestamp(Date.parse('2026-01-02T03:00:00Z') - index * 1000)
          await kube.create(prowJobs, named(`job-${index}`, { status: { startTime } }))
        }
      },
    })
    await open()
    await page.getByRole('link', { name: 'job-0', exact: true }).waitFor()
    expect(await rows().count()).toBeLessThan(60)
    await page.keyboard.press('Shift+G')
    await page.getByRole('link', { name: 'job-19999', exact: true }).waitFor()
    await page.getByLabel('Search jobs').fill('job-1234')
    await expect.poll(() => rows().count()).toBe(11)
  }, 60_000)

  test('says when Deck is gone, and goes on when it is back', async () => {
    await make(running({ name: 'r' }))
    await open()
    await page.context().setOffline(true)
    await scene.close()
    await page.getByText('Reconnecting…').waitFor()
    problems.length = 0
    await start()
    await open()
  })

  test.each(['light', 'dark'] as const)(
    '%s: nothing is wider than a phone, text can be read, the theme can be chosen',
    async (colorScheme) => {
      await close()
      ;({ page, problems, close } = await openPage(browser, {
        viewport: screens.phone,
        colorScheme,
        reducedMotion: 'reduce',
      }))
      await make(
        waiting({ name: 'w', spec: { job: 'a-job-with-a-very-long-name-that-no-phone-is-wide-enough-for-at-all' } }),
      )
      await make(job({ name: 'd', status: { state: 'failure' } }))
      for (const path of ['/', '/job/w', '/job/d']) {
        await open(path)
        await page.locator('.job-link, .job-page').first().waitFor()
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(screens.phone.width)
        expect(await page.evaluate(lowContrast), path).toEqual([])
      }
      const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
      const before = await ground()
      const button = page.getByRole('button', { name: /^Theme/ })
      await button.click()
      await button.click()
      expect((await ground()) === before).toBe(colorScheme === 'dark') // light, then dark
      await page.reload()
      await page.getByRole('button', { name: /^Theme: dark/ }).waitFor()
    },
  )
})
