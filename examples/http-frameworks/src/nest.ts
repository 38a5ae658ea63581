// Nest listens itself, so that its modules are initialised first: `open`. `close` runs onModuleDestroy and the other hooks after the last
// answer, while the database is still open. Don't call enableShutdownHooks(): the signals are the reactor's.
import { Controller, Get, Inject, Module, Param, type OnModuleDestroy } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { resource, type Resource } from '@triphase/core';
import { runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { Database, type User } from './database.ts';

const open = () => new Database();
const db = resource('db', open, (opened) => opened.close());

@Controller('users')
class UsersController implements OnModuleDestroy {
  readonly #db: Resource<Database>;

  constructor(@Inject('db') opened: Resource<Database>) {
    this.#db = opened;
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
