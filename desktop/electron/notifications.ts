import { Notification } from 'electron'
import type { Notify } from '../main/ports.ts'

/** @param clicked the person wants to see it */
export const electronNotify =
  (clicked: () => void): Notify =>
  ({ title, body }) => {
    if (!Notification.isSupported()) return
    const notification = new Notification({ title, body })
    notification.on('click', clicked)
    notification.show()
  }
