// A game on a page: the arrow keys steer, S is slow motion, P pauses, R replays the game so far, N begins a new one.
import { BrowserReactor } from '@triphase/browser-reactor';
import { Game, type Draw, type Recording } from './game.ts';
import { PADDLE } from './world.ts';

const canvas = document.querySelector('canvas');
const context = canvas?.getContext('2d');
const score = document.querySelector('output');
if (!canvas || !context || !score) throw new TypeError('the page needs a canvas and an output');
const { width, height } = canvas;
context.fillStyle = getComputedStyle(canvas).color;

const draw: Draw = (last, { ball, paddle, caught, missed }, alpha) => {
  const between = (from: number, to: number): number => from + (to - from) * alpha;
  context.clearRect(0, 0, width, height);
  context.fillRect((between(last.paddle, paddle) - PADDLE / 2) * width, height - 8, PADDLE * width, 8);
  context.beginPath();
  context.arc(between(last.ball.x, ball.x) * width, between(last.ball.y, ball.y) * (height - 20) + 6, 6, 0, 7);
  context.fill();
  score.value = `${String(caught)} caught, ${String(missed)} missed`;
};

const reactor = new BrowserReactor();
const game = new Game(reactor, draw);
let isPaused = false;

const restart = (replay?: Recording): void => {
  isPaused = false;
  game.restart(replay);
};

const keys: Readonly<Record<string, () => void>> = {
  ArrowLeft: () => (game.input = -1),
  ArrowRight: () => (game.input = 1),
  s: () => (game.clock.rate = game.clock.rate === 1 ? 0.25 : 1),
  p: () => {
    isPaused = !isPaused;
    if (isPaused) game.clock.pause();
    else game.clock.resume();
  },
  r: () => restart(game.recording),
  n: () => restart(),
};
addEventListener('keydown', ({ key, repeat }) => {
  if (!repeat) keys[key]?.();
});
addEventListener('keyup', ({ key }) => {
  if (key.startsWith('Arrow')) game.input = 0;
});
reactor.on('hidden', () => (isPaused = true));
await reactor.run();
