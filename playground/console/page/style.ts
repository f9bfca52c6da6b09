/** What the console adds to the house's stylesheet (`ui/style.ts`). */
export const CONSOLE_STYLE = `
`
