import type { ComponentChildren, JSX } from 'preact'
import { type Duration, SECOND } from '../clock/moment.ts'
import { ClockBadge } from './clock-badge.tsx'
import { STYLE } from './style.ts'

export interface PageProps {
  /** What the page is about; the house's name is added. */
  readonly title: string
  /** BCP 47. */
  readonly lang?: string
  /** Whose page it is, said in the top line. */
  readonly house?: string
  /** How far the clock is ahead; a quiet badge says so when it is. */
  readonly ahead?: Duration | undefined
  /** For tables; text keeps its reading width all the same. */
  readonly wide?: boolean
  /** Seconds after which the page asks for itself again, or goes to `to`. */
  readonly refresh?: { readonly after: Duration; readonly to?: string } | undefined
  readonly foot?: ComponentChildren
  readonly children: ComponentChildren
}

/**
 * The shell of every page that a server renders: works without a script, and under the policy of
 * `ui/respond.ts`, which allows this stylesheet by its hash and nothing else.
 */
export function Page(props: PageProps): JSX.Element {
  const { title, lang = 'en', house = 'Latchkey', refresh } = props
  return (
    <html lang={lang}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        {refresh && (
          <meta
            http-equiv="refresh"
            content={`${refresh.after / SECOND}${refresh.to === undefined ? '' : `; url=${refresh.to}`}`}
          />
        )}
        <title>{title === house ? title : `${title} – ${house}`}</title>
        <style>{STYLE}</style>
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <header class={props.wide ? 'top wide' : 'top'}>
          <span class="name">{house}</span>
          <ClockBadge ahead={props.ahead} />
        </header>
        <main id="main" class={props.wide ? 'wide' : undefined}>
          {props.children}
        </main>
        {props.foot && <footer class="foot">{props.foot}</footer>}
      </body>
    </html>
  )
}
