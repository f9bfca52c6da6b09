import type { ComponentChildren, VNode } from 'preact'
import { REFUSALS, type Refusal } from '../journeys/refusal.ts'
import { SCRIPT } from './script.ts'

/** What B2C tells its page's script, and with it everyone who reads the page by machine. */
export interface PageSettings {
  /** Which of the two kinds of page it is, and the last step's address. */
  readonly api: 'CombinedSigninAndSignup' | 'SelfAsserted'
  readonly csrf: string
  readonly transId: string
  /** Of this showing of the page, for the diagnostics that clients send back. */
  readonly pageViewId: string
  readonly locale: { readonly lang: string }
  readonly hosts: {
    /** What stands before the page's requests: tenant and policy. */
    readonly tenant: string
    readonly policy: string
  }
}

/**
 * B2C's page contract: everything within `#api`, and the variable `SETTINGS` for the script.
 * Without a script the same forms are simply posted.
 */
export const Contract = (props: {
  settings: PageSettings
  nonce: string
  children: ComponentChildren
}): VNode => (
  <>
    <div id="api" data-name={NAMES[props.settings.api]} role="presentation">
      {props.children}
    </div>
    {/* Escaped for a script, not for HTML: `<` could end it. */}
    <script
      nonce={props.nonce}
      dangerouslySetInnerHTML={{
        __html: `var SETTINGS = ${JSON.stringify(props.settings).replaceAll('<', '\\u003c')};`,
      }}
    />
    <script nonce={props.nonce} dangerouslySetInnerHTML={{ __html: SCRIPT }} />
  </>
)

const NAMES = {
  CombinedSigninAndSignup: 'Unified',
  SelfAsserted: 'SelfAsserted',
} as const satisfies Record<PageSettings['api'], string>

type MessageElement = (typeof REFUSALS)[Refusal]['element']

/** Says why it can't go on; the script shows it by the code, a page without one has it shown. */
export const Message = (props: {
  element: MessageElement
  refusal: Refusal | undefined
  /** The page's own, over everything it asks for. */
  pageLevel?: boolean
}): VNode => {
  const said = props.refusal !== undefined && REFUSALS[props.refusal].element === props.element
  return (
    <div
      id={props.element}
      class={props.pageLevel ? 'error pageLevel' : 'error'}
      role="alert"
      tabIndex={-1}
      data-codes={codesOf(props.element)}
      aria-hidden={!said}
      hidden={!said}
      autofocus={said}
    >
      {said && props.refusal !== undefined ? REFUSALS[props.refusal].message : ''}
    </div>
  )
}

const codesOf = (element: MessageElement): string =>
  Object.entries(REFUSALS)
    .filter(([, refusal]) => refusal.element === element)
    .map(([code]) => code)
    .join(' ')
