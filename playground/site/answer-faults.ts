import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { SECOND } from '../../clock/moment.ts'
import type { AnswerFault, FaultMode } from './orders.ts'

/** What clients call: the site's pages, its keys and what administrators do are never disturbed. */
const DISTURBED = /^\/(?:devices|token|refresh|revoke|me(?:\/[^?]*)?)(?:\?|$)/

/** How late a delayed answer is; real time, well within every client's patience. */
const DELAY = 3 * SECOND

/**
 * Faults of the way between the site and its clients, by switch. They stand before the site's own
 * listeners, so that the site itself knows nothing of them.
 */
export class AnswerFaults {
  readonly #modes = new Map<AnswerFault, FaultMode>()
  readonly #met: (fault: AnswerFault) => void

  /** @param met hears that a fault for one request has had it */
  constructor(met: (fault: AnswerFault) => void) {
    this.#met = met
  }

  set(fault: AnswerFault, mode: FaultMode): void {
    this.#modes.set(fault, mode)
  }

  /** Goes in between: what listens to the server's requests now is called by this. */
  stand(server: Server): void {
    const answer = server.listeners('request')
    server.removeAllListeners('request')
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const goOn = () => {
        for (const listener of answer) listener.call(server, request, response)
      }
      if (!DISTURBED.test(request.url ?? '')) return goOn()
      if (this.#take('drop')) return request.socket.destroy()
      if (this.#take('unavailable')) return refuse(response)
      this.#mayLose(response)
      if (this.#take('delay')) return void setTimeout(goOn, DELAY)
      return goOn()
    })
  }

  /** The site does all of its work, and nobody hears that it did. A refusal is heard: nothing was done. */
  #mayLose(response: ServerResponse): void {
    response.end = new Proxy(response.end, {
      apply: (end, self, told) => {
        const lost = response.statusCode < 400 && this.#take('lose_answer')
        if (!lost) return Reflect.apply(end, self, told)
        response.socket?.destroy()
        return response
      },
    })
  }

  #take(fault: AnswerFault): boolean {
    const mode = this.#modes.get(fault) ?? 'off'
    if (mode === 'next') {
      this.#modes.set(fault, 'off')
      this.#met(fault)
    }
    return mode !== 'off'
  }
}

/** As a proxy before a site that is being restarted: no word of ours, and none about the session. */
function refuse(response: ServerResponse): void {
  response.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '1' })
  response.end('The service is unavailable.')
}
