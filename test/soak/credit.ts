// SPDX-License-Identifier: Apache-2.0
// `npm run soak:credit`: a hundred thousand requests that end in every way there is; then both ends have their credit again. --seed N --requests N.

import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { CreditPlay, plan } from '../support/credit-play.ts';

const REQUESTS = 100_000;
/** At once, on one session. */
const TOGETHER = 100;
/** Requests on one session, which then is looked at. */
const EACH = 10_000;

const { values } = parseArgs({ options: { seed: { type: 'string' }, requests: { type: 'string' } } });
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const requests = Number(values.requests ?? REQUESTS);
const begun = performance.now();
console.log(`seed ${seed}, ${requests} requests, ${TOGETHER} at once`);

let wrong: string | null = null;
for (let done = 0; done < requests && wrong === null; ) {
  const play = new CreditPlay();
  const until = Math.min(requests, done + EACH);
  // Bodies are small, so that many requests are cheap; each is longer than a piece now and then.
  while (done < until) {
    const plans = fc.sample(plan, { seed: seed + done, numRuns: Math.min(TOGETHER, until - done) });
    await Promise.all(plans.map((one) => play.play({ ...one, answer: one.answer % 60_000, upload: one.upload && one.upload % 60_000 })));
    done += plans.length;
  }
  wrong = await play.settled();
  await play.end();
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  console.log(`${seconds.padStart(4)} s  ${String(done).padStart(6)} requests: ${wrong ?? 'both ends have all of their credit'}`);
}
if (wrong !== null) {
  console.log(`FAILED (npm run soak:credit -- --seed ${seed} --requests ${requests})`);
  process.exit(1);
}
console.log('passed');
process.exit(0);
