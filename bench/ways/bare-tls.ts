// SPDX-License-Identifier: Apache-2.0
// The least that Node asks for encrypted bytes between two of its processes: a TLS stream, a name, a length and a file's bytes.

import { once } from 'node:events';
import { Answers, piecesOf } from '../lib/bare.ts';
import { HOST, listening, toldBy } from '../lib/loopback.ts';
import type { Way } from '../lib/workload.ts';
import { clientTls, serverTls } from './web-servers.ts';

/** Bytes that are written at a time. */
const PIECE_BYTES = 65_536;

export const bareTls: Way = {
  name: 'bare TLS stream',
  needsCertificate: true,
  ends: {
    async server({ folder, certificate }) {
      const { createServer } = await import('node:tls');
      return listening(
        createServer(serverTls(certificate), (socket) => {
          socket.on('error', () => {});
          socket.on('data', async (name: Buffer) => {
            for (const piece of piecesOf(folder, name.toString(), PIECE_BYTES)) {
              if (!socket.write(piece)) await once(socket, 'drain');
            }
          });
        }),
      );
    },
  },
  async client({ told, certificate }) {
    const { connect } = await import('node:tls');
    const socket = connect({ host: HOST, port: toldBy<{ port: number }>(told, 'server').port, ...clientTls(certificate) });
    await once(socket, 'secureConnect');
    const answers = new Answers();
    socket.on('data', (chunk: Buffer) => answers.push(chunk));
    socket.on('error', (error) => answers.fail(error));
    return {
      async get(name, take) {
        const answer = answers.next(take);
        socket.write(name);
        await answer;
      },
      close: async () => void socket.destroy(),
    };
  },
};
