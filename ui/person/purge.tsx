import type { ComponentChildren, JSX } from 'preact'
import { fromSeconds, type Moment } from '../../clock/moment.ts'
import type { PurgeOutcome, PurgeProof } from '../../protocol/purge-proof.ts'
import { Notice, type Tone } from '../notice.tsx'
import { Time } from '../time.tsx'

const WORDS = {
  proven: { tone: 'good', title: 'Your provider will ask for the password again' },
  sticky: { tone: 'warn', title: 'Your provider may sign someone in without asking' },
  unknown: { tone: 'warn', title: 'We could not check your provider’s session' },
} as const satisfies Record<PurgeOutcome, { readonly tone: Tone; readonly title: string }>

/** Whether the provider still knows somebody after a sign-in. */
export function Purge({
  outcome,
  children,
}: {
  readonly outcome: PurgeOutcome
  /** How that was found out. */
  readonly children: ComponentChildren
}): JSX.Element {
  return (
    <Notice {...WORDS[outcome]}>
      <p class="secondary">{children}</p>
    </Notice>
  )
}

/** The site's own proof, as it is recorded with the session. */
export function PurgeProven({
  proof,
  now,
}: {
  readonly proof: PurgeProof | null
  readonly now: Moment
}): JSX.Element {
  if (!proof) return <Purge outcome="unknown">No proof came with this sign-in.</Purge>
  return (
    <Purge outcome={proof.outcome}>
      After your sign-in we ended its session in your browser and asked it: it said{' '}
      <code>{proof.answer}</code>, <Time at={fromSeconds(proof.at)} now={now} />.
    </Purge>
  )
}
