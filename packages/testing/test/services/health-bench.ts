import type { AppHealth, Service } from '@triphase/core';
import { ManualReactor } from '@triphase/testing';

/** The startup functions of a service. */
export const startup = { during: (): void => undefined };

/** A function that does nothing. */
export const ignore = (): void => undefined;

/** Returns a promise that never settles. */
export const never = (): Promise<never> => new Promise(() => undefined);

/** A running reactor with one service. */
export async function running(service: Partial<Service>): Promise<ManualReactor> {
  const app = new ManualReactor();
  app.use({ name: 'db', startup, ...service });
  await app.start();
  return app;
}

/** The answer for the first service. */
export const first = ({ services }: AppHealth) => services[0];
