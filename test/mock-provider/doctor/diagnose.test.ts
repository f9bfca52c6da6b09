import { expect, test } from 'vitest'
import {
  type Cause,
  diagnose,
  type Finding,
  judgeScheme,
} from '../../../mock-provider/doctor/diagnose.ts'
import type { Examined, Trust } from '../../../mock-provider/doctor/examine.ts'

const authority = new URL('https://localhost:4443/contoso.onmicrosoft.com/B2C_1_signupsignin')
const issuer = 'https://localhost:4443/tfp/775527ff-9a37-4307-8b3d-cc311f58d925/b2c_1_si/v2.0/'
const knownAuthorities = ['localhost:4443']
const answered = { kind: 'answered', status: 200, trust: { kind: 'trusted' }, issuer } as const
const untrusted = (code: string, ours: boolean): Trust => ({ kind: 'untrusted', code, ours })

const wrongOnes = (findings: readonly Finding[]): readonly Cause[] =>
  findings.flatMap((finding) => (finding.kind === 'wrong' ? [finding.cause] : []))

const ask = (examined: Examined, known: readonly string[] | undefined = knownAuthorities) =>
  diagnose({ authority, knownAuthorities: known, caFile: '/data/ca.pem' }, examined)

test.each<[string, Examined, readonly string[] | undefined, readonly Cause[]]>([
  ['all well', answered, knownAuthorities, []],
  ['known by an address', answered, ['https://localhost:4443'], []],
  ['known in capitals, beside another', answered, ['login.test', 'LOCALHOST:4443'], []],
  [
    'nobody there',
    { kind: 'unreachable', code: 'ECONNREFUSED' },
    knownAuthorities,
    ['unreachable'],
  ],
  ['known without the port', answered, ['localhost'], ['known-without-port']],
  ['known as another host', answered, ['localhost:443', 'login.test'], ['not-known']],
  ['none known', answered, [], ['not-known']],
  [
    'our certificate, untrusted',
    { ...answered, trust: untrusted('SELF_SIGNED_CERT_IN_CHAIN', true) },
    knownAuthorities,
    ['untrusted'],
  ],
  [
    'somebody else’s certificate',
    { ...answered, trust: untrusted('DEPTH_ZERO_SELF_SIGNED_CERT', false) },
    knownAuthorities,
    ['untrusted'],
  ],
  [
    'a certificate for another name',
    { ...answered, trust: untrusted('ERR_TLS_CERT_ALTNAME_INVALID', true) },
    knownAuthorities,
    ['other-name'],
  ],
  [
    'the provider by another name',
    { ...answered, status: 421, issuer: undefined },
    knownAuthorities,
    ['other-name'],
  ],
  [
    'nothing below the path',
    { ...answered, status: 404, issuer: undefined },
    knownAuthorities,
    ['no-metadata'],
  ],
  [
    'an issuer on another host',
    { ...answered, issuer: 'https://login.test:4443/x/v2.0/' },
    knownAuthorities,
    ['foreign-issuer'],
  ],
  [
    'an issuer on the same host and another port',
    { ...answered, issuer: 'https://localhost/x/v2.0/' },
    knownAuthorities,
    ['foreign-issuer'],
  ],
  [
    'an issuer on another host that is known',
    { ...answered, issuer: 'https://login.test:4443/x/v2.0/' },
    [...knownAuthorities, 'login.test:4443'],
    [],
  ],
  [
    'two causes at once',
    { ...answered, trust: untrusted('SELF_SIGNED_CERT_IN_CHAIN', true) },
    ['localhost'],
    ['known-without-port', 'untrusted'],
  ],
])('%s', (_, examined, known, causes) => {
  expect(wrongOnes(ask(examined, known))).toEqual(causes)
})

test('what the application gives MSAL can’t be seen from here: it is said what it has to be', () => {
  const findings = diagnose({ authority, knownAuthorities: undefined, caFile: '' }, answered)
  expect(wrongOnes(findings)).toEqual([])
  expect(findings[0]?.sentence).toContain("knownAuthorities: ['localhost:4443']")
})

test('the sentence on an untrusted certificate says which file to trust', () => {
  const [, finding] = ask({ ...answered, trust: untrusted('SELF_SIGNED_CERT_IN_CHAIN', true) })
  expect(finding?.sentence).toContain('NODE_EXTRA_CA_CERTS=/data/ca.pem')
})

test('plain http is seen without a connection', () => {
  expect(wrongOnes([judgeScheme(new URL('http://localhost:4000/t/p'))])).toEqual(['http'])
  expect(judgeScheme(authority).kind).toBe('well')
})
