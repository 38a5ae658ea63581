// A reactor over any loop needs one method: it requests a turn from the loop, and returns a function that cancels the request.
import { ReactorBase } from '@triphase/core';
import { GameLoop } from './game-loop.ts';

const game = new GameLoop();

class GameReactor extends ReactorBase {
  protected override requestTurn(turn: () => void): () => void {
    return game.onNextFrame(turn);
  }
}

const reactor = new GameReactor();

reactor.on('startup', () => game.start());
reactor.on('shutdown', { during: () => console.log('the game is saved'), after: () => game.stop() });

reactor.callSoon(() => {
  const firstFrame = game.frame;
  console.log('a call of this frame');
  reactor.callSoon(() => {
    console.log(`what it queued runs ${game.frame - firstFrame} frame later`);
    return reactor.stop();
  });
});

const result = await reactor.run();
console.log(`game over: ${result.reason.kind}`);
