import { mount, unmount as unmountComponent } from 'svelte';
import { reactor } from '../reactor.ts';
import App from './app.svelte';

const app = mount(App, { target: document.querySelector('#app') });
void reactor.run();

export const unmount = () => unmountComponent(app);
