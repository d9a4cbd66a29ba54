// SPDX-License-Identifier: Apache-2.0
// The page's script: the shell. The visit that it shows is in a worker of its own (session/main.ts).

import { runShell } from './run-shell.ts';

runShell();
