/** For bench:serve: a server of `Bun.serve`, stopped with its `stop()`. */
const server = Bun.serve({ port: Number(process.env.PORT), fetch: () => new Response('hello\n') });
process.on('SIGTERM', async () => {
  await server.stop();
  process.exit(0);
});
