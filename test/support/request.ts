import { request } from 'node:http'
import type { RawAnswer } from './raw.ts'

export interface Sent {
  readonly method?: string
  readonly path: string
  /** A list of values sends the header as often. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Buffer
}

/** One request without anything that a friendly client would add, follow or forbid. */
export function send(url: string, { method = 'GET', path, headers = {}, body }: Sent) {
  const { hostname, port } = new URL(url)
  return new Promise<RawAnswer>((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        method,
        path,
        agent: false,
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [
            name,
            typeof value === 'string' ? value : [...value],
          ]),
        ),
      },
      async (answer) => {
        const chunks: Buffer[] = []
        try {
          for await (const chunk of answer) chunks.push(chunk as Buffer)
        } catch (error) {
          reject(error)
        }
        resolve({
          status: answer.statusCode ?? 0,
          headers: Object.fromEntries(
            Object.entries(answer.headersDistinct).map(([name, values]) => [
              name,
              values?.join(', ') ?? '',
            ]),
          ),
          body: Buffer.concat(chunks).toString('utf8'),
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

export const FORM = 'application/x-www-form-urlencoded'
