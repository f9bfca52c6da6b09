/** Bundles the console's page into `folder`: `console-page.js`. */
export function buildConsole(folder: string): Promise<void>
