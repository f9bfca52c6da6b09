import { durationInWords } from '../../clock/duration.ts'
import { type Moment, toIso } from '../../clock/moment.ts'
import { type Ahead, type Band, type Lane, MARKS, type Mark, type Timeline } from './layout.ts'

/** The timeline as text, for test output and for people without a screen: a block for each device. */
export function timelineText({ now, lanes, services, others }: Timeline): string {
  const blocks = [
    ...lanes.map(laneText),
    strip('Services', services),
    strip('People, plans, clock and faults', others),
  ].filter((block) => block !== '')
  const nothing = blocks.length === 0 ? ['Nothing has happened yet.'] : []
  return `Now ${said(now)}\n\n${[...nothing, ...blocks].join('\n\n')}\n`

  function laneText({ device, platform, person, bands }: Lane): string {
    return [`${device} (${platform}), ${person}`, ...bands.map(bandText)].join('\n')
  }

  function bandText({ session, client, marks, ahead, ending }: Band): string {
    return [
      `  session ${session}, ${client}${ending ? `: ${ending.reason}` : ': lives'}`,
      ...marks.map(markText),
      ...(ahead ? aheadText(ahead) : []),
    ].join('\n')
  }

  function aheadText({ hour, window, absolute }: Ahead): readonly string[] {
    const next = Math.min(window, absolute)
    return [
      `    ┄ ${said(hour)}  ${hour > now ? 'a request after this refreshes first' : 'the next request refreshes first'}`,
      `    ┄ ${said(window)}  idle_expired unless it is used before${next === window ? `, ${distance(window)}` : ''}`,
      `    ┃ ${said(absolute)}  absolute_expired, ${distance(absolute)}`,
    ]
  }

  function distance(at: Moment): string {
    return at > now ? `in ${durationInWords(at - now)}` : 'any moment now'
  }
}

const strip = (name: string, marks: readonly Mark[]): string =>
  marks.length === 0 ? '' : [name, ...marks.map(markText)].join('\n')

const markText = ({ at, kind, says }: Mark): string => `    ${MARKS[kind]} ${said(at)}  ${says}`

const said = (at: Moment): string => toIso(at).replace('T', ' ').slice(0, 16)
