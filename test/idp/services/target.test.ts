import { describe, expect, test } from 'vitest'
import { findTarget, isInternal } from '../../../idp/services/target.ts'

describe('only what is known to be public is public', () => {
  test.for([
    ['93.184.215.14', 'an address of the internet'],
    ['2606:2800:21f:cb07:6820:80da:af6b:8b2c', 'an IPv6 address of the internet'],
    ['::ffff:93.184.215.14', 'the same in IPv6’s clothes'],
    ['172.32.0.1', 'just after a private network'],
    ['100.128.0.1', 'just after carrier-grade NAT'],
  ] as const)('%s (%s) may be called', ([address]) => expect(isInternal(address)).toBe(false))

  test.for([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'all of loopback'],
    ['::1', 'loopback'],
    ['0.0.0.0', 'this machine'],
    ['::', 'this machine'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['fd12:3456:789a::1', 'unique local'],
    ['169.254.1.1', 'link-local'],
    ['fe80::1', 'link-local'],
    ['169.254.169.254', 'metadata of most clouds'],
    ['fd00:ec2::254', 'metadata of AWS'],
    ['100.100.100.200', 'metadata of Alibaba, carrier-grade NAT'],
    ['168.63.129.16', 'Azure’s platform, in a public range'],
    ['192.0.0.192', 'metadata of Oracle'],
    ['100.64.0.1', 'carrier-grade NAT'],
    ['224.0.0.1', 'multicast'],
    ['ff02::1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['192.0.2.1', 'documentation'],
    ['2001:db8::1', 'documentation'],
    ['198.18.0.1', 'benchmarks'],
    ['240.0.0.1', 'reserved'],
    ['::ffff:127.0.0.1', 'loopback, IPv4-mapped'],
    ['::ffff:7f00:1', 'loopback, IPv4-mapped in hexadecimal'],
    ['::ffff:169.254.169.254', 'metadata, IPv4-mapped'],
    ['::127.0.0.1', 'loopback, IPv4-compatible'],
    ['64:ff9b::7f00:1', 'loopback by NAT64'],
    ['2002:7f00:1::', 'loopback by 6to4'],
    ['2001:0:7f00:1::', 'Teredo'],
    ['fec0::1', 'site-local, of old'],
    ['4000::1', 'given out to nobody'],
    ['localhost', 'no address at all'],
  ] as const)('%s (%s) may not', ([address]) => expect(isInternal(address)).toBe(true))
})

const leadsTo =
  (...addresses: readonly string[]) =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }) as const)

const nobody = async () => {
  throw new Error('Nobody shall be asked.')
}

describe('where an endpoint leads', () => {
  test('every address of a public name is handed on as it was checked', async () => {
    const addresses = await leadsTo('93.184.215.14', '2606:2800::1')()
    expect(
      await findTarget(new URL('https://shop.example/hook'), [], async () => addresses),
    ).toEqual({ kind: 'reachable', addresses })
  })

  test.for([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
  ])('%s is internal, however it is written', async (url) => {
    expect(await findTarget(new URL(url), [], nobody)).toEqual({ kind: 'internal' })
  })

  test('a name that leads inside is refused, also if it leads outside as well', async () => {
    const url = new URL('https://shop.example/')
    expect(await findTarget(url, [], leadsTo('10.0.0.1'))).toEqual({ kind: 'internal' })
    expect(await findTarget(url, [], leadsTo('93.184.215.14', '::1'))).toEqual({ kind: 'internal' })
  })

  test('only an origin that the settings name may be internal: scheme, host and port', async () => {
    const allowed = ['http://127.0.0.1:3100']
    expect(await findTarget(new URL('http://127.0.0.1:3100/hook'), allowed, nobody)).toMatchObject({
      kind: 'reachable',
    })
    for (const other of ['http://127.0.0.1:3101/', 'https://127.0.0.1:3100/', 'http://[::1]:3100/'])
      expect(await findTarget(new URL(other), allowed, nobody)).toEqual({ kind: 'internal' })
  })

  test('a name that leads nowhere', async () => {
    expect(await findTarget(new URL('https://gone.example/'), [], nobody)).toEqual({
      kind: 'unknown',
    })
  })
})
