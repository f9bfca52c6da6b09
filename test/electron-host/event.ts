/** What Electron hands to listeners that may say no. */
export class HostedEvent {
  defaultPrevented = false

  preventDefault(): void {
    this.defaultPrevented = true
  }
}
