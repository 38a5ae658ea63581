import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { reactor } from '../reactor.ts';
import { App } from './app.jsx';

const root = createRoot(document.querySelector('#app'));
root.render(
  <StrictMode>
    <App />
  </StrictMode>,
);
void reactor.run();

export const unmount = () => root.unmount();
