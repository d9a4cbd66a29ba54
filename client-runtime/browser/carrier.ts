// SPDX-License-Identifier: Apache-2.0
// The script of a worker that has a window's data channels, where the session's worker is shared and cannot have them itself.

import { serveChannel } from '../../transport/rtc/channel-port.ts';
import type { ChannelMessage } from './session/messages.ts';

addEventListener('message', ({ data }: MessageEvent<ChannelMessage>) => serveChannel(data.channel, data.port));
