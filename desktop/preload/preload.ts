import { exposeToPage, mainProcess } from '../electron/bridge.ts'
import { desktopApi } from '../ipc/call.ts'

exposeToPage('latchkey', desktopApi(mainProcess))
