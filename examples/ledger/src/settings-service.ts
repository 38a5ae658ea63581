import type { Phases, Service } from '@triphase/core';
import { readSettings } from './settings.ts';
import type { Settings } from './settings.ts';

/** The settings, checked before anything is opened. */
export class SettingsService implements Service {
  readonly name = 'settings';
  readonly startup: Phases = {
    before: () => {
      this.#value = readSettings(this.#environment);
    },
  };

  readonly #environment: Readonly<Record<string, string | undefined>>;
  #value: Settings | undefined;

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#environment = environment;
  }

  get value(): Settings {
    if (this.#value === undefined) throw new Error('the settings have not been read');
    return this.#value;
  }
}
