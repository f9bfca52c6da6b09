/** The stories that the console plays, each with what it shows. */
export const STORIES = {
  idle: 'Used for three days, then fourteen quiet ones: idle_expired.',
  absolute: 'Used every nine days for half a year, and signed out all the same: absolute_expired.',
  lost_answer: 'The answer of a refresh is lost, and given again three hours later.',
  theft: 'A copied token comes with another key: device_mismatch, for this device alone.',
  disable: 'Logins are switched off: every session ends.',
  reset: 'The password is reset: every session ends.',
  plan_change: 'Another plan: nothing ends, the next refresh carries it.',
  service_down: 'A session ends while the service is down: it is told when it is back.',
} as const

/** What the device of a story is called. */
export const storyDevice = (name: StoryName): string => `Story ${name.replace('_', ' ')}`

export type StoryName = keyof typeof STORIES

export const STORY_NAMES = Object.keys(STORIES) as StoryName[]
