import type { X509Certificate } from 'node:crypto'
import { request } from 'node:https'
import type { TLSSocket } from 'node:tls'
import * as v from 'valibot'

/** What was found at an authority. */
export type Examined =
  /** No connection came about; `code` as Node calls the reason. */
  | { readonly kind: 'unreachable'; readonly code: string }
  | {
      readonly kind: 'answered'
      readonly trust: Trust
      readonly status: number
      /** `iss` of its metadata; `undefined` when none is served there. */
      readonly issuer: string | undefined
    }

/** What a process with this one's environment thinks of the certificate. */
export type Trust =
  | { readonly kind: 'trusted' }
  | {
      readonly kind: 'untrusted'
      /** As OpenSSL calls the reason. */
      readonly code: string
      /** Whether the provider's own authority signed it. */
      readonly ours: boolean
    }

const PATIENCE = 10_000
const LARGEST = 64 * 1024

const Metadata = v.object({ issuer: v.string() })

/**
 * Asks an authority for its metadata as MSAL does, except that a certificate that is not trusted ends
 * nothing: nothing secret is sent, and what comes is believed by nobody.
 *
 * @param own - the certificate of the provider's authority, as far as there is one.
 */
export function examine(authority: URL, own: X509Certificate | undefined): Promise<Examined> {
  return new Promise((resolve) => {
    const asked = request(
      `${authority.href.replace(/\/$/, '')}/v2.0/.well-known/openid-configuration`,
      { rejectUnauthorized: false, agent: false, timeout: PATIENCE },
      async (response) => {
        const trust = judge(response.socket as TLSSocket, own)
        const text = await read(response).catch(() => '')
        resolve({
          kind: 'answered',
          trust,
          status: response.statusCode ?? 0,
          issuer: issuerIn(text),
        })
      },
    )
    asked.on('timeout', () => asked.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })))
    asked.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ kind: 'unreachable', code: error.code ?? error.message }),
    )
    asked.end()
  })
}

function judge(socket: TLSSocket, own: X509Certificate | undefined): Trust {
  if (socket.authorized) return { kind: 'trusted' }
  const certificate = socket.getPeerX509Certificate()
  return {
    kind: 'untrusted',
    code: codeOf(socket.authorizationError),
    ours: (own !== undefined && certificate?.verify(own.publicKey)) ?? false,
  }
}

/** Node gives a code, though its types promise an error, which it gives for another name. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)

async function read(response: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response) {
    length += chunk.length
    if (length > LARGEST) break
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function issuerIn(text: string): string | undefined {
  try {
    const { issuer } = v.parse(Metadata, JSON.parse(text))
    return URL.canParse(issuer) ? issuer : undefined
  } catch {
    return undefined
  }
}
