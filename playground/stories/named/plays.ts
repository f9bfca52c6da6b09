import { LatchkeyError } from '../../../protocol/errors.ts'
import type { Reason } from '../../../protocol/reasons.ts'
import { PlaygroundClient } from '../../client.ts'
import { prove } from '../prove.ts'
import { presentCopied } from '../thief.ts'
import { type DeviceAddresses, type EngineDevice, engineDevice } from './device.ts'
import { type StoryName, storyDevice } from './names.ts'

/** Whose stories they are: somebody with one account, so that nobody has to choose. */
const EMAIL = 'alice@example.test'

interface Stage {
  readonly addresses: DeviceAddresses
  readonly client: PlaygroundClient
  /** A device that its person has just signed in on. */
  readonly device: EngineDevice
}

type Play = (stage: Stage) => Promise<void>

/**
 * Plays a story with a device of its own against the playground as it stands, for people to watch on the
 * timeline. What a story switched, it switches back.
 *
 * @throws LatchkeyError with the promise that did not hold
 */
export async function playStory(name: StoryName, addresses: DeviceAddresses): Promise<void> {
  const device = await engineDevice(addresses, storyDevice(name), EMAIL)
  try {
    const { kind } = await device.engine.signIn()
    prove(kind === 'ok', `${EMAIL} may sign in`)
    await PLAYS[name]({ addresses, device, client: new PlaygroundClient(addresses.console) })
  } catch (error) {
    if (error instanceof LatchkeyError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new LatchkeyError('invalid_request', `The story ${name} broke: ${why}.`)
  } finally {
    device.end()
  }
}

const PLAYS = {
  idle: async ({ client: { clock }, device }) => {
    for (let day = 1; day <= 3; day++) {
      await clock.advance('1d')
      await goesOn(device)
    }
    await clock.advance('14d')
    await hasEnded(device, 'idle_expired')
  },
  absolute: async ({ client: { clock }, device }) => {
    for (let day = 9; day < 180; day += 9) {
      await clock.advance('9d')
      await goesOn(device)
    }
    await clock.advance('9d')
    await hasEnded(device, 'absolute_expired')
  },
  lost_answer: async ({ client: { clock, faults }, device }) => {
    await clock.advance('61min')
    await faults.set('lose_answer', 'next')
    const { kind } = await device.hello()
    prove(kind === 'retry_later', 'a lost answer signs nobody out')
    await clock.advance('3h')
    await goesOn(device)
  },
  theft: async ({ addresses, device, client: { clock } }) => {
    await clock.advance('61min')
    const { reason } = await presentCopied(addresses.idp, device.copiedToken())
    prove(reason === 'device_mismatch', 'a thief’s key opens nothing')
    await hasEnded(device, 'device_mismatch')
  },
  disable: async ({ client: { clock, people }, device }) => {
    const { id } = await people.named(EMAIL)
    await people.disable(id)
    try {
      await clock.advance('61min')
      await hasEnded(device, 'logins_disabled')
    } finally {
      await people.enable(id)
    }
  },
  reset: async ({ client: { clock, people }, device }) => {
    await people.resetPassword((await people.named(EMAIL)).id)
    await clock.advance('61min')
    await hasEnded(device, 'password_reset')
  },
  plan_change: async ({ client: { clock, people, accounts }, device }) => {
    const [account] = (await people.named(EMAIL)).accounts
    prove(account !== undefined, `${EMAIL} has an account`)
    const { plan } = await accounts
      .pay(account.id, account.plan === 'pro' ? 'team' : 'pro')
      .then(({ subscription }) => subscription)
    await clock.advance('61min')
    await goesOn(device)
    const me = await device.engine.me()
    prove(me.kind === 'ok' && me.me.subscription.plan === plan, 'the refresh carries the new plan')
  },
  service_down: async ({ client: { clock, people, parties, sessions, deliveries }, device }) => {
    await parties.down('service')
    try {
      const live = (await people.named(EMAIL)).sessions.at(-1)
      await sessions.end(live?.id ?? '')
      await clock.advance('1min')
    } finally {
      await parties.up('service')
    }
    await clock.advance('1h')
    const told = (await deliveries.all()).find(({ event }) => event === 'session.ended')
    prove(told?.state === 'delivered', 'the service is told once it is back')
    await hasEnded(device, 'signed_out_elsewhere')
  },
} as const satisfies Record<StoryName, Play>

async function goesOn(device: EngineDevice): Promise<void> {
  const { kind } = await device.hello()
  prove(kind === 'ok', `the session goes on (${kind})`)
}

async function hasEnded(device: EngineDevice, reason: Reason): Promise<void> {
  const outcome = await device.hello()
  prove(
    outcome.kind === 'ended' && outcome.ended?.reason === reason,
    `the session has ended: ${reason}`,
  )
}
