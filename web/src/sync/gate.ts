/**
 * Holds back what the server sends while letters are being composed: by an input method, an accent key, or the keyboard of a
 * telephone, which composes every word. Text that others change beside such letters would end the composition and double them.
 */

/** A composition that lasts longer lets the others' words through. */
export const holdMsMax = 8_000;
/** The editor takes the last letters a moment after the composition has ended. */
export const afterMs = 150;

export class Gate {
  private readonly waiting: (() => void)[] = [];
  private timer: ReturnType<typeof setTimeout> | null = null;
  private closed = false;

  /** Tells that letters are being composed, or not any more. */
  compose(composing: boolean): void {
    if (!composing && !this.closed) return;
    if (this.timer) clearTimeout(this.timer);
    this.closed = true;
    this.timer = setTimeout(() => this.open(), composing ? holdMsMax : afterMs);
  }

  /** Runs it now, or in its turn once the gate is open. */
  pass(act: () => void): void {
    if (this.closed) this.waiting.push(act);
    else act();
  }

  private open(): void {
    this.timer = null;
    this.closed = false;
    for (const act of this.waiting.splice(0)) act();
  }
}
