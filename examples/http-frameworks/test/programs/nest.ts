import { Body, Catch, Controller, Get, HttpCode, Module, NotFoundException, Post, Sse } from '@nestjs/common';
import { StreamableFile, type ArgumentsHost, type ExceptionFilter, type MessageEvent } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request, Response } from 'express';
import { Readable } from 'node:stream';
import { finalize, interval, map, type Observable } from 'rxjs';
import { noteRequest, pieces, port, runServer } from './shared.ts';

@Controller()
class Pages {
  @Get('pieces')
  pieces(): StreamableFile {
    return new StreamableFile(Readable.from(pieces(), { objectMode: false }));
  }

  @Post('upload')
  @HttpCode(200)
  upload(@Body() { text }: { text: string }): { length: number } {
    return { length: text.length };
  }

  @Sse('events')
  events(): Observable<MessageEvent> {
    return interval(20).pipe(
      map((n) => ({ data: String(n) })),
      finalize(() => console.log('events over')),
    );
  }
}

@Catch(NotFoundException)
class NoSuchPage implements ExceptionFilter {
  catch(_error: NotFoundException, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Response>().status(404).send('no such page');
  }
}

@Module({ controllers: [Pages] })
class AppModule {}

const nest = await NestFactory.create<NestExpressApplication>(AppModule);
nest.use((request: Request, _response: Response, next: () => void) => {
  noteRequest(request.method, request.path);
  next();
});
nest.useGlobalFilters(new NoSuchPage());

await runServer(nest.getHttpServer(), { open: () => nest.listen(port, '127.0.0.1'), close: () => nest.close() });
