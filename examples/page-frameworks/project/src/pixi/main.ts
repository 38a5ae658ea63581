import { Application, Graphics, Ticker } from 'pixi.js';
import { reactor } from '../reactor.ts';

for (const ticker of [Ticker.system, Ticker.shared]) {
  ticker.autoStart = false;
  ticker.stop();
}
const app = new Application();
await app.init({ width: 400, height: 300, autoStart: false });
document.body.append(app.canvas);
const square = app.stage.addChild(new Graphics().rect(-50, -50, 100, 100).fill('tomato'));
square.position.set(200, 150);
app.ticker.add(({ deltaMS }) => (square.rotation += deltaMS / 1_000));

let time = 0;
reactor.onFrame(({ delta }) => {
  time += delta;
  for (const ticker of [Ticker.system, Ticker.shared, app.ticker]) ticker.update(time);
});
await reactor.run();
