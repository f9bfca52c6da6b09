import { Menu, type MenuItemConstructorOptions } from 'electron'

/** @param demonstrate shows the embedded sign-in, where there is a provider to show it with */
export function setMenu(demonstrate: (() => void) | undefined): void {
  const developer: MenuItemConstructorOptions = {
    label: 'Developer',
    submenu: [{ label: 'Show the embedded sign-in…', click: () => demonstrate?.() }],
  }
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
      { role: 'fileMenu' },
      // On macOS copying and pasting by keyboard is the menu's business.
      { role: 'editMenu' },
      { role: 'windowMenu' },
      ...(demonstrate ? [developer] : []),
    ]),
  )
}
