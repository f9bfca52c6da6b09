import type { Log } from '../../../client/ports.ts'
import { nameOf } from '../../../client/site.ts'
import type { Clock } from '../../../clock/clock.ts'
import { toSeconds } from '../../../clock/moment.ts'
import { readProof } from '../../../protocol/purge-proof.ts'
import type { Demonstration as Shown } from '../../ipc/view.ts'
import type { EmbeddedProvider } from './provider.ts'

/** How a window was led. */
export interface Visit {
  /** Where the provider sent it with its answer; `undefined` when it never did. */
  readonly answer: string | undefined
  /** Whether a page of the provider's was drawn, and so somebody was asked. */
  readonly asked: boolean
}

/** A window inside the app, with cookies of its own: what is warned of. */
export interface EmbeddedBrowser {
  /** @param silent nobody sees it, and it ends by itself */
  visit(url: string, silent: boolean): Promise<Visit>
  /** Removes all that it holds, the cookies one by one; counts them, and those that are still there. */
  purge(): Promise<{ readonly removed: number; readonly left: number }>
}

export interface DemonstrationParts {
  readonly provider: Pick<EmbeddedProvider, 'ask'>
  readonly browser: EmbeddedBrowser
  readonly clock: Clock
  readonly log: Log
  readonly changed: () => void
}

/**
 * The way of the text that all this began with, to be looked at: sign in inside the app, be signed in
 * unasked the next time, purge, and prove it. Knows nothing of the app's own sign-in, and holds no
 * token: whom the provider named is all that is kept, until the demonstration is left.
 */
export class Demonstration {
  readonly #parts: DemonstrationParts
  #shown: Shown | undefined
  /** Until it holds, what is removed may be of a sign-in that began since. */
  #emptied: Promise<unknown> = Promise.resolve()

  constructor(parts: DemonstrationParts) {
    this.#parts = parts
  }

  /** What the window shows of it; `undefined` while it is not open. */
  get shown(): Shown | undefined {
    return this.#shown
  }

  /** Begins with nothing, whatever an earlier run left behind. */
  async open(): Promise<void> {
    if (this.#shown) return
    this.#show({ busy: false, happened: [] })
    await this.#do(async () => {
      await this.#emptied
      await this.#parts.browser.purge()
      return undefined
    })
  }

  /** By a window inside the app, asking for no prompt: the provider may take whomever it knows. */
  async signIn(): Promise<void> {
    await this.#do(async () => {
      const question = await this.#parts.provider.ask()
      const { answer, asked } = await this.#parts.browser.visit(question.url, false)
      // The person closed it.
      if (answer === undefined) return undefined
      return { step: 'sign_in', name: await question.redeem(answer), asked }
    })
  }

  /** Removes what the window holds, and has the provider say in silence whether that was all. */
  async purge(): Promise<void> {
    await this.#do(async () => {
      const { provider, browser, clock } = this.#parts
      const { removed, left } = await browser.purge()
      const question = await provider.ask('none')
      const { answer } = await browser.visit(question.url, true)
      const word = answer === undefined ? 'nothing' : question.word(answer)
      const { outcome, answer: said } = readProof(word, toSeconds(clock.now()))
      return { step: 'purge', removed, left, outcome, answer: said }
    })
  }

  /** Leaves nothing behind. */
  async leave(): Promise<void> {
    if (!this.#shown || this.#shown.busy) return
    this.#show(undefined)
    const purged = this.#parts.browser.purge()
    this.#emptied = purged.catch(() => {
      // Whoever left hears of it; who opens it again has it purged once more.
    })
    await purged
  }

  async #do(step: () => Promise<Shown['happened'][number] | undefined>): Promise<void> {
    const before = this.#shown
    if (!before || before.busy) return
    this.#show({ busy: true, happened: before.happened })
    try {
      const came = await step()
      this.#show({ busy: false, happened: came ? [...before.happened, came] : before.happened })
    } catch (error) {
      this.#parts.log('warn', 'demonstration_failed', { error: nameOf(error) })
      this.#show({ busy: false, happened: before.happened, failed: true })
    }
  }

  #show(shown: Shown | undefined): void {
    this.#shown = shown
    this.#parts.changed()
  }
}
