import type { FrameCallback, FrameOptions, PageHandle } from '@triphase/browser-reactor';
import { onActivated, onDeactivated, onMounted, onUnmounted } from 'vue';
import { reactor } from '../reactor.ts';

/** Calls `callback` in each frame while the component is mounted, but not while `<KeepAlive>` keeps it. */
export function useFrame(callback: FrameCallback, options?: FrameOptions): void {
  let handle: PageHandle | undefined;
  const start = (): void => void (handle ??= reactor.onFrame(callback, options));
  const end = (): void => {
    handle?.remove();
    handle = undefined;
  };
  onMounted(start);
  onActivated(start);
  onDeactivated(end);
  onUnmounted(end);
}
