import { useState } from 'react';
import { useFrame } from './use-frame.ts';

function Counter() {
  const [frames, setFrames] = useState(0);
  useFrame(() => setFrames(frames + 1));
  return <output>{frames} frames</output>;
}

export function App() {
  const [isShown, setShown] = useState(true);
  return (
    <>
      <button onClick={() => setShown(!isShown)}>{isShown ? 'Hide' : 'Show'}</button>
      {isShown && <Counter />}
    </>
  );
}
