/** Makes the tickers of Pixi and of its application a global, for the tests. */
import { Application, Ticker } from 'pixi.js';

const { init } = Application.prototype;
Application.prototype.init = function (...args) {
  Object.assign(globalThis, { tickers: () => [Ticker.system, Ticker.shared, this.ticker] });
  return init.apply(this, args);
};
