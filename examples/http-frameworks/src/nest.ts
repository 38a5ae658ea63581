// `open`: Nest initialises its modules, then listens by itself. `close`: onModuleDestroy and the other hooks run after the last answer,
// while the database is still open. Don't call enableShutdownHooks(): the reactor handles the signals.
import { Controller, Get, Inject, Module, Param, type OnModuleDestroy } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { resource, type Resource } from '@triphase/core';
import { runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { Database, type User } from './database.ts';

const open = () => new Database();
const db = resource('db', open, (database) => database.close());

@Controller('users')
class UsersController implements OnModuleDestroy {
  readonly #db: Resource<Database>;

  constructor(@Inject('db') database: Resource<Database>) {
    this.#db = database;
  }

  @Get(':id')
  find(@Param('id') id: string): Promise<User> {
    return this.#db.value.findUser(id);
  }

  onModuleDestroy(): void {
    console.log('module destroyed');
  }
}

@Module({ controllers: [UsersController], providers: [{ provide: 'db', useValue: db }] })
class AppModule {}

await runService(async (app) => {
  const nest = await NestFactory.create<NestExpressApplication>(AppModule);
  const port = Number(process.env['PORT'] ?? 3000);
  app.use(db);
  app.use(
    serveHttp(nest.getHttpServer(), {
      open: () => nest.listen(port),
      close: () => nest.close(),
      needs: [db],
    }),
  );
  app.on('startup', { after: () => console.log('ready') });
});
