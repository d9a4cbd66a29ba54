// SPDX-License-Identifier: Apache-2.0
// One first visit in Chromium, with an empty profile: what crosses the wire before the site's own first byte, and when what is seen.

import { setTimeout as sleep } from 'node:timers/promises';
import { DevTools, type DevToolsEvent } from './devtools.ts';

/** A line to the suite or the server, as DevTools feigns it. */
export interface Line {
  readonly latencyMs: number;
  readonly kbitPerSecond: number;
}

export interface VisitOptions {
  readonly url: string;
  /** How many times slower the processor is made. */
  readonly slower: number;
  /** As fast as it is, when left out. */
  readonly line?: Line;
  /** The site is in a frame of the page, as Porthole shows it; otherwise it is the page. */
  readonly framed: boolean;
  /** Run in each worker of the page in front of the worker's own script. */
  readonly inWorkers?: string;
  readonly signal?: AbortSignal;
}

/** What crossed the wire: a request and its response, or a WebSocket. */
export interface Crossed {
  readonly url: string;
  /** Bytes that came before the site's own first byte, heads included; of a WebSocket, what went as well. */
  bytes: number;
}

export interface FirstVisit {
  /** Before the site's own first byte. */
  readonly crossed: readonly Crossed[];
  readonly bytes: number;
  /** Requests, WebSockets among them. */
  readonly requests: number;
  /** From the first byte of the first response to the first paint with content of it, in milliseconds. */
  readonly paintMs: number;
  /** From the start to the first paint with content of the site's own page, in milliseconds. */
  readonly shownMs: number;
}

/** How long the site's page may take to be seen, in milliseconds. */
const SHOWN_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 20;
/** Bytes of a WebSocket frame's head, from the server and to it (RFC 6455 section 5.2): what most frames have. */
const FRAME_HEAD_BYTES = { received: 4, sent: 8 };

interface Timings {
  readonly origin: number;
  readonly firstByte: number;
  readonly paint: number;
  readonly sitePaint: number;
}

/**
 * Visits once. The browser is started for it and ended with it.
 * @throws Error in words when the site's page is not seen in time, or the signal's reason
 */
export async function firstVisit({ url, slower, line, framed, inWorkers, signal }: VisitOptions): Promise<FirstVisit> {
  const events: DevToolsEvent[] = [];
  let page = '';
  const tools = await DevTools.start({
    onEvent: (event) => events.push(event),
    prepare:
      (browser) =>
      ({ session, type }) => {
        const send = (method: string, params: object = {}): Promise<unknown> => browser.send(method, params, session);
        if (type === 'page') page = session;
        return Promise.allSettled([
          send('Network.enable'),
          ...(line ? [send('Network.emulateNetworkConditions', conditions(line))] : []),
          // A worker of the page runs in its process, which is slowed with it.
          send('Emulation.setCPUThrottlingRate', { rate: slower }),
          ...(inWorkers && /^(shared_)?worker$/.test(type) ? [send('Runtime.evaluate', { expression: inWorkers })] : []),
        ]);
      },
  });
  try {
    await tools.open();
    while (page === '') await sleep(LOOK_EVERY_MS);
    const session = page;
    await tools.send('Page.navigate', { url }, session);
    const timings = await seen(tools, session, framed, signal);
    const crossed = before(events, firstByteOf(events, url, framed));
    return {
      crossed,
      bytes: crossed.reduce((sum, { bytes }) => sum + bytes, 0),
      requests: crossed.length,
      paintMs: timings.paint - timings.firstByte,
      shownMs: timings.sitePaint,
    };
  } finally {
    await tools.close();
  }
}

function conditions({ latencyMs, kbitPerSecond }: Line): object {
  const bytes = (kbitPerSecond * 1000) / 8;
  return { offline: false, latency: latencyMs, downloadThroughput: bytes, uploadThroughput: bytes };
}

/** Read in the page: its own times, and those of the site's, in milliseconds since the navigation began. */
const READ = (framed: boolean): string => `(() => {
  const paintOf = (window) => window?.performance.getEntriesByName('first-contentful-paint')[0];
  const site = ${framed ? "document.getElementById('porthole-frame')?.contentWindow" : 'window'};
  const [own, theirs] = [paintOf(window), paintOf(site)];
  const { responseStart } = performance.getEntriesByType('navigation')[0];
  if (!own || !theirs || responseStart === 0 || site.location.href === 'about:blank') return null;
  const between = site.performance.timeOrigin - performance.timeOrigin;
  return { firstByte: responseStart, paint: own.startTime, sitePaint: between + theirs.startTime };
})()`;

async function seen(tools: DevTools, session: string, framed: boolean, signal?: AbortSignal): Promise<Timings> {
  const end = Date.now() + SHOWN_WITHIN_MS;
  while (Date.now() < end) {
    signal?.throwIfAborted();
    const answer = await tools
      .send<{ result: { value: Timings | null } }>('Runtime.evaluate', { expression: READ(framed), returnByValue: true }, session)
      .catch(() => null); // between two documents
    if (answer?.result.value) return answer.result.value;
    await sleep(LOOK_EVERY_MS, undefined, signal && { signal });
  }
  throw new Error(`the site's page was not seen within ${SHOWN_WITHIN_MS / 1000} s`);
}

interface Response {
  readonly url: string;
  readonly fromServiceWorker?: boolean;
  readonly fromDiskCache?: boolean;
  readonly encodedDataLength: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly headersText?: string;
}

/** When the head of the site's own page came, in the seconds of DevTools. */
function firstByteOf(events: readonly DevToolsEvent[], url: string, framed: boolean): number {
  const head = events.find(({ method, params }) => {
    if (method !== 'Network.responseReceived' || params.type !== 'Document') return false;
    const response = params.response as Response;
    return new URL(response.url).origin === new URL(url).origin && (!framed || response.fromServiceWorker === true);
  });
  if (!head) throw new Error('the browser did not tell of the site’s own page');
  return head.params.timestamp as number;
}

/** What had crossed by then. What the page has from its worker, or from a store, did not; what the worker had to fetch for it did. */
function before(events: readonly DevToolsEvent[], time: number): Crossed[] {
  const idOf = ({ session, params }: DevToolsEvent): string => `${session} ${params.requestId}`;
  const kept = new Set(events.filter(isKept).map(idOf));
  const crossed = new Map<string, Crossed>();
  const at = (event: DevToolsEvent, url?: string): Crossed => {
    const id = idOf(event);
    const one = crossed.get(id) ?? { url: url ?? '', bytes: 0 };
    if (url === undefined || /^(https?|ws):/.test(url)) crossed.set(id, one);
    return one;
  };
  const urls = new Map<string, string>();
  const heads = new Map<string, Response>();
  for (const event of events) {
    const { method, params } = event;
    if (method === 'Network.webSocketCreated') urls.set(idOf(event), params.url as string);
    if (kept.has(idOf(event)) || ((params.timestamp as number | undefined) ?? time) >= time) continue;
    switch (method) {
      case 'Network.requestWillBeSent':
        at(event, (params.request as { url: string }).url);
        break;
      case 'Network.responseReceived': {
        const response = params.response as Response;
        heads.set(idOf(event), response);
        at(event, response.url).bytes = response.encodedDataLength;
        break;
      }
      case 'Network.dataReceived':
        if (crossed.has(idOf(event))) at(event).bytes += params.encodedDataLength as number;
        break;
      case 'Network.loadingFinished':
        if (crossed.has(idOf(event))) at(event).bytes = wholeLength(params.encodedDataLength as number, heads.get(idOf(event)));
        break;
      case 'Network.webSocketWillSendHandshakeRequest':
        at(event, urls.get(idOf(event)));
        break;
      case 'Network.webSocketHandshakeResponseReceived':
        at(event).bytes += (params.response as Response).headersText?.length ?? 0;
        break;
      case 'Network.webSocketFrameReceived':
        at(event).bytes += FRAME_HEAD_BYTES.received + lengthOf(params);
        break;
      case 'Network.webSocketFrameSent':
        at(event).bytes += FRAME_HEAD_BYTES.sent + lengthOf(params);
        break;
    }
  }
  return [...crossed.values()];
}

function isKept({ method, params }: DevToolsEvent): boolean {
  if (method === 'Network.requestServedFromCache') return true;
  const { fromServiceWorker, fromDiskCache } = (params.response ?? {}) as Partial<Response>;
  return method === 'Network.responseReceived' && (fromServiceWorker === true || fromDiskCache === true);
}

/** Head and body; of a worker's own script DevTools leaves the body out, and its length is in the head. One without a head came from the cache. */
function wholeLength(length: number, response: Response | undefined): number {
  if (!response || response.encodedDataLength === 0 || length > response.encodedDataLength) return length;
  const [, declared = 0] = Object.entries(response.headers).find(([name]) => name.toLowerCase() === 'content-length') ?? [];
  return length + Number(declared);
}

/** The length of a frame's payload: text as it is, bytes in base64. */
function lengthOf(params: Record<string, unknown>): number {
  const { opcode, payloadData } = params.response as { opcode: number; payloadData: string };
  return Buffer.byteLength(payloadData, opcode === 2 ? 'base64' : 'utf8');
}
