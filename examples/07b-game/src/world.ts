/** The state of the game. The next state depends only on this one and the input: the rules use no clock and no random numbers. */
export interface World {
  readonly paddle: number;
  readonly ball: { readonly x: number; readonly y: number; readonly dx: number; readonly dy: number };
  readonly caught: number;
  readonly missed: number;
}

/** The player steers to the left, not at all, or to the right. */
export type Input = -1 | 0 | 1;

/** Width of the paddle. The field is 1 wide and 1 high. */
export const PADDLE = 0.2;

/** How far the paddle moves in a step. */
const SPEED = 0.012;

export const firstWorld: World = {
  paddle: 0.5,
  ball: { x: 0.3, y: 0.1, dx: 0.007, dy: 0.009 },
  caught: 0,
  missed: 0,
};

/** The world one step later. */
export function nextWorld({ paddle, ball, caught, missed }: World, input: Input): World {
  const nextPaddle = Math.min(1, Math.max(0, paddle + input * SPEED));
  const [x, y] = [ball.x + ball.dx, ball.y + ball.dy];
  const dx = x < 0 || x > 1 ? -ball.dx : ball.dx;
  if (y < 1) return { paddle: nextPaddle, ball: { x, y, dx, dy: y < 0 ? -ball.dy : ball.dy }, caught, missed };
  const isCaught = Math.abs(x - nextPaddle) <= PADDLE / 2;
  return {
    paddle: nextPaddle,
    ball: { x, y: 1, dx, dy: -ball.dy },
    caught: caught + (isCaught ? 1 : 0),
    missed: missed + (isCaught ? 0 : 1),
  };
}
