// The pages of commands and plugins in a real browser: search, repository, links into them, hostile texts, hook down, small and dark.
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type DeckScene, startDeck } from '../../src/deck/testing/scene.ts'
import { startTown, type Town } from '../../src/testing/town.ts'
import { browserPath, buildPages, launch, openPage, screens } from './browser.ts'
import { lowContrast } from './in-page.ts'

const command = (usage: string, more: object = {}) => ({
  Usage: usage,
  Featured: false,
  Description: `What ${usage} does.`,
  Examples: [usage],
  WhoCanUse: 'Anybody',
  ...more,
})
const plugin = (more: object = {}) => ({ Description: 'Does something.', Config: null, Events: ['push'], ...more })

const help = {
  AllRepos: ['harbor/lighthouse', 'harbor/pier', 'island/ferry'],
  RepoPlugins: {
    '': ['hold', 'lgtm', 'override'],
    harbor: ['hold', 'lgtm'],
    'harbor/pier': ['override', 'forgotten'],
    island: ['hold'],
  },
  RepoExternalPlugins: { '': ['far'], harbor: ['far'] },
  PluginHelp: {
    hold: plugin({ Commands: [command('/hold', { Featured: true }), command('/hold cancel')] }),
    lgtm: plugin({
      Description: 'Adds <code>lgtm</code>. See <a href="https://example.com/guide">the guide</a>.',
      Config: { '': 'Everywhere the same.', 'harbor/pier': 'On the pier <b>two</b> are needed.' },
      Snippet: `lgtm:\n- repos: [harbor] # ${'a long line '.repeat(20)}\n`,
      Commands: [command('/lgtm [cancel]', { Examples: ['/lgtm', '/lgtm cancel'] })],
    }),
    override: plugin({
      Description: 'deprecated! Overrides.',
      Commands: [command(`/override ${'a-context-that-is-longer-than-a-phone-is-wide'.repeat(2)}`)],
    }),
  },
  ExternalPluginHelp: { far: plugin({ Commands: [command('/far-away')] }) },
}

describe.skipIf(!browserPath)('Help in a browser', () => {
  let browser: Browser
  let pages: Awaited<ReturnType<typeof buildPages>>
  let scene: DeckScene | undefined
  let page: Page
  let problems: string[]
  let close: (() => Promise<void>) | undefined

  beforeAll(async () => {
    pages = await buildPages()
    browser = await launch()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await pages?.remove()
  })
  afterEach(async () => {
    await close?.()
    await scene?.close()
    scene = undefined
    expect(problems).toEqual([])
  })

  async function start(
    pluginHelp: () => Promise<unknown> = async () => help,
    look: Parameters<typeof openPage>[1] = {},
  ) {
    scene = await startDeck({ webRoot: pages.webRoot, pluginHelp })
    ;({ page, problems, close } = await openPage(browser, look))
  }
  const open = async (path: string) => {
    await page.goto(scene?.url + path)
    await page.getByText('Live', { exact: true }).waitFor()
  }
  const usages = () => page.locator('.usage').allTextContents()
  const names = () => page.locator('.plugin h2').evaluateAll((all) => all.map((one) => one.firstChild?.textContent))
  const address = () => new URL(page.url()).pathname + new URL(page.url()).search + new URL(page.url()).hash
  const focused = () => page.locator(':focus').getAttribute('id')

  test('from the header to the commands of one repository, by mouse', async () => {
    await start()
    await open('/')
    await page.getByRole('link', { name: 'Commands' }).click()
    await page.getByRole('heading', { name: 'Command Help' }).waitFor()
    await page.locator('.usage').first().waitFor()
    expect((await usages())[0]).toBe('/hold')
    expect(await usages()).toHaveLength(5)
    expect(await page.title()).toBe('Prow Command Help')
    await page.getByLabel('Repository').selectOption('island/ferry')
    await expect.poll(usages).toEqual(['/hold', '/hold cancel'])
    expect(address()).toBe('/command-help?repo=island%2Fferry')
    await page.getByText('2 commands').waitFor()
    await page.getByLabel('Search commands').fill('CANCEL hold')
    await expect.poll(usages).toEqual(['/hold cancel'])
    await page.getByText('1 of 2 commands').waitFor()
    await page.reload()
    await expect.poll(usages).toEqual(['/hold cancel'])
    await page.getByLabel('Search commands').fill('nothing like it')
    await page.getByRole('heading', { name: 'Nothing matches' }).waitFor()
    await page.getByRole('button', { name: 'Clear the search' }).click()
    await expect.poll(usages).toHaveLength(2)
    const entry = page.locator('.command', { hasText: '/hold cancel' })
    await entry.getByRole('link', { name: 'hold', exact: true }).click()
    await page.waitForURL('**/plugins?repo=island%2Fferry#hold')
    await expect.poll(names).toEqual(['hold'])
    await page.goBack()
    await expect.poll(usages).toHaveLength(2)
  })

  test('the keyboard is enough', async () => {
    await start()
    await open('/command-help')
    await page.locator('.usage').first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('lgtm')
    await expect.poll(usages).toEqual(['/lgtm [cancel]'])
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
    await expect.poll(usages).toHaveLength(5)
    await page.keyboard.press('j')
    await expect.poll(focused).toBe('entry-hold')
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    await expect.poll(focused).toBe('entry-far_away')
    await page.keyboard.press('Shift+G')
    await expect.poll(focused).toBe('entry-override')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/plugins#override')
  })

  test.each([
    ['/command-help?repo=harbor/lighthouse#lgtm', 'entry-lgtm'],
    ['/command-help?repo=harbor%2Flighthouse#far-away', 'entry-far_away'],
    ['/plugin-help#hold-2', 'entry-hold-2'],
    ['/plugins?repo=harbor/pier#lgtm', 'entry-lgtm'],
  ])('%s leads right to it', async (path, id) => {
    await start(undefined, { viewport: { width: 800, height: 300 } })
    await open(path)
    await expect.poll(focused).toBe(id)
    const place = await page.locator(`#${id}`).boundingBox()
    expect(place?.y).toBeGreaterThan(90)
    expect(place?.y).toBeLessThan(200)
    expect(await page.locator('[aria-current=true]').count()).toBe(1)
  })

  test('a link to what is not enabled there says so, and leads to it', async () => {
    await start()
    await open('/command-help?repo=island/ferry#lgtm')
    await page.getByText('does not work in island/ferry: its plugin lgtm is not enabled there').waitFor()
    await page.getByRole('link', { name: 'Read about it nevertheless' }).click()
    await expect.poll(focused).toBe('entry-lgtm')
    await open('/plugins?repo=island/ferry#far')
    await page.getByText('The plugin far is not enabled in island/ferry.').waitFor()
    await open('/command-help?repo=nobody/nowhere')
    await page.getByText("No plugin of hook's brings any to nobody/nowhere.").waitFor()
    await page.getByRole('button', { name: 'Show the commands of all repositories' }).click()
    await expect.poll(usages).toHaveLength(5)
  })

  test('a plugin with all that is known of it', async () => {
    await start()
    await open('/plugins?repo=harbor/pier#lgtm')
    const lgtm = page.locator('#entry-lgtm')
    await lgtm.getByText('On the pier two are needed.').waitFor()
    await lgtm.getByText('Everywhere the same.').waitFor()
    await lgtm.getByText('- repos: [harbor]').waitFor()
    expect(await lgtm.getByRole('link', { name: 'the guide' }).getAttribute('href')).toBe('https://example.com/guide')
    expect(await names()).toEqual(['far', 'forgotten', 'hold', 'lgtm', 'override'])
    expect(await page.locator('.mark').allTextContents()).toEqual(['external', 'deprecated'])
    await page.locator('#entry-forgotten').getByText('hook has no help for it.').waitFor()
    await page.getByLabel('Repository').selectOption('')
    await lgtm.getByText('Choose a repository to see what is configured for it.').waitFor()
    expect(await lgtm.getByText('On the pier').count()).toBe(0)
    await lgtm.getByRole('link', { name: '/lgtm [cancel]' }).click()
    await page.waitForURL('**/command-help#lgtm')
  })

  /** What plugins may say, and what of it reaches the page. */
  const texts: readonly (readonly [html: string, shown: string])[] = [
    ['plain & <b>bold</b> 1 < 2', 'plain &amp; <b>bold</b> 1 &lt; 2'],
    ['a<br>b <tt>c</tt> <em class="x" style="position:fixed" id="main">d</em>', 'a<br>b <code>c</code> <em>d</em>'],
    ['<ul><li>one<li>two</ul>', '<ul><li>one</li><li>two</li></ul>'],
    ['<script>pwned()</script>a<style>*{display:none}</style>', 'a'],
    ['<img src="http://127.0.0.1:9/x" onerror="pwned()">a', 'a'],
    ['<b onclick="pwned()" onmouseover="pwned()">a</b>', '<b>a</b>'],
    ['<svg onload="pwned()"><a xlink:href="javascript:pwned()"><text>a</text></a></svg>', 'a'],
    ['<math><mtext><style><img src=x onerror=pwned()></style></mtext></math>a', 'a'],
    ['<iframe src="javascript:pwned()"></iframe><object data="x"></object><embed src="x">a', 'a'],
    [
      '<form action="/abort"><button formaction="javascript:pwned()">a</button><input autofocus onfocus="pwned()"></form>',
      'a',
    ],
    [
      '<template><img src=x onerror=pwned()></template><noscript><p title="</noscript><img src=x onerror=pwned()>">',
      '<p></p>',
    ],
    [
      '<base href="http://127.0.0.1:9/"><meta http-equiv="refresh" content="0;url=/"><link rel="stylesheet" href="/x">a',
      'a',
    ],
    ['<a href="javascript:pwned()">a</a>', 'a'],
    ['<a href=" java\nscript:pwned()">a</a>', 'a'],
    ['<a href="data:text/html,x">a</a> <a href="//evil.example">b</a> <a>c</a>', 'a b c'],
    [
      '<a href=" HTTPS://example.com/?a=1&amp;b=2 " onclick="pwned()" target="_self">a <b>b</b></a>',
      '<a href="HTTPS://example.com/?a=1&amp;b=2" target="_blank" rel="noreferrer nofollow">a <b>b</b></a>',
    ],
    ['<dialog open><h1>a</h1></dialog><custom-element>b</custom-element><!-- c -->', 'ab'],
    ['</div></article><b>a', '<b>a</b>'],
  ]

  test('of what plugins write only harmless HTML is left', async () => {
    const record = (html: string) =>
      plugin({
        Description: html,
        Config: { '': html },
        Snippet: html,
        Commands: [command(html, { Description: html, WhoCanUse: html, Examples: [html] })],
      })
    const said = Object.fromEntries(texts.map(([html], at) => [`p${at}`, record(html)]))
    // The policy would catch what slips through: here it must not have to.
    await start(async () => ({ ExternalPluginHelp: said }), { bypassCSP: true })
    const asked = new Set<string>()
    page.on('request', (request) => asked.add(new URL(request.url()).origin))
    await page.addInitScript('globalThis.pwned = () => { globalThis.wasPwned = true }')
    const seen = async (kind: string, what: string) => {
      const all = page.locator(`.${kind}`)
      await expect.poll(() => all.count()).toBe(texts.length)
      const found = new Map<string | null, string>()
      for (const one of await all.all()) {
        const inner = await one.locator('.rich').evaluateAll((rich) => [...new Set(rich.map((each) => each.innerHTML))])
        found.set(await one.locator(what).textContent(), inner.join(' and '))
      }
      return found
    }
    await open('/plugins')
    expect(await seen('plugin', '.snippet pre')).toEqual(new Map(texts))
    await open('/command-help')
    expect(await seen('command', '.usage')).toEqual(new Map(texts))
    expect(await page.evaluate('globalThis.wasPwned')).toBe(undefined)
    expect([...asked]).toEqual([scene?.url])
  })

  test('texts without end or bottom leave the page usable', async () => {
    const deep = plugin({ Description: `${'<b><ul><li>'.repeat(5000)}bottom` })
    const long = plugin({ Description: '<b>x</b>'.repeat(8000), Commands: Array(9000).fill(command('/x')) })
    await start(async () => ({ ExternalPluginHelp: { deep, long } }))
    await open('/plugins')
    await page.locator('#entry-deep').getByText('bottom').waitFor()
    expect(await page.locator('#entry-long b').count()).toBe(1000)
    await page.getByRole('link', { name: 'Commands' }).click()
    await expect.poll(usages).toHaveLength(200)
  })

  test('while hook is down the page says so, and shows the commands once it is up', async () => {
    let down = true
    await start(async () => (down ? Promise.reject(new Error('down')) : help))
    await open('/command-help')
    await page.getByText('hook, which knows the plugins, does not answer just now.').waitFor()
    down = false
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect.poll(usages).toHaveLength(5)
    // The browser itself notes each 503, and the page may have asked more than once.
    expect(new Set(problems.splice(0))).toEqual(new Set([expect.stringContaining('503')]))
  })

  test.each(['light', 'dark'] as const)(
    '%s, on a phone: nothing is wider than it, text can be read',
    async (colorScheme) => {
      await start(undefined, { viewport: screens.phone, colorScheme, reducedMotion: 'reduce' })
      for (const path of [
        '/command-help',
        '/command-help?repo=harbor/pier#lgtm',
        '/command-help?repo=island/ferry#lgtm',
        '/plugins',
        '/plugins?repo=harbor/pier#lgtm',
      ]) {
        await open(path)
        await page.locator('.entry').first().waitFor()
        await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true')
        expect(await page.evaluate('document.documentElement.scrollWidth'), path).toBe(screens.phone.width)
        expect(await page.evaluate('document.querySelector("main").scrollWidth'), path).toBe(screens.phone.width)
        expect(await page.evaluate(lowContrast), path).toEqual([])
      }
    },
  )
})

describe.skipIf(!browserPath)('Help of a whole installation', () => {
  let town: Town | undefined
  afterEach(() => town?.stop())

  test('shows the commands of trigger for the repository that has it', { timeout: 60_000 }, async () => {
    town = await startTown({ jobs: '', plugins: ['trigger'] })
    const { urls } = town.installation()
    const feed = await fetch(`${urls.deck}/plugin-help.js?var=allHelp`)
    const script = await feed.text()
    expect(script).toMatch(/^var allHelp = \{"AllRepos":\["harbor\/lighthouse"\],/)
    expect((await fetch(`${urls.deck}/plugin-config`)).status).toBe(200)
    const pages = await buildPages()
    const browser = await launch()
    const scene = await startDeck({
      webRoot: pages.webRoot,
      pluginHelp: async () => (await fetch(`${urls.deck}/plugin-help.js`)).json(),
    })
    try {
      const { page, problems } = await openPage(browser)
      await page.goto(`${scene.url}/command-help?repo=harbor/lighthouse#ok_to_test`)
      await page.getByText('Says that a pull request by somebody who is not trusted may be tested').waitFor()
      expect((await page.locator('.usage').allTextContents()).slice(0, 4)).toEqual([
        '/retest',
        '/test ?',
        '/test [<job name>|all]',
        '/ok-to-test',
      ])
      await page.goto(`${scene.url}/plugins?repo=harbor/lighthouse#trigger`)
      await page.getByText('The trusted GitHub organization for this repository is "harbor"').waitFor()
      expect(problems).toEqual([])
    } finally {
      await browser.close()
      await scene.close()
      await pages.remove()
    }
  })
})
