import type { Examined } from './examine.ts'

type Answered = Extract<Examined, { kind: 'answered' }>

/** Why MSAL can't use an authority. All but the first are `endpoints_resolution_error` to it. */
export type Cause =
  | 'http'
  | 'unreachable'
  | 'untrusted'
  | 'other-name'
  | 'no-metadata'
  | 'foreign-issuer'
  | 'not-known'
  | 'known-without-port'

/** The sentence says what was found, and what to do. */
export type Finding =
  | { readonly kind: 'well'; readonly sentence: string }
  /** It can't be seen from here. */
  | { readonly kind: 'open'; readonly sentence: string }
  | { readonly kind: 'wrong'; readonly cause: Cause; readonly sentence: string }

const well = (sentence: string): Finding => ({ kind: 'well', sentence })
const wrong = (cause: Cause, sentence: string): Finding => ({ kind: 'wrong', cause, sentence })

export interface Question {
  readonly authority: URL
  /** What the application gives MSAL; `undefined` when that was not told. */
  readonly knownAuthorities: readonly string[] | undefined
  /** Where the certificate of the provider's authority is. */
  readonly caFile: string
}

/** The first thing that MSAL asks, and the only one that can be told without a connection. */
export const judgeScheme = (authority: URL): Finding =>
  authority.protocol === 'https:'
    ? well('The authority begins with https:.')
    : wrong(
        'http',
        'The authority begins with http:, which MSAL refuses even for localhost (authority_uri_insecure). Start the provider by npm run provider -- --https, and give MSAL the https address that it prints.',
      )

/** Goes through what MSAL asks, in MSAL's order. */
export function diagnose(question: Question, examined: Examined): readonly Finding[] {
  const known = judgeKnown(question)
  if (examined.kind === 'unreachable') return [known, unreachable(question.authority, examined)]
  return [known, judgeTrust(question, examined), judgeMetadata(question, examined)]
}

function judgeKnown({ authority, knownAuthorities }: Question): Finding {
  const { host, hostname } = authority
  const entry = `knownAuthorities: ['${host}']`
  if (knownAuthorities === undefined) {
    return {
      kind: 'open',
      sentence: `MSAL has to be given ${entry}, with the port, or it asks Microsoft about the address. Say what yours gets with --known-authorities, and this is checked, too.`,
    }
  }
  const hosts = knownAuthorities.map(hostOf)
  if (hosts.includes(host)) return well(`MSAL is given ${entry}.`)
  if (hosts.includes(hostname)) {
    return wrong(
      'known-without-port',
      `knownAuthorities names ${hostname} without its port, which is another host to MSAL. Give it ${entry}.`,
    )
  }
  return wrong(
    'not-known',
    `knownAuthorities doesn't name ${host}, so MSAL asks Microsoft about it, who doesn't know it. Give MSAL ${entry}.`,
  )
}

/** MSAL takes both, an address and a bare host. */
const hostOf = (known: string): string =>
  URL.canParse(known) && known.includes('://') ? new URL(known).host : known.toLowerCase()

const unreachable = ({ host }: URL, { code }: { readonly code: string }): Finding =>
  wrong(
    'unreachable',
    `Nobody answers by https at ${host} (${code}). Start the provider there by npm run provider -- --https, or correct the host and the port of the authority.`,
  )

function judgeTrust({ authority, caFile }: Question, { trust }: Answered): Finding {
  const { host } = authority
  if (trust.kind === 'trusted') return well('The certificate is trusted by this process.')
  if (trust.code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return wrong('other-name', otherName(authority))
  }
  if (trust.ours) {
    return wrong(
      'untrusted',
      `The certificate is the provider's, and this process doesn't trust it (${trust.code}). Set NODE_EXTRA_CA_CERTS=${caFile} before your program starts; npm run provider -- print-env says how, and what browsers need.`,
    )
  }
  return wrong(
    'untrusted',
    `The certificate of ${host} is not trusted by this process (${trust.code}), and the authority in ${caFile} didn't sign it. Set PROVIDER_DATA to the folder of the provider that runs there, and ask again.`,
  )
}

function judgeMetadata(
  { authority, knownAuthorities = [] }: Question,
  { status, issuer }: Answered,
): Finding {
  if (status === MISDIRECTED) return wrong('other-name', otherName(authority))
  if (issuer === undefined) {
    return wrong(
      'no-metadata',
      `There is no metadata below ${authority.href} (status ${status}): correct its path, which is tenant and policy, like /latchkey.onmicrosoft.com/B2C_1_signupsignin.`,
    )
  }
  const { host, protocol } = new URL(issuer)
  if (host === authority.host && protocol === authority.protocol) {
    return well(`The issuer is on the same host: ${issuer}`)
  }
  if (protocol === 'https:' && knownAuthorities.map(hostOf).includes(host)) {
    return well(`The issuer is on another host, which knownAuthorities names: ${issuer}`)
  }
  return wrong(
    'foreign-issuer',
    `The issuer is on another host than the authority: ${issuer}. Give MSAL '${host}' among its knownAuthorities, too, or use the authority on that host.`,
  )
}

/** What the provider answers under a name that is not its own (RFC 9110 §15.5.20). */
const MISDIRECTED = 421

const otherName = ({ host }: URL): string =>
  `The server at ${host} goes by another name. Use the address that the provider prints, or set its name by PROVIDER_HOST.`
