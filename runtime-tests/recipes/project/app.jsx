import { useState } from 'react';
import { useFrame, useReactor } from './use-reactor.ts';

const EDITION = 'edition 0';

export function App() {
  const reactor = useReactor();
  const [frames, setFrames] = useState(0);
  // An old callback would set the same number again and again.
  useFrame(reactor, () => setFrames(frames + 1));
  return (
    <output>
      {EDITION}, {frames} frames
    </output>
  );
}
