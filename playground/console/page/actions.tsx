import { type ComponentChildren, createContext, type JSX } from 'preact'
import { useContext, useRef, useState } from 'preact/hooks'
import { PlaygroundClient } from '../../client.ts'

/** Does something by the console's own calls, and shows what it was refused for. */
export type Do = (act: (playground: PlaygroundClient) => Promise<unknown>) => Promise<void>

export const Doing = createContext<{ readonly act: Do; readonly busy: boolean }>({
  act: async () => {},
  busy: false,
})

export const useDoing = () => useContext(Doing)

/**
 * One act at a time: the clock stops for nobody's second press.
 *
 * @param through what looks on
 */
export function useActs(through: (client: PlaygroundClient) => PlaygroundClient): {
  act: Do
  busy: boolean
  refusal: string | undefined
} {
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<string>()
  const act: Do = async (does) => {
    setBusy(true)
    setRefusal(undefined)
    try {
      await does(through(new PlaygroundClient(location.origin)))
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error))
    } finally {
      setBusy(false)
    }
  }
  return { act, busy, refusal }
}

type Act = (playground: PlaygroundClient) => Promise<unknown>

/** A button that does one thing. */
export function Press(props: {
  readonly does: Act
  readonly class?: string
  /** To what, for screen readers, where the same words stand on many buttons. */
  readonly of?: string | undefined
  readonly children: ComponentChildren
}): JSX.Element {
  const { act, busy } = useDoing()
  return (
    <button
      type="button"
      class={props.class ?? 'quiet'}
      // Not `disabled`: whoever is at it by keyboard would lose their place.
      aria-disabled={busy}
      onClick={() => busy || void act(props.does)}
    >
      {props.children}
      <Of what={props.of} />
    </button>
  )
}

/** A button that asks before it does what can't be undone. */
export function AskFirst(props: {
  readonly does: Act
  readonly of?: string | undefined
  readonly question: string
  readonly children: ComponentChildren
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const { act } = useDoing()
  const close = () => dialog.current?.close()
  return (
    <>
      <button type="button" class="quiet" onClick={() => dialog.current?.showModal()}>
        {props.children}
        <Of what={props.of} />
      </button>
      <dialog ref={dialog} aria-label={props.question}>
        <p>{props.question}</p>
        <div class="row">
          <button
            type="button"
            class="button"
            onClick={() => {
              close()
              void act(props.does)
            }}
          >
            Yes, do it
          </button>
          {/* biome-ignore lint/a11y/noAutofocus: of a dialog that warns, the harmless answer (WAI-ARIA APG) */}
          <button type="button" class="quiet" autoFocus onClick={close}>
            Leave it
          </button>
        </div>
      </dialog>
    </>
  )
}

const Of = ({ what }: { readonly what: string | undefined }) =>
  what === undefined ? null : <span class="unseen">({what})</span>
