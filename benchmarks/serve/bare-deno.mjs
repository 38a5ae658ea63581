/** For bench:serve: a server of `Deno.serve`, stopped with its `shutdown()`, as Deno's documentation shows it. */
const server = Deno.serve(
  { port: Number(Deno.env.get('PORT')), onListen: () => undefined },
  () => new Response('hello\n'),
);
Deno.addSignalListener('SIGTERM', async () => {
  await server.shutdown();
  Deno.exit(0);
});
