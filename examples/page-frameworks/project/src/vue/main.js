import { createApp } from 'vue';
import { reactor } from '../reactor.ts';
import App from './app.vue';

const app = createApp(App);
app.mount('#app');
void reactor.run();

export const unmount = () => app.unmount();
