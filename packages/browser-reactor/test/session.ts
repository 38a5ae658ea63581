import type { FrameGiver } from '@triphase/browser-reactor';

/** A source of frames, such as a WebXR session. The test runs its frames by `frame()`. */
export class Session extends EventTarget implements FrameGiver {
  readonly callbacks: Map<number, (time: number, native?: unknown) => void> = new Map();
  readonly listeners: string[] = [];
  requested = 0;
  isOver = false;
  closed = false;

  requestAnimationFrame(callback: (time: number, native?: unknown) => void): number {
    if (this.isOver) return 0;
    this.callbacks.set(++this.requested, callback);
    return this.requested;
  }

  cancelAnimationFrame(handle: number): void {
    this.callbacks.delete(handle);
  }

  frame(time: number, native?: unknown): void {
    for (const [handle, callback] of [...this.callbacks]) {
      this.callbacks.delete(handle);
      callback(time, native);
    }
  }

  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    this.listeners.push(args[0]);
    super.addEventListener(...args);
  }

  override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
    this.listeners.splice(this.listeners.indexOf(args[0]), 1);
    super.removeEventListener(...args);
  }

  end(type: string): void {
    this.isOver = true;
    this.callbacks.clear();
    this.dispatchEvent(new Event(type));
  }
}
