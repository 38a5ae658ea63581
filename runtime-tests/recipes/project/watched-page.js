import './watch.js';
import './page.ts';
