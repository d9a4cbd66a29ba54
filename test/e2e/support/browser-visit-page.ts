// SPDX-License-Identifier: Apache-2.0
// The shell page's script for tests: the shell, and the test's hands on the visit, once there is one.

import { runShell } from '../../../client-runtime/browser/page/run-shell.ts';
import { type FromTest, TEST_CHANNEL, type ToTest, VisitHandle } from './browser-visit.ts';

const channel = new BroadcastChannel(TEST_CHANNEL);
channel.onmessage = ({ data }: MessageEvent<ToTest>) => {
  window.testVisit ??= new VisitHandle(channel);
  window.testVisit.heard(data);
};
channel.postMessage({ do: 'tell' } satisfies FromTest);
runShell();
