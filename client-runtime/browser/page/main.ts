// SPDX-License-Identifier: Apache-2.0
// The page's script: starts the shell. The visit itself runs in the session worker (session/main.ts).

import { runShell } from './run-shell.ts';

runShell();
