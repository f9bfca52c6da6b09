import { describe, expect, test } from 'vitest'
import { CLIENT_IDS, CLIENT_NAMES, isClientId, isRedirectUri } from '../../idp/clients.ts'

const EXTENSION = ['https://abc.chromiumapp.org/', 'https://def.extensions.allizom.org/']

test('three clients are known, each with a name', () => {
  for (const id of CLIENT_IDS) {
    expect(isClientId(id)).toBe(true)
    expect(CLIENT_NAMES[id]).toMatch(/^Latchkey /)
  }
  for (const id of ['', 'Latchkey-web', 'toString', undefined]) expect(isClientId(id)).toBe(false)
})

describe('the desktop’s ways back', () => {
  test.for([
    'http://127.0.0.1:1/callback',
    'http://127.0.0.1:65535/callback',
    'http://[::1]:49152/callback',
    'dev.latchkey.app:/callback',
  ])('%s is one', (uri) => {
    expect(isRedirectUri('latchkey-desktop', uri, EXTENSION)).toBe(true)
  })

  test.for([
    '',
    'http://127.0.0.1/callback',
    'http://127.0.0.1:0/callback',
    'http://127.0.0.1:08080/callback',
    'http://127.0.0.1:65536/callback',
    'http://127.0.0.1:8080/callback/',
    'http://127.0.0.1:8080/Callback',
    'http://127.0.0.1:8080/callback?a=1',
    'http://127.0.0.1:8080/callback#a',
    'http://127.0.0.1:8080/callback\n',
    'http://127.0.0.1:8080/a/../callback',
    'http://user@127.0.0.1:8080/callback',
    'http://127.0.0.1:8080@evil.test/callback',
    'http://127.0.0.1.evil.test:8080/callback',
    'http://127.0.0.2:8080/callback',
    'http://localhost:8080/callback',
    'https://127.0.0.1:8080/callback',
    'HTTP://127.0.0.1:8080/callback',
    'dev.latchkey.app://callback',
    'dev.latchkey.app:/callback?a=1',
    'https://abc.chromiumapp.org/',
  ])('%s is none', (uri) => {
    expect(isRedirectUri('latchkey-desktop', uri, EXTENSION)).toBe(false)
  })
})

test('the extension’s are those of the settings, to the letter', () => {
  for (const uri of EXTENSION)
    expect(isRedirectUri('latchkey-extension', uri, EXTENSION)).toBe(true)
  for (const uri of ['https://abc.chromiumapp.org', 'https://abc.chromiumapp.org/x', ''])
    expect(isRedirectUri('latchkey-extension', uri, EXTENSION)).toBe(false)
  expect(isRedirectUri('latchkey-extension', 'http://127.0.0.1:1/callback', EXTENSION)).toBe(false)
})

test('a browser on the site itself is sent nowhere with a code', () => {
  for (const uri of [...EXTENSION, 'http://127.0.0.1:1/callback', '/'])
    expect(isRedirectUri('latchkey-web', uri, EXTENSION)).toBe(false)
})
