import type { ComponentChildren, JSX } from 'preact'

export type Tone = 'good' | 'warn' | 'bad'

const SHAPES = { good: '✓', warn: '!', bad: '✕' } as const satisfies Record<Tone, string>

export interface NoticeProps {
  readonly tone: Tone
  /** The word that goes with colour and shape: never colour alone (notes/screens.md). */
  readonly title: string
  readonly children?: ComponentChildren
}

export function Notice({ tone, title, children }: NoticeProps): JSX.Element {
  return (
    <section class={`notice ${tone}`}>
      <p class="word">
        <span aria-hidden="true">{SHAPES[tone]}</span> {title}
      </p>
      {children}
    </section>
  )
}
