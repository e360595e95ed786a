/** Counts what the node has answered. */
export class Metrics {
  sessionsOpen = 0;
  sessionsPeak = 0;
  readonly errors = { parsing: 0, request_payload_too_large: 0, request_header_too_large: 0 };

  sessionOpened(): void {
    this.sessionsOpen += 1;
    this.sessionsPeak = Math.max(this.sessionsPeak, this.sessionsOpen);
  }

  sessionClosed(): void {
    this.sessionsOpen -= 1;
  }
}
