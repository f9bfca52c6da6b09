import { expect, test } from 'vitest'
import { cookieUrl } from '../../client/cookie-url.ts'

test.each([
  [{ domain: 'localhost', path: '/', secure: false }, 'http://localhost/'],
  [{ domain: '.provider.test', path: '/a/b', secure: true }, 'https://provider.test/a/b'],
])('%o would be sent to %s', (cookie, url) => {
  expect(cookieUrl(cookie)).toBe(url)
})
