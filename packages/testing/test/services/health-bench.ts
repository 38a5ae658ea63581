import type { AppHealth, Service } from '@triphase/core';
import { ManualReactor } from '@triphase/testing';

export const startup = { during: (): void => undefined };

export const ignore = (): void => undefined;

export const never = (): Promise<never> => new Promise(() => undefined);

/** A running reactor with one service. */
export async function running(service: Partial<Service>): Promise<ManualReactor> {
  const app = new ManualReactor();
  app.use({ name: 'db', startup, ...service });
  await app.start();
  return app;
}

export const first = ({ services }: AppHealth) => services[0];
