import { describe, expect, it } from '@jest/globals';
import { manualPage, type ManualPage } from '@triphase/testing/page';
import { STEP, Game, type Recording } from '../src/game.ts';
import { firstWorld, nextWorld, type World } from '../src/world.ts';

/** A game on a page in virtual time. Its first frame, which has no step, is over. */
async function gameOn(hz: number): Promise<{ game: Game; page: ManualPage; drawn: number[] }> {
  const page = manualPage({ hz });
  const drawn: number[] = [];
  const game = new Game(page.reactor, (_last, _world, alpha) => drawn.push(alpha));
  await page.start();
  await page.advance(1000 / hz);
  return { game, page, drawn };
}

/** Plays for 21 s of virtual time, with a pause, slow motion, and two seconds in which the page is hidden. */
async function play(): Promise<{ recording: Recording; world: World }> {
  const { game, page } = await gameOn(60);
  for (let n = 0; n < 20; n++) {
    game.input = ([-1, 1, 0, 1] as const)[n % 4]!;
    if (n === 5) game.clock.pause();
    if (n === 7) game.clock.resume();
    if (n === 9) game.clock.rate = 0.25;
    if (n === 12) game.clock.rate = 1;
    if (n === 15) page.hide();
    await page.advance(1_000);
    if (n === 16) {
      page.show();
      await page.advance(1_000);
      game.clock.resume();
    }
  }
  await page.finish();
  return { recording: game.recording, world: game.world };
}

describe('the game', () => {
  it('takes sixty steps a second', async () => {
    const { game, page } = await gameOn(60);
    await page.advance(10_000);
    expect(game.recording.length).toBe(600);
    await page.finish();
  });

  it('takes no step and draws nothing while it is paused', async () => {
    const { game, page, drawn } = await gameOn(60);
    game.clock.pause();
    await page.advance(STEP); // the frame in which it was paused ends
    const atPause = { steps: game.recording.length, drawn: drawn.length };
    await page.advance(60_000);
    expect({ steps: game.recording.length, drawn: drawn.length }).toEqual(atPause);
    game.clock.resume();
    await page.advance(1_000);
    expect(game.recording.length).toBeGreaterThan(atPause.steps + 50);
    await page.finish();
  });

  it('takes a quarter of the steps in slow motion, and draws frames between two steps', async () => {
    const { game, page, drawn } = await gameOn(60);
    game.clock.rate = 0.25;
    await page.advance(4_000);
    expect(game.recording.length).toBe(60);
    expect(new Set(drawn.slice(2).map((alpha) => alpha.toFixed(2)))).toEqual(new Set(['0.00', '0.25', '0.50', '0.75']));
    await page.finish();
  });

  it('pauses when its page is hidden, until the player resumes it', async () => {
    const { game, page } = await gameOn(60);
    page.hide();
    await page.advance(60_000);
    page.show();
    await page.advance(60_000);
    expect(game.recording.length).toBeLessThan(2);
    game.clock.resume();
    await page.advance(1_000);
    expect(game.recording.length).toBeGreaterThan(50);
    await page.finish();
  });

  it.each([{ hz: 30 }, { hz: 60 }, { hz: 75 }, { hz: 144 }])(
    'replays each step on a screen of $hz Hz and ends in the same world',
    async ({ hz }) => {
      const { recording, world } = await play();
      expect(new Set(recording)).toEqual(new Set([-1, 0, 1]));
      const { game, page } = await gameOn(hz);
      game.restart(recording);
      await page.advance((recording.length * STEP) / 2);
      const half = game.recording.length;
      expect(game.world).toEqual(recording.slice(0, half).reduce(nextWorld, firstWorld));
      expect(half).toBeGreaterThan(recording.length / 3);
      await page.advance(recording.length * STEP);
      expect({ recording: game.recording, world: game.world }).toEqual({ recording, world });
      await page.advance(10_000); // it has paused at the end of the recording
      expect(game.world).toEqual(world);
      await page.finish();
    },
  );
});
