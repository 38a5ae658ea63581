/**
 * NestJS with `enableShutdownHooks()`. Each hook is the `onApplicationShutdown` of a provider. The decorators are called as functions, as this is
 * JavaScript.
 */
import 'reflect-metadata';
import { Controller, Get, Module, Req, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  acceptWebSockets,
  crash,
  first,
  hostname,
  ports,
  quick,
  second,
  sendEvents,
  slow,
  start,
} from '../program.mjs';

class AppController {
  quick() {
    return quick();
  }
  slow(request) {
    return slow(request.url);
  }
  crash() {
    return crash();
  }
  events(_request, response) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    sendEvents(
      (text) => response.write(text),
      (fn) => response.on('close', fn),
    );
  }
}
Controller()(AppController);
for (const [path, name] of Object.entries({ '/': 'quick', '/slow': 'slow', '/crash': 'crash', '/events': 'events' })) {
  Get(path)(AppController.prototype, name, Object.getOwnPropertyDescriptor(AppController.prototype, name));
}
Req()(AppController.prototype, 'slow', 0);
Req()(AppController.prototype, 'events', 0);
Res()(AppController.prototype, 'events', 1);

class First {
  onModuleInit() {
    return start();
  }
  onApplicationShutdown() {
    return first();
  }
}
class Second {
  onApplicationShutdown() {
    return second();
  }
}
class AppModule {}
Module({ controllers: [AppController], providers: [First, Second] })(AppModule);
class OtherModule {}
Module({ controllers: [AppController] })(OtherModule);

for (const [index, port] of ports.entries()) {
  const app = await NestFactory.create(index === 0 ? AppModule : OtherModule);
  app.enableShutdownHooks();
  await acceptWebSockets(app.getHttpServer());
  await app.listen(port, hostname);
}
