import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Me } from '../../protocol/me.ts'
import { BriefLook, later } from '../brief-look.ts'

export interface DetailsProps {
  readonly me: Me | undefined
  /** More of them, each a `<dt>` with its `<dd>`. */
  readonly children: ComponentChildren
}

/**
 * What a developer asks for. The ids are no secrets, but whoever has them can ask others about this person:
 * they are shown on request, and hidden again after a while and when the person turns to something else.
 */
export function Details({ me, children }: DetailsProps): JSX.Element {
  const [shown, setShown] = useState(false)
  const look = useMemo(() => new BriefLook(later, setShown), [])
  useEffect(() => {
    const hide = () => look.hide()
    addEventListener('blur', hide)
    return () => {
      removeEventListener('blur', hide)
      hide()
    }
  }, [look])
  return (
    <details onToggle={({ currentTarget }) => currentTarget.open || look.hide()}>
      <summary>Details</summary>
      <dl>
        {me && (
          <>
            <dt>Session</dt>
            <dd>
              <Id of={me.session} shown={shown} />
            </dd>
            <dt>User</dt>
            <dd>
              <Id of={me.user} shown={shown} />
            </dd>
          </>
        )}
        {children}
      </dl>
      {me && (
        <button type="button" onClick={() => (shown ? look.hide() : look.show())}>
          {shown ? 'Hide the ids' : 'Show the ids'}
        </button>
      )}
    </details>
  )
}

/** Hidden, it is not in the page at all. */
const Id = ({ of, shown }: { readonly of: { readonly id: string }; readonly shown: boolean }) =>
  shown ? <code>{of.id}</code> : <>hidden</>
