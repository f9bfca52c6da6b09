import { describe, expect, test } from 'vitest'
import { type House, maySend, type Sender } from '../../extension/background/senders.ts'
import { MESSAGES, type MessageName } from '../../extension/messages.ts'

const HOUSE: House = {
  id: 'ours',
  origin: 'chrome-extension://ours',
  allowedPages: ['https://app.example.test'],
}
const NAMES = Object.keys(MESSAGES) as MessageName[]
const OWN = NAMES.filter((name) => name !== 'page_request')

const popup: Sender = { id: 'ours', url: 'chrome-extension://ours/popup.html' }
const page: Sender = { id: 'ours', url: 'https://app.example.test/x', frameId: 0, tab: {} }

const SENDERS: readonly (readonly [
  who: string,
  sender: Sender,
  own: boolean,
  pageRequest: boolean,
])[] = [
  ['our popup', popup, true, false],
  ['our popup, opened as a page', { ...popup, frameId: 0, tab: {} }, true, false],
  ['a page that the person allowed', page, false, true],
  ['a frame within an allowed page', { ...page, frameId: 4 }, false, false],
  ['an allowed page without a tab', { ...page, tab: undefined }, false, false],
  ['a page that nobody allowed', { ...page, url: 'https://evil.example.test/' }, false, false],
  ['the same host by plain http', { ...page, url: 'http://app.example.test/' }, false, false],
  [
    'the same host on another port',
    { ...page, url: 'https://app.example.test:8443/' },
    false,
    false,
  ],
  ['a host that begins alike', { ...page, url: 'https://app.example.test.evil/' }, false, false],
  ['another extension', { ...popup, id: 'theirs' }, false, false],
  ['another extension that says our address', { id: 'theirs', url: popup.url }, false, false],
  [
    'another extension’s page',
    { id: 'ours', url: 'chrome-extension://theirs/popup.html' },
    false,
    false,
  ],
  ['nobody', {}, false, false],
  ['a sender without an address', { id: 'ours' }, false, false],
  ['a sender with rubbish for an address', { id: 'ours', url: '::' }, false, false],
]

describe('who may send what', () => {
  test.each(SENDERS)('%s', (_, sender, own, pageRequest) => {
    for (const name of OWN) expect(maySend(name, sender, HOUSE), name).toBe(own)
    expect(maySend('page_request', sender, HOUSE)).toBe(pageRequest)
  })

  test('Firefox’s pages say an origin of their own', () => {
    const house = { ...HOUSE, origin: 'moz-extension://6b1a' }
    const sender = { id: 'ours', url: 'moz-extension://6b1a/popup.html' }
    expect(maySend('view', sender, house)).toBe(true)
    expect(maySend('view', { ...sender, url: 'moz-extension://6b1b/popup.html' }, house)).toBe(
      false,
    )
  })
})
