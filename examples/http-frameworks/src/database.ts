import { setTimeout as sleep } from 'node:timers/promises';

/** A row of the database. */
export interface User {
  readonly id: string;
  readonly name: string;
}

/** Stands for the client of a real database. A query takes 5 ms, and fails if the database is closed in the meantime. */
export class Database {
  #isOpen = true;

  async findUser(id: string): Promise<User> {
    await sleep(5);
    if (!this.#isOpen) throw new Error('the database is closed');
    return { id, name: `User ${id}` };
  }

  close(): void {
    this.#isOpen = false;
    console.log('database closed');
  }
}
