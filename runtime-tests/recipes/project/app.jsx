import { useState } from 'react';
import { useFrame, useReactor } from './use-reactor.ts';

const EDITION = 'edition 0';

export function App() {
  const reactor = useReactor();
  const [frames, setFrames] = useState(0);
  // If the first callback were called again and again, the number would stay 1.
  useFrame(reactor, () => setFrames(frames + 1));
  return (
    <output>
      {EDITION}, {frames} frames
    </output>
  );
}
