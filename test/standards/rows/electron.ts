import type { Row } from '../row.ts'

const BUILT = 'desktop/built-app.test.ts'
const NO_BUNDLE = 'no bundle of the app'
const COMMANDS = 'desktop/ipc/commands.test.ts'
const DECISIONS = 'desktop/main/small-decisions.test.ts'
const PACKAGING = 'desktop/package/packaging.test.ts'
const HOSTILE = 'e2e/desktop/hostile.test.ts'
const EMBEDDED = 'e2e/desktop/embedded.test.ts'
const FAULTS = 'e2e/desktop/faults.test.ts'
const CONFORMANCE = 'e2e/desktop/conformance.test.ts'

/**
 * Electron's checklist in its order, as the desktop app holds it. A window's switches are held twice: none is in the
 * shipped text, and our host has no window with one. What is in force on Electron itself is
 * asked where `DESKTOP_RUNTIME=electron` is.
 */
export const ELECTRON = [
  {
    id: 'electron-1',
    standard: 'Electron security',
    section: '1',
    requirement:
      'Only secure content is loaded: the page from app://, all else by https or from this machine, every certificate checked.',
    who: 'client',
    tests: {
      [DECISIONS]: [
        'LATCHKEY_SITE is https, or on this machine',
        'LATCHKEY_SERVICES is https, or on this machine',
        'LATCHKEY_EMBEDDED_ISSUER is https, or on this machine',
        'the page’s files and nothing else',
      ],
      [BUILT]: [`${NO_BUNDLE} > passes over a certificate`],
    },
  },
  {
    id: 'electron-2',
    standard: 'Electron security',
    section: '2',
    requirement: 'No page has Node, least of all the provider’s in the demonstration.',
    who: 'client',
    tests: {
      [BUILT]: [`${NO_BUNDLE} > lets a page have Node`],
      [HOSTILE]: ['the page has the commands, frozen, and nothing of Electron or Node'],
      [EMBEDDED]: ['the page in that window has nothing of the app’s'],
    },
  },
  {
    id: 'electron-3',
    standard: 'Electron security',
    section: '3',
    requirement: 'The preload has a world of its own, which the page can’t reach into.',
    who: 'client',
    tests: {
      [BUILT]: [`${NO_BUNDLE} > shares a world with its page`],
      [CONFORMANCE]: ['what the preload exposes is frozen, by value, and can’t be replaced'],
    },
  },
  {
    id: 'electron-4',
    standard: 'Electron security',
    section: '4',
    requirement: 'Every page and every preload is sandboxed.',
    who: 'client',
    tests: {
      [BUILT]: [`${NO_BUNDLE} > switches the sandbox off`],
      [FAULTS]: ['a window without a sandbox: found'],
      [CONFORMANCE]: ['a sandboxed preload may require Electron and nothing of Node'],
    },
  },
  {
    id: 'electron-5',
    standard: 'Electron security',
    section: '5',
    requirement: 'What a page asks the person for is answered by the app: no.',
    who: 'client',
    tests: {
      [HOSTILE]: ['its page comes from the app’s own scheme, is granted nothing'],
      [FAULTS]: ['the page is granted what it asks for: found'],
      [CONFORMANCE]: ['a page is granted what it asks for, unless its session says no'],
    },
  },
  {
    id: 'electron-6',
    standard: 'Electron security',
    section: '6',
    requirement: 'Web security stays on.',
    who: 'client',
    tests: {
      [BUILT]: [
        `${NO_BUNDLE} > switches web security off`,
        `${NO_BUNDLE} > changes Chromium’s switches`,
      ],
      [CONFORMANCE]: ['the host has no window with webSecurity'],
    },
  },
  {
    id: 'electron-7',
    standard: 'Electron security',
    section: '7',
    requirement: 'The page has a policy, by header, that allows its own script and style alone.',
    who: 'client',
    tests: {
      [DECISIONS]: ['the page’s files and nothing else'],
      [HOSTILE]: ['the page’s policy: no script of others, no eval, no request'],
      [BUILT]: [`${NO_BUNDLE} > makes code of text`],
    },
  },
  {
    id: 'electron-8',
    standard: 'Electron security',
    section: '8',
    requirement: 'No insecure content within secure content.',
    who: 'client',
    tests: {
      [BUILT]: [`${NO_BUNDLE} > runs insecure content`],
      [CONFORMANCE]: ['the host has no window with allowRunningInsecureContent'],
    },
  },
  {
    id: 'electron-9',
    standard: 'Electron security',
    section: '9',
    requirement: 'None of Chromium’s experiments are switched on.',
    who: 'client',
    tests: {
      [BUILT]: [`${NO_BUNDLE} > tries experiments`],
      [CONFORMANCE]: ['the host has no window with experimentalFeatures'],
    },
  },
  {
    id: 'electron-10',
    standard: 'Electron security',
    section: '10',
    requirement: 'None of Blink’s features are switched on by name.',
    who: 'client',
    tests: {
      [BUILT]: [`${NO_BUNDLE} > tries experiments`],
      [CONFORMANCE]: ['the host has no window with enableBlinkFeatures'],
    },
  },
  {
    id: 'electron-11',
    standard: 'Electron security',
    section: '11',
    requirement: 'No web view may open windows: there is none.',
    who: 'client',
    tests: {
      [BUILT]: [`${NO_BUNDLE} > has web views`],
      [CONFORMANCE]: ['the host has no window with webviewTag'],
    },
  },
  {
    id: 'electron-12',
    standard: 'Electron security',
    section: '12',
    requirement:
      'A web view that is put into a page all the same is refused, whatever its options.',
    who: 'client',
    tests: {
      [HOSTILE]: ['its page comes from the app’s own scheme, is granted nothing, and no web view'],
    },
  },
  {
    id: 'electron-13',
    standard: 'Electron security',
    section: '13',
    requirement: 'The page goes nowhere; the demonstration’s stays with its provider.',
    who: 'client',
    tests: {
      [HOSTILE]: ['popups and other addresses: refused'],
      [EMBEDDED]: ['the page in that window has nothing of the app’s, and can’t lead it elsewhere'],
      [FAULTS]: ['the page may go elsewhere: found'],
    },
  },
  {
    id: 'electron-14',
    standard: 'Electron security',
    section: '14',
    requirement: 'No page opens a window.',
    who: 'client',
    tests: {
      [HOSTILE]: ['popups and other addresses: refused'],
      [FAULTS]: ['windows of pages are allowed: found'],
      [CONFORMANCE]: ['a window that is denied never asks its server'],
    },
  },
  {
    id: 'electron-15',
    standard: 'Electron security',
    section: '15',
    requirement:
      'Only our site’s addresses leave for the system browser, from one place; the page can name none.',
    who: 'client',
    tests: {
      [DECISIONS]: ['javascript:alert(1) may leave the app: false', 'http://site.test/signin?x=1'],
      [BUILT]: ['the browser is opened in one place'],
      [COMMANDS]: ['signIn with ["by force"] is refused at the main process’s end'],
    },
  },
  {
    id: 'electron-16',
    standard: 'Electron security',
    section: '16',
    requirement:
      'Electron is pinned exactly, and the one that is typed against is the one that is packed.',
    who: 'client',
    tests: {
      [BUILT]: ['one Electron, pinned exactly'],
      [PACKAGING]: ['it is packed with the Electron that it is tested with'],
    },
  },
  {
    id: 'electron-17',
    standard: 'Electron security',
    section: '17',
    requirement: 'Each message is checked for who sent it.',
    who: 'client',
    tests: {
      [COMMANDS]: ['another origin'],
      [HOSTILE]: ['a foreign page with our preload is refused whatever it asks'],
      [FAULTS]: ['the sender is not checked: found'],
    },
  },
  {
    id: 'electron-18',
    standard: 'Electron security',
    section: '18',
    requirement: 'Pages come from a scheme of the app’s own, never from file://.',
    who: 'client',
    tests: {
      [BUILT]: [`${NO_BUNDLE} > loads a page from a file`],
      [HOSTILE]: ['its page comes from the app’s own scheme'],
      [DECISIONS]: ['the page’s files and nothing else'],
    },
  },
  {
    id: 'electron-19',
    standard: 'Electron security',
    section: '19',
    requirement: 'Every fuse is stated, and none is left on that would open the app.',
    who: 'client',
    tests: {
      [PACKAGING]: ['every fuse is stated'],
    },
  },
  {
    id: 'electron-20',
    standard: 'Electron security',
    section: '20',
    requirement: 'The page is given commands, each checked, and nothing of Electron’s own.',
    who: 'client',
    tests: {
      [HOSTILE]: ['the page has the commands, frozen, and nothing of Electron or Node'],
      [BUILT]: [
        'the browser is opened in one place, and the page is given one object',
        `${NO_BUNDLE} > reaches from the page into main`,
        'renderer/renderer.js loads at run time, besides Node’s own: []',
      ],
      [FAULTS]: ['the page is given the runtime’s channel: found'],
    },
  },
] as const satisfies readonly Row[]
