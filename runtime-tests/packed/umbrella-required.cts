import triphase = require('triphase');

export const service = triphase.serve((request) => new Response(request.method), { port: 0 });
