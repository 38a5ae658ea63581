// A page on a reactor: it keeps its frame rate under load, and its page events have three phases.
import { BrowserReactor } from '@triphase/browser-reactor';
import { choose, onChoice } from './controls.ts';
import { element } from './element.ts';
import { Load } from './load.ts';
import { Meter } from './meter.ts';
import { Plots } from './plots.ts';
import { isPolicy, policyOfAddress, settle, type Policy } from './policy.ts';
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
  queueMicrotask(() => (state.value = reactor.state)); // The event comes first, then the state that it leads to.
});
const meter = new Meter();
const plots = new Plots(meter);
const stage = new Stage(!matchMedia('(prefers-reduced-motion: reduce)').matches);
const load = new Load();
const visit = new Visit(() => load.ran);

/** The whole page on one reactor, until that is stopped. */
function reactorOfPage(whenHidden: Policy): BrowserReactor {
  const reactor = new BrowserReactor({ whenHidden, observer: { ...meter.observer, ...timeline.observer } });
  visit.attach(reactor, (previous) => view.showPast(previous));
  load.attach(reactor, (event, words) => timeline.note(event, words));
  plots.attach(reactor);
  stage.attach(reactor);
  timeline.attach(reactor);
  effect.textContent = settle(whenHidden);
  return reactor;
}

let reactor = reactorOfPage(policyOfAddress());
void reactor.run();

/** A reactor has one policy: for another policy this one is stopped, and a new one runs. */
async function changePolicy(policy: Policy): Promise<void> {
  await reactor.stop({ kind: `another policy: ${policy}` });
  reactor = reactorOfPage(policy);
  void reactor.run();
}

let changes = Promise.resolve();
choose('#policy', policyOfAddress());
onChoice('#policy', (word) => {
  if (isPolicy(word)) changes = changes.then(() => changePolicy(word));
});

choose('#fps', 'all');
onChoice('#fps', (word) => {
  stage.maxFps = word === 'all' ? undefined : Number(word);
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

const showPlay = (): void => {
  play.textContent = stage.plays ? 'Pause' : 'Play';
};
play.addEventListener('click', () => {
  stage.plays = !stage.plays;
  showPlay();
});
showPlay();

interpolate.addEventListener('change', () => {
  stage.interpolates = interpolate.checked;
});
element('#reload', HTMLButtonElement).addEventListener('click', () => location.reload());
