// SPDX-License-Identifier: Apache-2.0
// Tables of what a page's build leaves out or replaces in libraries and in our own files, because a page never calls it.

/** Packages that only libraries ask for, and what stands in their place: nothing of ours would call more of them. */
export const PACKAGES: Readonly<Record<string, string>> = {
  debug: 'module.exports = () => () => {}',
};

/** Files, most of libraries, by the ends of their paths, and what stands in their place. */
export const FILES: Readonly<Record<string, string>> = {
  // rendezvous.ts allows no other transport
  'engine.io-client/build/esm/transports/index.js': `import { WS } from ${JSON.stringify('./websocket.js')}; export const transports = { websocket: WS };`,
  // browsers have one of their own
  'engine.io-client/build/esm/contrib/parseuri.js': `export const parse = (source) => {
    const { protocol, hostname, port, pathname, search } = new URL(source);
    return { source, protocol: protocol.slice(0, -1), host: hostname.replace(/[[\\]]/g, ''), port, path: pathname, query: search.slice(1) };
  };`,
  // WebSocket carries bytes as they are: what says that it is base64 all the same is nothing
  'engine.io-parser/build/esm/contrib/base64-arraybuffer.js': 'export const decode = () => new ArrayBuffer(0);',
  // one connection for each call of it, and one namespace
  'socket.io-client/build/esm/index.js': `import { Manager } from ${JSON.stringify('./manager.js')};
    export const io = (uri, options) => new Manager(uri, options).socket('/', options);`,
  '@socket.io/component-emitter/lib/esm/index.js': `export class Emitter {
    _callbacks = {};
    on(event, call) {
      (this._callbacks[event] ??= []).push(call);
      return this;
    }
    once(event, call) {
      const on = (...given) => {
        this.off(event, on);
        call.apply(this, given);
      };
      return this.on(event, on);
    }
    off(event, call) {
      this._callbacks[event] = call && this._callbacks[event]?.filter((one) => one !== call);
    }
    removeAllListeners(event) {
      if (event) this.off(event);
      else this._callbacks = {};
    }
    emit(event, ...given) {
      for (const call of [...(this._callbacks[event] ?? [])]) call.apply(this, given);
    }
    emitReserved(event, ...given) {
      Emitter.prototype.emit.call(this, event, ...given);
    }
  }`,
  // what is sent and what comes are bytes, next to the name of an event or as an answer
  'socket.io-parser/build/esm/binary.js': `import { isBinary } from ${JSON.stringify('./is-binary.js')};
    export const deconstructPacket = (packet) => {
      const buffers = [];
      packet.data = packet.data.map((it) => (isBinary(it) ? { _placeholder: true, num: buffers.push(it) - 1 } : it));
      packet.attachments = buffers.length;
      return { packet, buffers };
    };
    export const reconstructPacket = (packet, buffers) => {
      packet.data = packet.data.map((it) => {
        if (!it?._placeholder) return it;
        if (!(it.num in buffers)) throw new Error('illegal attachments');
        return buffers[it.num];
      });
      return packet;
    };`,
  'socket.io-parser/build/esm/is-binary.js': `export const isBinary = (it) => ArrayBuffer.isView(it) || it instanceof ArrayBuffer;
    export const hasBinary = ({ data }) => data.some(isBinary);`,
  // a page sends little, and while it is hidden its timers are late; nothing tells it what was sent again
  'transport/continuity/pace.ts': 'export class Pace { departs() {} woken() {} waitMs() { return 0; } }',
  'transport/continuity/repairs.ts': 'export class Repairs { next() { return null; } }',
  // a service worker may not answer with any other status
  'transport/session/any-response.ts': 'export const anyResponse = (body, init) => new Response(body, init);',
};

/** Passages of files, by the ends of their paths, and what stands in their place: choices that rendezvous.ts does not leave open. */
export const PASSAGES: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  'engine.io-client/build/esm/socket.js': [
    [
      /if \(opts\.transportImplementations && [\s\S]*?this\._transportsByName = DEFAULT_TRANSPORTS;\s*\}/,
      'this.transports = opts.transports; this._transportsByName = DEFAULT_TRANSPORTS;',
    ],
    [/Object\.assign\(\{\s*path: "[\s\S]*?\}, opts\)/, 'Object.assign({ addTrailingSlash: true }, opts)'],
    [/, this\.opts\.transportOptions\[name\]/, ''],
    [/if \(typeof this\.opts\.query === "string"\) \{[^}]*\}/, ''],
    [/if \(this\.opts\.closeOnBeforeunload\) \{[\s\S]*?addEventListener\("before[^}]*\}/, ''],
    [/if \(this\._beforeunloadEventListener\) \{[^}]*\}/, ''],
    [/if \(this\.opts\.withCredentials\) \{[^}]*\}/, ''],
    [/= this\.opts\.rememberUpgrade[^;]*;/, '= this.transports[0];'],
    [/if \("open" === this\.readyState && this\.opts\.upgrade\) \{[\s\S]*?^ {8}\}/m, ''],
    [/this\._upgrades = this\._filterUpgrades[^;]*;/, ''],
    [/const shouldCheckPayloadSize[\s\S]*?(?=return this\.writeBuffer;\s*\}\s*\/\*\*)/, ''],
    [/const cleanupAndClose[\s\S]*?(?=if \("opening")/, ''],
    [/if \(this\.upgrading\) \{\s*waitForUpgrade\(\);\s*\}\s*else \{\s*close\(\);\s*\}/, 'close();'],
    [/else if \(this\.upgrading\) \{\s*waitForUpgrade\(\);\s*\}/, ''],
    [/if \(this\.opts\.tryAllTransports &&[^}]*\}/, ''],
  ],
  'engine.io-client/build/esm/transports/websocket.js': [
    [/const isReactNative = [^;]*;/, ''],
    [/const opts = isReactNative[^;]*;/, ''],
    [/if \(this\.opts\.extraHeaders\) \{[^}]*\}/, ''],
    [/if \(this\.opts\.autoUnref\) \{[^}]*\}/, ''],
    [/if \(this\.opts\.timestampRequests\) \{[^}]*\}/, ''],
    [/if \(!this\.supportsBinary\) \{[^}]*\}/, ''],
    [/this\.createSocket\(uri, protocols, opts\)/, 'this.createSocket(uri)'],
    [/return !isReactNative[^;]*;/, 'return new WebSocketCtor(uri);'],
  ],
  'socket.io-client/build/esm/socket.js': [
    [/if \(this\._opts\.retries [^}]*\}/, ''],
    [/"It seems you are trying [^"]*"/, '"that is no Socket.IO server"'],
    [/if \(this\._anyListeners && [\s\S]*?^ {8}\}/m, ''],
    [/if \(this\._anyOutgoingListeners && [\s\S]*?^ {8}\}/m, ''],
    [/const packet = this\._queue\[0\];[\s\S]*?this\.emit\.apply\(this, packet\.args\);/, ''],
  ],
};

/** Methods that are left out of classes, by the ends of their files' paths: a page never calls them. */
export const UNCALLED: Readonly<Record<string, readonly string[]>> = {
  'engine.io-client/build/esm/socket.js': ['_probe', '_filterUpgrades'], // there is no transport to change to
  'socket.io-client/build/esm/manager.js': ['connect', 'disconnect'], // other words for open and _close
  'socket.io-client/build/esm/socket.js': [
    'send',
    'compress',
    '_addToQueue', // nothing is sent again by itself
    ...['on', 'prepend', 'off', 'listeners'].flatMap((name) => [`${name}Any`, `${name}AnyOutgoing`]),
  ],
  // of hosts, of programs that wait for their first path or for their visit to be idle, and of tests
  'transport/session/mux.ts': ['drain', 'get running', 'get peerAgent'],
  'transport/session/carrying.ts': ['get held'],
  'transport/session/session-credit.ts': ['get held'],
  'transport/session/credit.ts': ['get held'],
  'transport/session/stream.ts': ['get ended', 'get empty'],
  'transport/session/schedule.ts': ['get waiting'],
  'transport/continuity/receive-window.ts': ['get unread'],
  'transport/continuity/pipe.ts': ['get starting', 'baseIs'],
  'client-runtime/visit/site-visit.ts': ['firstPath', 'get requests'],
  'client-runtime/visit/requests.ts': ['get size'],
};
