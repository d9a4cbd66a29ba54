// SPDX-License-Identifier: Apache-2.0
// A plain HTTP server: GET /N answers with N bytes. Its one word is the port.

import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { pieces } from './plain-pieces.ts';

createServer((request, response) => {
  const bytes = Number(request.url?.slice(1));
  response.writeHead(200, { 'content-length': bytes });
  Readable.from(pieces(bytes)).pipe(response);
}).listen(Number(process.argv[2]), () => console.log('listening'));
