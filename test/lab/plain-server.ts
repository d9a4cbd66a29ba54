// SPDX-License-Identifier: Apache-2.0
// A plain HTTPS server: GET /N answers with N bytes. Its words are the port, and the files of its key and certificate.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { Readable } from 'node:stream';
import { pieces } from './plain-pieces.ts';

const [, , port, key = '', cert = ''] = process.argv;
createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
  const bytes = Number(request.url?.slice(1));
  response.writeHead(200, { 'content-length': bytes });
  Readable.from(pieces(bytes)).pipe(response);
}).listen(Number(port), () => console.log('listening'));
