import { expect, test } from 'vitest'
import type { Application } from '../../mock-provider/config.ts'
import { decideLogout } from '../../mock-provider/dialect/b2c/logout.ts'

const application = (name: string): Pick<Application, 'clientId' | 'postLogoutRedirectUris'> => ({
  clientId: name,
  postLogoutRedirectUris: [`https://${name}.example/out`],
})
const applications = [application('shop'), application('mail')]

const shop = 'https://shop.example/out'

test.each([
  ['no hint, registered somewhere', 'none' as const, shop, 'redirect'],
  ['no hint, registered nowhere', 'none' as const, 'https://evil.example/', 'refuse'],
  ['no hint, no address', 'none' as const, undefined, 'page'],
  ['a hint and its application’s address', { aud: 'shop' }, shop, 'redirect'],
  ['a hint and another application’s address', { aud: 'mail' }, shop, 'refuse'],
  ['a hint for nobody here', { aud: 'bank' }, shop, 'refuse'],
  ['a hint and no address', { aud: 'shop' }, undefined, 'page'],
  ['a hint that is not ours', undefined, shop, 'refuse'],
  ['a hint that is not ours and no address', undefined, undefined, 'refuse'],
])('%s', (_, hint, redirectUri, kind) => {
  expect(decideLogout({ hint, redirectUri, state: undefined }, applications).kind).toBe(kind)
})

test('state goes back with the person, beside what the address had', () => {
  const registered = [
    { ...application('shop'), postLogoutRedirectUris: ['https://shop.example/?a=1'] },
  ]
  const request = { hint: 'none', redirectUri: 'https://shop.example/?a=1', state: 'x&y' } as const
  expect(decideLogout(request, registered)).toEqual({
    kind: 'redirect',
    to: 'https://shop.example/?a=1&state=x%26y',
  })
})
