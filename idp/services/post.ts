import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { systemCode } from '../store/errors.ts'

/** What is sent in one attempt, whichever format the endpoint asks for. */
export interface Message {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface PostAnswer {
  readonly status: number
  readonly retryAfter: string | undefined
  /** The beginning of the body; only errors of a known form are looked for in it, and none is kept. */
  readonly beginning: string
}

export interface PostOptions {
  readonly agent: http.Agent
  /** Ends the attempt: it took too long, or the site stops. */
  readonly signal: AbortSignal
}

/** Bytes of an answer that are read; what comes after them is of no interest. */
const ENOUGH = 4_096

/**
 * Posts a message by Node's own client, which follows no redirect: one could lead the event anywhere
 * (notes/standards.md W-8).
 *
 * @throws when there was no answer
 */
export async function post(url: URL, message: Message, options: PostOptions): Promise<PostAnswer> {
  try {
    return await postOnce(url, message, options)
  } catch (error) {
    // The other side let go of an idle connection while this was on its way: that says nothing of it.
    if (!(error instanceof StaleConnection)) throw error
    return postOnce(url, message, options)
  }
}

class StaleConnection extends Error {}

/** Whether nothing was sent because nobody whom Node trusts vouches for the other side being who it should. */
export const isDistrust = (error: unknown): boolean =>
  /(^|_)CERT(_|$)|^UNABLE_TO_VERIFY_LEAF_SIGNATURE$/.test(systemCode(error) ?? '')

function postOnce(
  url: URL,
  { headers, body }: Message,
  { agent, signal }: PostOptions,
): Promise<PostAnswer> {
  return new Promise((resolve, reject) => {
    const { request } = url.protocol === 'https:' ? https : http
    const sent = request(url, {
      method: 'POST',
      agent,
      signal,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    })
    sent.once('response', (answer) => {
      readBeginning(answer).then(
        (beginning) =>
          resolve({
            status: answer.statusCode ?? 0,
            retryAfter: answer.headers['retry-after'],
            beginning,
          }),
        reject,
      )
    })
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const stale = sent.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(error.code ?? '')
      reject(stale ? new StaleConnection() : error)
    })
    sent.end(body)
  })
}

/** The status has arrived and counts, whatever becomes of the rest. */
async function readBeginning(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      size += chunk.length
      // Leaving the loop destroys the connection: nobody is to fill it for ever.
      if (size >= ENOUGH) break
    }
  } catch {
    // Cut off.
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, ENOUGH)
}
