import { messageOf } from '../ground/describe-thrown.ts';
import { dispose } from '../ground/host.ts';
import { printable } from '../ground/printable.ts';
import { whenSettled } from '../ground/thenable.ts';
import type { ReactorState } from '../life/state.ts';
import { lifeOf } from './service-life.ts';
import type { ServiceNode } from './service-node.ts';
import { serviceSettings } from './service-settings.ts';
import { statusOf } from './service-status.ts';
import type { Service, ServiceHost } from './service.ts';

/**
 * How long a service may take to answer, and how long its answer is used for other calls of `health()`. Both are counted from the moment it
 * was asked. Milliseconds.
 */
const LIMIT_MS = 1_000;

/** The health of a program (C61). */
export interface AppHealth {
  /** The reactor is in a run whose shutdown deadline hasn't passed, and which wasn't escalated. */
  readonly live: boolean;
  /** The reactor is running, and each service that affects readiness is up. */
  readonly ready: boolean;
  /** The state of the reactor. */
  readonly state: ReactorState;
  /** In the order of `use()`. */
  readonly services: readonly ServiceHealth[];
}

/** The health of one service (C61). */
export interface ServiceHealth {
  /** The name of the service. */
  readonly name: string;
  /** `idle`, `starting`, `started`, `failed`, `stopping` or `stopped`. */
  readonly state: string;
  /** What its `status()` returns: `3 requests`, or `restarting in 1.2 s (2 of 5)`. */
  readonly status: string | undefined;
  /** What its `health()` answers while it is started. Without `health()` it is up while it is started. Otherwise it is down. */
  readonly health: 'up' | 'down';
  /** The detail that `health()` has answered, or why there is no answer. It may be an error message: not for everybody's eyes. */
  readonly detail: string | undefined;
  /** How often it was started, counting the start under way. A service that doesn't count its starts has 1. */
  readonly attempts: number;
  /** Milliseconds since it got its state. */
  readonly age: number;
  /** The program isn't ready while this service is down. */
  readonly affectsReadiness: boolean;
}

type Verdict = Pick<ServiceHealth, 'health' | 'detail'>;

/** By service: a map from reactors would keep them alive (C43). */
const questions: WeakMap<Service, Question> = new WeakMap();

/**
 * Asks the services for their health (C61). Only those that are started are asked. A service that throws, rejects, or doesn't answer within
 * one second of the reactor's clock is down. An answer is shared for one second, counted from the question; a service whose
 * `health()` is still pending isn't asked again. Never rejects for what a service does. Rejects with `TypeError` if `app` isn't a reactor.
 *
 * @example
 * const { ready, services } = await health(app);
 */
export async function health(app: ServiceHost): Promise<AppHealth> {
  const { services: graph, shutdown } = lifeOf(app).events;
  const services = await Promise.all(graph.nodes.map((node) => healthOf(app, node)));
  const { state } = app; // it may have changed in the meantime
  const isLive = state !== 'idle' && state !== 'stopped' && shutdown.firing?.isAborted !== true;
  const isReady = state === 'running' && services.every((each) => each.health === 'up' || !each.affectsReadiness);
  return { live: isLive, ready: isReady, state, services };
}

async function healthOf(app: ServiceHost, node: ServiceNode): Promise<ServiceHealth> {
  const { service, name } = node;
  const verdict = node.shownState === 'started' ? await verdictOf(app, node) : down(undefined);
  const state = node.shownState;
  return {
    name,
    state,
    status: statusOf(service),
    ...(state === 'started' ? verdict : down(verdict.detail)),
    attempts: state === 'idle' ? 0 : (serviceSettings.get(service)?.attempts?.() ?? 1),
    age: app.now() - node.since,
    affectsReadiness: node.affectsReadiness,
  };
}

/** The answer to the last question, if that still counts, or to a new one. */
function verdictOf(app: ServiceHost, node: ServiceNode): Promise<Verdict> {
  const { service } = node;
  const last = questions.get(service);
  if (last !== undefined && (!last.isSettled || app.now() - last.askedAt < LIMIT_MS)) return last.verdict;
  const question = new Question(app, node);
  questions.set(service, question); // before it is asked: it may ask for the health of the whole program
  question.ask();
  return question.verdict;
}

/** One question to a service. */
class Question {
  /** When it was asked, on the reactor's clock. */
  readonly askedAt: number;
  readonly verdict: Promise<Verdict>;
  /** `health()` has settled, perhaps after the limit. */
  isSettled = false;
  readonly #app: ServiceHost;
  readonly #node: ServiceNode;
  #resolve: (verdict: Verdict) => void = () => undefined;
  #limit: Disposable | undefined;

  constructor(app: ServiceHost, node: ServiceNode) {
    this.#app = app;
    this.#node = node;
    this.askedAt = app.now();
    this.verdict = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  ask(): void {
    const failed = (error: unknown): void => {
      this.#settle(down(messageOf(error)));
    };
    const answered = (answer: unknown): void => {
      this.#settle(verdictFrom(answer));
    };
    try {
      const { health: own, service } = this.#node;
      const answer: unknown = own === undefined ? 'up' : own.call(service);
      if (whenSettled(answer, answered, failed) === undefined) answered(answer);
      else this.#setLimit();
    } catch (error) {
      failed(error);
    }
  }

  #setLimit(): void {
    const end = (why: string) => (): void => {
      this.#resolve(down(why));
    };
    this.#limit = this.#app.callLater(LIMIT_MS, end(`no answer within ${String(LIMIT_MS)} ms`), {
      name: `health of ${this.#node.name}`,
      onDrop: end('the run has ended before its answer'),
    });
  }

  #settle(verdict: Verdict): void {
    this.isSettled = true;
    this.#resolve(verdict);
    this.#limit?.[dispose]();
  }
}

/** What `health()` has answered. Each property is read once. */
function verdictFrom(answer: unknown): Verdict {
  try {
    if (answer === 'up' || answer === 'down') return { health: answer, detail: undefined };
    const { status, detail } = Object(answer) as { readonly status?: unknown; readonly detail?: unknown }; // as: whatever it answers
    if (status === 'up' || status === 'down')
      return { health: status, detail: detail === undefined ? undefined : printable(detail) };
  } catch (error) {
    return down(messageOf(error));
  }
  return down("health() gave another answer than 'up', 'down' or { status, detail }");
}

function down(detail: string | undefined): Verdict {
  return { health: 'down', detail };
}
