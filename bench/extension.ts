import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { gzipSync } from 'node:zlib'
import { BROWSERS, type BrowserName, ExtensionBrowser } from '../test/extension/browsers.ts'
import { type Spread, spread } from './figures.ts'

/**
 * `npm run bench:extension`: the background is killed and asked from a page of the extension; how long
 * until the answer is there, beside an extension that does nothing, in the same browsers. Waking is in
 * both; what we add is the difference. The driver is attached to both.
 */
const ROUNDS = 11

const LATCHKEY = path.join('extension', 'dist')

/** Answers everything with nothing: what waking costs by itself. */
const EMPTY = {
  'background.js':
    '(globalThis.browser ?? chrome).runtime.onMessage.addListener((_, __, answer) => answer({}))',
  'popup.html': '<!doctype html><meta charset="utf-8"><title>Empty</title><h1>Empty</h1>',
}

interface Figures {
  /** Milliseconds from the question to the answer: of a background that was dead, and of that one again. */
  readonly cold: Spread
  readonly warm: Spread
}

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-bench-extension-'))
  try {
    for (const line of sizes()) say(line)
    const empty = emptyExtension(folder)
    for (const browser of BROWSERS) {
      const [ours, theirs] = await interleaved(browser, [LATCHKEY, empty])
      say(`${browser}, Latchkey: ${inWords(ours)}`)
      say(`${browser}, an empty extension: ${inWords(theirs)}`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The same manifest with the same ids, so that both are driven by the same means. */
function emptyExtension(folder: string): string {
  const empty = path.join(folder, 'empty')
  mkdirSync(empty)
  const manifest = JSON.parse(readFileSync(path.join(LATCHKEY, 'manifest.json'), 'utf8'))
  const { icons: _, options_ui: __, ...bare } = manifest
  for (const [file, text] of Object.entries({ ...EMPTY, 'manifest.json': JSON.stringify(bare) })) {
    writeFileSync(path.join(empty, file), text)
  }
  return empty
}

/** Turn about, for what disturbs the machine disturbs both. */
async function interleaved(
  name: BrowserName,
  extensions: readonly [string, string],
): Promise<readonly [Figures, Figures]> {
  const [one, other] = [await opened(name, extensions[0]), await opened(name, extensions[1])]
  try {
    for (let round = 0; round < ROUNDS; round++) for (const each of [one, other]) await each.round()
    return [one.figures(), other.figures()]
  } finally {
    await Promise.all([one.browser.close(), other.browser.close()])
  }
}

async function opened(name: BrowserName, extension: string) {
  const browser = await ExtensionBrowser.open(name, path.resolve(extension))
  const cold: number[] = []
  const warm: number[] = []
  await timed(browser)
  return {
    browser,
    round: async () => {
      await browser.killBackground()
      cold.push(await timed(browser))
      warm.push(await timed(browser))
    },
    figures: (): Figures => ({ cold: spread(cold), warm: spread(warm) }),
  }
}

/** By the page's own clock: the driver's way to the page is no part of it. */
function timed({ popup }: ExtensionBrowser): Promise<number> {
  return popup.evaluate(async () => {
    const { browser, chrome } = globalThis as { browser?: Api; chrome?: Api }
    const began = performance.now()
    await (browser ?? chrome)?.runtime.sendMessage({ latchkey: 'view', with: {} })
    return performance.now() - began
  })
}

/** What a page of an extension has in the browser. */
interface Api {
  readonly runtime: { sendMessage(message: unknown): Promise<unknown> }
}

function* sizes(): Generator<string> {
  for (const file of readdirSync(LATCHKEY).filter((name) => /\.(js|css)$/.test(name))) {
    const bytes = readFileSync(path.join(LATCHKEY, file))
    yield `${file}: ${kilobytes(bytes)} kB, ${kilobytes(gzipSync(bytes))} kB packed`
  }
}

const kilobytes = ({ length }: Uint8Array): string => (length / 1000).toFixed(1)

const inWords = ({ cold, warm }: Figures): string =>
  `woken and answered in ${inMilliseconds(cold)}; awake, in ${inMilliseconds(warm)} (median and quartiles of ${ROUNDS})`

const inMilliseconds = ({ q1, median, q3 }: Spread): string =>
  `${median.toFixed(1)} ms (${q1.toFixed(1)}–${q3.toFixed(1)})`

const say = (line: string) => process.stdout.write(`${line}\n`)

await main()
