// SPDX-License-Identifier: Apache-2.0
// NAT-PMP: a port is opened and closed again, and whatever else comes to the socket changes nothing.

import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { PortholeError } from '../../../../proto/errors.ts';
import { type MapPort, natPmp } from '../../../../transport/nat/punch/port-mapper.ts';

const address = Buffer.from([0, 128, 0, 0, 0, 0, 0, 1, 203, 0, 113, 7]);
function mapping(request: Buffer, outside: number, result = 0): Buffer {
  const answer = Buffer.alloc(16);
  answer.writeUInt8(130, 1);
  answer.writeUInt16BE(result, 2);
  request.copy(answer, 8, 4, 6);
  answer.writeUInt16BE(outside, 10);
  return answer;
}

describe('NAT-PMP', () => {
  let router: Socket;
  let asked: Buffer[];
  let mapPort: MapPort;

  /** A router that answers so. */
  async function answering(answers: (request: Buffer, count: number) => readonly Buffer[]): Promise<void> {
    router = createSocket('udp4');
    asked = [];
    router.on('message', (request, from) => {
      asked.push(request);
      for (const answer of answers(request, asked.length)) router.send(answer, from.port, from.address);
    });
    router.bind(0, '127.0.0.1');
    await once(router, 'listening');
    const find = natPmp(async () => '127.0.0.1', router.address().port);
    mapPort = async (localPort, signal) => (await find(signal))(localPort, signal);
  }
  afterEach(async () => {
    router.close();
    await once(router, 'close');
  });

  it('opens a port for a while, and closes it', async () => {
    await answering((request) => [request[1] === 0 ? address : mapping(request, 45_000)]);
    const port = await mapPort(40_000, AbortSignal.timeout(2000));
    assert.deepEqual([port.ip, port.port], ['203.0.113.7', 45_000]);
    const request = asked.find((one) => one[1] === 2);
    assert.equal(request?.toString('hex'), '000200009c409c4000000258');
    await port.unmap();
    assert.equal(asked.at(-1)?.toString('hex'), '000200009c40000000000000');
  });

  it('asks again, and passes over what is no answer', async () => {
    const noise = [Buffer.alloc(0), Buffer.of(0), Buffer.of(0, 129, 0, 0), Buffer.of(9, 128, 0, 0)];
    await answering((request, count) => [...noise, ...(count > 2 ? [request[1] === 0 ? address : mapping(request, 45_000)] : [])]);
    assert.equal((await mapPort(40_000, AbortSignal.timeout(3000))).port, 45_000);
  });

  it('a router that refuses, answers half, or opens another’s port is NO_PATH', async () => {
    const refused = (error: unknown): boolean => error instanceof PortholeError && error.code === 'NO_PATH';
    for (const answer of [
      (request: Buffer) => mapping(request, 0, 2),
      (request: Buffer) => mapping(request, 45_000).subarray(0, 12),
      (request: Buffer) => mapping(Buffer.from('0002000000010001', 'hex'), request.length),
    ]) {
      await answering((request) => [request[1] === 0 ? address : answer(request)]);
      await assert.rejects(mapPort(40_000, AbortSignal.timeout(2000)), refused);
      router.close();
      await once(router, 'close');
    }
    await answering(() => []);
  });

  it('one that is silent ends with the signal', async () => {
    await answering(() => []);
    await assert.rejects(mapPort(40_000, AbortSignal.timeout(100)), { name: 'TimeoutError' });
  });
});
