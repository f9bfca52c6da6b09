import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildExtension } from '../../extension/build.mjs'
import { MESSAGES } from '../../extension/messages.ts'
import { BROWSERS, type BrowserName, ExtensionBrowser } from '../extension/browsers.ts'
import { type Attempts, writeForeigner } from '../extension/foreigner.ts'

/*
 * Others who try to reach the extension: another extension, and a page of the web that frames ours. Each
 * tries the same with an extension that lets them, or the silence of ours would prove nothing.
 */

const folder = mkdtempSync(path.join(os.tmpdir(), 'latchkey-foreign-'))
const ours = path.join(folder, 'ours')
const careless = path.join(folder, 'careless')
const foreigner = path.join(folder, 'foreigner')
let server: Server
let address: string
let reported: (attempts: Attempts) => void = () => {}

beforeAll(async () => {
  await buildExtension(ours)
  makeCareless()
  server = createServer(async (request, response) => {
    if (request.method === 'POST') reported(JSON.parse(await text(request)))
    response.setHeader('content-type', 'text/html').end('<title>Hostile</title><h1>Hostile</h1>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  writeForeigner(foreigner, address)
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Ours, with the mistakes that would let others in. */
function makeCareless(): void {
  cpSync(ours, careless, { recursive: true })
  const file = path.join(careless, 'manifest.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  const policy: string = manifest.content_security_policy.extension_pages
  manifest.content_security_policy.extension_pages = policy.replace(/; frame-ancestors [^;]*/, '')
  manifest.web_accessible_resources = [
    { resources: ['popup.html', 'icons/16.png'], matches: ['<all_urls>'] },
  ]
  writeFileSync(file, JSON.stringify(manifest))
  appendFileSync(
    path.join(careless, 'background.js'),
    `;{ const { runtime } = globalThis.browser ?? chrome
        runtime.onMessageExternal.addListener((_, __, answer) => answer('told'))
        runtime.onConnectExternal.addListener((port) => port.onMessage.addListener(() => port.postMessage('told'))) }`,
  )
}

/**
 * What the other extension and the hostile page got.
 *
 * @param patience milliseconds for a frame that may never load
 */
async function attempts(name: BrowserName, extension: string, patience: number) {
  const browser = await ExtensionBrowser.open(name, extension)
  try {
    const report = new Promise<Attempts>((resolve) => {
      reported = resolve
    })
    await browser.browser.installExtension(foreigner)
    const messages = await report
    const page = await browser.browser.newPage()
    await page.goto(address)
    const things = await page.evaluate(
      async (from, limit) => {
        const outcome = (element: HTMLElement, source: object) =>
          new Promise<string>((resolve) => {
            element.addEventListener('load', () => resolve('loaded'))
            element.addEventListener('error', () => resolve('refused'))
            document.body.append(Object.assign(element, source))
          })
        const image = await outcome(document.createElement('img'), { src: `${from}/icons/16.png` })
        // A refused frame says nothing, or "loads" the browser's own page: what it holds is looked at below.
        await Promise.race([
          outcome(document.createElement('iframe'), { src: `${from}/popup.html` }),
          new Promise((resolve) => setTimeout(resolve, limit)),
        ])
        const { chrome, browser } = globalThis as {
          chrome?: { runtime?: object }
          browser?: object
        }
        return { image, speaks: chrome?.runtime !== undefined || browser !== undefined }
      },
      browser.origin,
      patience,
    )
    const framed = await Promise.all(
      page.frames().map(async (frame) => {
        const shown = frame.evaluate(() => `${location.href} ${document.body?.innerText}`)
        return shown.catch(() => '')
      }),
    )
    return { messages, ...things, frame: framed.some((shown) => shown.startsWith(browser.origin)) }
  } finally {
    await browser.close()
  }
}

describe.each(BROWSERS)('%s', (name) => {
  test('another extension and a hostile page are told nothing, whatever they try', async () => {
    const { messages, ...page } = await attempts(name, ours, 1_500)
    expect(Object.keys(messages)).toHaveLength(2 * Object.keys(MESSAGES).length)
    expect(new Set(Object.values(messages))).toEqual(new Set(['refused']))
    expect(page).toEqual({ image: 'refused', speaks: false, frame: false })
  })

  test('a careless extension would have told them', async () => {
    const { messages, ...page } = await attempts(name, careless, 20_000)
    expect(new Set(Object.values(messages))).toEqual(new Set(['answer "told"']))
    expect(page).toEqual({ image: 'loaded', speaks: false, frame: true })
  })
})
