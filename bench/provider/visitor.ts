import { Agent, request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly location: string | undefined
  readonly body: string
}

/** A browser as far as a sign-in needs one: a connection that stays open, and the cookies of one origin. */
export class Visitor {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #cookies = new Map<string, string>()

  forget(): void {
    this.#cookies.clear()
  }

  close(): void {
    this.#agent.destroy()
  }

  /** Goes there, and on as long as it is sent on within the same origin. */
  async go(url: string, form?: URLSearchParams): Promise<Answer & { readonly url: string }> {
    const answer = await this.ask(url, form)
    if (answer.location === undefined) return { ...answer, url }
    const next = new URL(answer.location, url)
    if (next.origin !== new URL(url).origin) return { ...answer, url: next.href }
    return this.go(next.href)
  }

  ask(url: string, form?: URLSearchParams): Promise<Answer> {
    const body = form?.toString()
    const headers = {
      cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      ...(body !== undefined && {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': body.length,
      }),
    }
    const method = body === undefined ? 'GET' : 'POST'
    return new Promise((resolve, reject) => {
      const asked = request(url, { method, headers, agent: this.#agent }, (response) => {
        const chunks: Buffer[] = []
        for (const cookie of response.headers['set-cookie'] ?? []) this.#keep(cookie)
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location,
            body: Buffer.concat(chunks).toString(),
          }),
        )
      })
      asked.on('error', reject)
      asked.end(body)
    })
  }

  #keep(cookie: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
    if (value === '') this.#cookies.delete(name)
    else this.#cookies.set(name, value)
  }
}
