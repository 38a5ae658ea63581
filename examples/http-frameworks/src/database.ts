import { setTimeout as sleep } from 'node:timers/promises';

/** A row of the database. */
export interface User {
  readonly id: string;
  readonly name: string;
}

/** Stands for a real client of a database: a query takes 5 ms, and fails when the database is closed before it is done. */
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
