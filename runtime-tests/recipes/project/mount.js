import './watch.js';
import { createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.jsx';

const root = createRoot(document.querySelector('#root'));
root.render(createElement(StrictMode, null, createElement(App)));
globalThis.unmount = () => root.unmount();
