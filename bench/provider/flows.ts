import { createHash, randomBytes } from 'node:crypto'
import * as v from 'valibot'
import { DEFAULT_PASSWORD } from '../../mock-provider/defaults.ts'
import { WrongAnswer } from '../load.ts'
import { APPLICATION, type Contender } from './contender.ts'
import type { Answer, Visitor } from './visitor.ts'

/** Of a person in the default configuration. */
const EMAIL = 'alice@example.test'

const Tokens = v.object({
  token_type: v.literal('Bearer'),
  access_token: v.pipe(v.string(), v.regex(/^[\w-]+\.[\w-]+\.[\w-]+$/)),
  id_token: v.pipe(v.string(), v.regex(/^[\w-]+\.[\w-]+\.[\w-]+$/)),
})

/** One login. @returns the ID token that it brought. */
export type Flow = (contender: Contender, visitor: Visitor) => Promise<string>

/** Authorization code with PKCE for a browser that is known: no page is shown. */
export const silently: Flow = async (contender, visitor) => {
  const begun = begin(contender)
  return redeem(contender, visitor, begun, (await visitor.go(begun.url)).url)
}

/** The same for one that isn't: the sign-in page, and the password. */
export const byPassword: Flow = async (contender, visitor) => {
  visitor.forget()
  const begun = begin(contender)
  const page = await visitor.go(begun.url)
  const csrf_token = /name="csrf_token" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
  const typed = new URLSearchParams({ csrf_token, email: EMAIL, password: DEFAULT_PASSWORD })
  return redeem(contender, visitor, begun, (await visitor.go(page.url, typed)).url)
}

interface Begun {
  readonly url: string
  readonly verifier: string
  readonly state: string
}

function begin({ metadata }: Contender): Begun {
  const verifier = randomBytes(32).toString('base64url')
  const state = randomBytes(16).toString('base64url')
  const query = new URLSearchParams({
    client_id: APPLICATION.clientId,
    redirect_uri: APPLICATION.redirectUri,
    response_type: 'code',
    scope: APPLICATION.scope,
    state,
    nonce: state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  return { url: `${metadata.authorization_endpoint}?${query}`, verifier, state }
}

/** @throws WrongAnswer when there is no code, or it isn't good for tokens: nobody is fast by failing. */
async function redeem(
  { name, metadata }: Contender,
  visitor: Visitor,
  { verifier, state }: Begun,
  callback: string,
): Promise<string> {
  const answer = new URL(callback).searchParams
  const code = answer.get('code')
  if (code === null || answer.get('state') !== state) {
    throw new WrongAnswer(`${name} answered a right sign-in without a code.`)
  }
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: APPLICATION.clientId,
    client_secret: APPLICATION.clientSecret,
    redirect_uri: APPLICATION.redirectUri,
    code,
    code_verifier: verifier,
  })
  return tokenIn(name, await visitor.ask(metadata.token_endpoint, form))
}

function tokenIn(name: string, { status, body }: Answer): string {
  const tokens = v.safeParse(Tokens, status === 200 ? JSON.parse(body) : undefined)
  if (!tokens.success) throw new WrongAnswer(`${name} gave no tokens for a right code (${status}).`)
  return tokens.output.id_token
}
