// The browser of the tests: the system's Chromium, with no network but this machine.
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { build } from 'vite'

const places = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Path of the browser; undefined when this machine has none. */
export const browserPath = places.find((place) => place !== undefined && place !== '' && existsSync(place))

if (!browserPath) {
  process.stderr.write(
    '\n*** BROWSER TESTS ARE SKIPPED: no Chromium found. Install it (apt-get install chromium) or set CHROMIUM_PATH. ***\n\n',
  )
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    ...(browserPath && { executablePath: browserPath }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** The pages as they are in the sources now, built into a temporary folder. */
export async function buildPages(): Promise<{ webRoot: string; remove(): Promise<void> }> {
  const webRoot = await mkdtemp(join(tmpdir(), 'deck-pages-'))
  // React's development build tells of its own accord what is wrong, and a test fails on what it tells.
  const define = { 'process.env.NODE_ENV': '"development"' }
  await build({ root: 'web', logLevel: 'error', define, build: { outDir: webRoot, emptyOutDir: true } })
  return { webRoot, remove: () => rm(webRoot, { recursive: true, force: true }) }
}

/** Sizes of screens that the pages have to look good on. */
export const screens = {
  laptop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
} as const

/** A page, and everything that went wrong in it: errors of scripts, refusals of the content security policy. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; problems: string[]; close(): Promise<void> }> {
  const context = await browser.newContext({ viewport: screens.laptop, ...options })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text())
  })
  page.setDefaultTimeout(10_000)
  return { page, problems, close: () => context.close() }
}
