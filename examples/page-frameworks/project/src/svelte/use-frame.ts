import type { FrameCallback, FrameOptions } from '@triphase/browser-reactor';
import { onMount } from 'svelte';
import { reactor } from '../reactor.ts';

/** Calls `callback` in each frame while the component is mounted. */
export function useFrame(callback: FrameCallback, options?: FrameOptions): void {
  onMount(() => {
    const handle = reactor.onFrame(callback, options);
    return () => handle.remove();
  });
}
