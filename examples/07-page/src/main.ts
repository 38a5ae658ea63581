// A page on a reactor: it keeps its frame rate under load, and each of its page events has three phases.
import { BrowserReactor } from '@triphase/browser-reactor';
import { choose, onChoice } from './controls.ts';
import { element } from './element.ts';
import { Load } from './load.ts';
import { Meter } from './meter.ts';
import { Plots } from './plots.ts';
import { EFFECTS, isPolicy, policyOfAddress, storePolicy, type Policy } from './policy.ts';
import { Stage } from './stage.ts';
import { Timeline } from './timeline.ts';
import { TimelineView } from './timeline-view.ts';
import { Visit } from './visit.ts';

const state = element('#state', HTMLOutputElement);
const effect = element('#policy-effect', HTMLElement);
const play = element('#play', HTMLButtonElement);
const interpolate = element('#interpolate', HTMLInputElement);
const speed = element('#speed', HTMLInputElement);
const speedInWords = element('#speed-in-words', HTMLOutputElement);

const view = new TimelineView(element('#timeline', HTMLElement));
const timeline = new Timeline((entry) => {
  view.show(entry);
  queueMicrotask(() => (state.value = reactor.state)); // After the event, the reactor's state changes.
});
const meter = new Meter();
const plots = new Plots(meter);
const stage = new Stage(!matchMedia('(prefers-reduced-motion: reduce)').matches);
const load = new Load();
const visit = new Visit(() => load.done);

/** Makes a reactor and attaches every part of the page to it. */
function createReactor(whenHidden: Policy): BrowserReactor {
  const reactor = new BrowserReactor({ whenHidden, observer: { ...meter.observer, ...timeline.observer } });
  visit.attach(reactor, (previous) => view.showPast(previous));
  load.attach(reactor, (event, text) => timeline.note(event, text));
  plots.attach(reactor);
  stage.attach(reactor);
  timeline.attach(reactor);
  storePolicy(whenHidden);
  effect.textContent = EFFECTS[whenHidden];
  return reactor;
}

let reactor = createReactor(policyOfAddress());
void reactor.run();

/** Stops the reactor and runs a new one, since a reactor can't change its policy. */
async function changePolicy(policy: Policy): Promise<void> {
  await reactor.stop({ kind: `another policy: ${policy}` });
  reactor = createReactor(policy);
  void reactor.run();
}

let changes = Promise.resolve(); // one change after the other
choose('#policy', policyOfAddress());
onChoice('#policy', (value) => {
  if (isPolicy(value)) changes = changes.then(() => changePolicy(value));
});

choose('#fps', 'all');
onChoice('#fps', (value) => {
  stage.maxFps = value === 'all' ? undefined : Number(value);
});

const setSpeed = (): void => {
  stage.speed = speed.valueAsNumber;
  speedInWords.value = `${speed.valueAsNumber.toFixed(2)} ×`;
};
speed.value = '1';
speed.addEventListener('input', setSpeed);
setSpeed();

choose('#load', '0');
onChoice('#load', (perSecond) => load.set(Number(perSecond)));

const showPlayButton = (): void => {
  play.textContent = stage.isPlaying ? 'Pause' : 'Play';
};
play.addEventListener('click', () => {
  stage.isPlaying = !stage.isPlaying;
  showPlayButton();
});
showPlayButton();

interpolate.addEventListener('change', () => {
  stage.interpolates = interpolate.checked;
});
element('#reload', HTMLButtonElement).addEventListener('click', () => location.reload());
