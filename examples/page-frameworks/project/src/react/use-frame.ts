import type { FrameCallback, FrameOptions } from '@triphase/browser-reactor';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { reactor } from '../reactor.ts';

/** Calls the latest `callback` in each frame while the component is mounted, with the options of its first render. */
export function useFrame(callback: FrameCallback, options?: FrameOptions): void {
  const latest = useRef(callback);
  useLayoutEffect(() => {
    latest.current = callback;
  });
  useEffect(() => {
    const handle = reactor.onFrame((frame) => latest.current(frame), options);
    return () => void handle.remove();
  }, []);
}
