/** A worker without a library, as the documentation of Node and PM2 shows it: it closes on SIGINT, and when its primary disconnects it. */
import { createApp, port } from './answer.mjs';

const server = createApp();
server.listen(port, () => process.send?.('ready'));
const end = () => server.close(() => process.exit(0));
process.once('SIGINT', end);
process.once('disconnect', end);
