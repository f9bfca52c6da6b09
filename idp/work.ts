import { type DueMoment, DueRunner, type DueWork } from '../clock/due.ts'
import { siteDueWork } from './due.ts'
import { Courier, type CourierOptions } from './services/courier.ts'
import type { Site } from './site.ts'

/**
 * Everything that the site does by itself: what is due in its store, and the deliveries, each at its own
 * pace, for neither shall wait for a service that is slow.
 */
export class SiteWork {
  readonly #runner: DueRunner
  readonly #courier: Courier

  constructor(site: Site, options: CourierOptions) {
    this.#courier = new Courier(site, options)
    const { next, run } = siteDueWork(site)
    const work: DueWork = {
      next,
      run: async (now) => {
        const done = await run(now)
        // What has just ended is to be told.
        if (done.length > 0) this.#courier.poke()
        return done
      },
    }
    this.#runner = new DueRunner(site.clock, work, options.failed)
  }

  async next(): Promise<DueMoment | undefined> {
    const both = [await this.#runner.next(), await this.#courier.next()]
    return both.flatMap((moment) => moment ?? []).sort((a, b) => a.at - b.at)[0]
  }

  /** Does everything that is due now. Deliveries last: the sweeps have just written some. */
  async run(): Promise<readonly DueMoment[]> {
    const done = [...(await this.#runner.run()), ...(await this.#courier.run())]
    return done.sort((a, b) => a.at - b.at)
  }

  poke(): void {
    this.#runner.poke()
    this.#courier.poke()
  }

  async stop(): Promise<void> {
    await Promise.all([this.#runner.stop(), this.#courier.stop()])
  }
}
