// SPDX-License-Identifier: Apache-2.0
// Whose content goes next, on a line that takes one piece at a time.

import assert from 'node:assert/strict';
import { parsePriority } from '../../../transport/session/priority.ts';
import { type Flow, flowOf, Schedule, SMALL_BYTES } from '../../../transport/session/schedule.ts';
import { TunnelFlow } from '../../../transport/session/tunnel.ts';

const PIECE = 4096;

/** Streams that always have more, and room for one piece at a time. */
class Line {
  readonly schedule = new Schedule(() => this.#room);
  readonly sent = new Map<Flow, number>();
  readonly order: number[] = [];
  #room = false;

  /** @param bytes of its content */
  add(id: number, field: string | null, bytes: number, piece = PIECE): Flow {
    return this.begin(flowOf(id, parsePriority(field)), bytes, piece);
  }

  tunnel(id: number, bytes: number): Flow {
    return this.begin(new TunnelFlow(flowOf(id), this.schedule), bytes, PIECE);
  }

  begin(flow: Flow, bytes: number, piece: number): Flow {
    const { id } = flow;
    this.sent.set(flow, 0);
    const ask = (): void =>
      this.schedule.ask(flow, () => {
        const sent = this.sent.get(flow) as number;
        const size = Math.min(piece, bytes - sent);
        if (size === 0) return 0;
        this.#room = false;
        this.sent.set(flow, sent + size);
        this.order.push(id);
        if (sent + size < bytes) queueMicrotask(ask);
        return size;
      });
    ask();
    return flow;
  }

  async run(pieces: number): Promise<void> {
    for (let i = 0; i < pieces; i++) {
      this.#room = true;
      this.schedule.go();
      await Promise.resolve();
      await Promise.resolve();
    }
    this.#room = false;
  }
}

describe('the schedule of a session', () => {
  it('shares among those who say nothing, by bytes', async () => {
    const line = new Line();
    const [a, b, c] = [line.add(1, null, 1e9), line.add(3, null, 1e9, PIECE / 4), line.add(5, null, 1e9)];
    await line.run(3000);
    const shares = [a, b, c].map((flow) => line.sent.get(flow) as number);
    assert.ok(Math.max(...shares) - Math.min(...shares) <= 2 * PIECE + SMALL_BYTES, shares.join());
  });

  it('has what is small go where there is room for that alone, and nothing large', () => {
    const sent: number[] = [];
    let room = true;
    const schedule = new Schedule((urgent) => urgent || room);
    const ask = (id: number, before: number): void => {
      const flow = { ...flowOf(id), sent: before };
      schedule.ask(flow, () => {
        sent.push(id);
        return 100;
      });
    };
    room = false;
    ask(1, SMALL_BYTES);
    ask(3, SMALL_BYTES - 1);
    ask(5, 0);
    assert.deepEqual([sent, schedule.waiting], [[3, 5], 1]);
    room = true;
    schedule.go();
    assert.deepEqual([sent, schedule.waiting], [[3, 5, 1], 0]);
  });

  it('has what is small, and the first of everything, go before what is large', async () => {
    const line = new Line();
    line.add(1, null, 1e9);
    await line.run(100);
    line.add(3, null, SMALL_BYTES);
    line.order.length = 0;
    await line.run(SMALL_BYTES / PIECE);
    assert.deepEqual(new Set(line.order), new Set([3]));
  });

  it('has the urgent before the others, who still get something', async () => {
    const line = new Line();
    const image = line.add(1, 'u=4, i', 1e9);
    const script = line.add(3, 'u=2', 1e9);
    await line.run(2000);
    const [some, most] = [line.sent.get(image) as number, line.sent.get(script) as number];
    assert.ok(most > 12 * some && some > 2000 * PIECE * 0.03, `${some} ${most}`);
  });

  it('has what is of use only as a whole come one after the other', async () => {
    const line = new Line();
    for (const id of [1, 3, 5]) line.add(id, 'u=2', 40 * PIECE);
    await line.run(121);
    const large = line.order.slice((3 * SMALL_BYTES) / PIECE);
    assert.deepEqual(large, [...large].sort());
  });

  it('does not let one that comes late have what others had before', async () => {
    const line = new Line();
    const early = line.add(1, null, 1e9);
    await line.run(1000);
    const late = line.add(3, null, 1e9);
    await line.run(1000);
    const got = (line.sent.get(early) as number) - 1000 * PIECE;
    assert.ok(Math.abs(got - (line.sent.get(late) as number)) <= 2 * SMALL_BYTES);
  });

  it('has what a tunnel says now and then go at once beside long content, however much it has said', () => {
    const order: string[] = [];
    let room = true;
    const schedule = new Schedule((urgent) => urgent || room);
    const [bulk, tunnel] = [flowOf(1), new TunnelFlow(flowOf(3), schedule)];
    const ask = (flow: Flow, what: string, bytes: number): void =>
      schedule.ask(flow, () => {
        order.push(what);
        return bytes;
      });
    for (let said = 0; said < 100; said++) {
      for (let i = 0; i < 4; i++) ask(bulk, 'bulk', PIECE);
      room = false;
      ask(bulk, 'bulk', PIECE);
      order.length = 0;
      ask(tunnel, 'tunnel', 1000);
      // The first of the bulk's own are urgent, too.
      if (said > 0) assert.deepEqual(order, ['tunnel'], `after ${said * 1000} bytes`);
      room = true;
      schedule.go();
    }
  });

  it('has a tunnel that says much take turns, and not keep others from theirs', async () => {
    const line = new Line();
    const tunnels = Array.from({ length: 20 }, (_, at) => line.tunnel(3 + 2 * at, 1e9));
    const response = line.add(1, null, 1e9);
    await line.run(6000);
    const bulk = line.sent.get(response) as number;
    const shares = tunnels.map((flow) => line.sent.get(flow) as number);
    const slack = SMALL_BYTES + 2 * PIECE;
    for (const share of shares) assert.ok(share >= bulk - slack && share <= 1.25 * bulk + slack, `${share} beside ${bulk}`);
    assert.ok(bulk > (6000 * PIECE) / (1.25 * 21) - slack);
  });

  it('asks one that leaves, so that it learns why', () => {
    const schedule = new Schedule(() => false);
    const flow = flowOf(1);
    let asked = 0;
    schedule.ask(flow, () => {
      asked++;
      return 0;
    });
    assert.deepEqual([asked, schedule.waiting], [0, 1]);
    schedule.leave(flow);
    schedule.leave(flow);
    assert.deepEqual([asked, schedule.waiting], [1, 0]);
  });
});
