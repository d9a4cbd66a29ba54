// SPDX-License-Identifier: Apache-2.0
// Opens a lab: a small internet of kernel NATs in network namespaces of its own, and leaves nothing of it behind.

import { type ChildProcess, execFile, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FLOW, type Narrow, narrowing, STALL } from './faults.ts';
import type { Answered, Asked } from './keeper.ts';
import { kindOf } from './kinds.ts';
import { type Place, type Plan, planOf, SAME_LAN } from './plan.ts';
import { crossed, type Uplink as Line, shape } from './shaping.ts';

export interface LabOptions {
  /** The host's kind. */
  readonly host: string;
  /** The visitor's kind, or `same-lan`: in the host's own network. */
  readonly visitor: string;
  /** More ends, each behind boxes of its own: their names and kinds. */
  readonly others?: Readonly<Record<string, string>>;
  /** The round trip between any two of host, visitor, suite and relay, in milliseconds. */
  readonly rttMs?: number;
  /** The share of packets lost between any two of them, each way: 0.02 is 2 %. */
  readonly loss?: number;
  /** Megabits a second of each cable, each way; 0: no limit. */
  readonly rateMbit?: number;
  /** TCP's congestion control in all places: `cubic`, say, which most systems have; the machine's own when left out. */
  readonly congestion?: string | undefined;
  /** Whether boxes that map ports answer NAT-PMP beside UPnP; they do if nothing is said. */
  readonly natPmp?: boolean;
  /** A number from 0 up to 1; for runs that shall be alike. */
  readonly chance?: () => number;
}

const TOOLS = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
const PORT_MAPPER = '/usr/sbin/miniupnpd';
const KEEPER = join(import.meta.dirname, 'keeper.ts');
/** Without these a program is an ordinary one, whoever started it; and it does not outlive the lab's owner. */
const ORDINARY = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--pdeathsig=KILL', '--'];

/** The program that a kind needs and this machine has not, with how to get it; null when there is none. */
export function lacksFor(kind: string): string | null {
  if (!kindOf(kind).boxes.some(({ mapsPorts }) => mapsPorts) || existsSync(PORT_MAPPER)) return null;
  return `the kind "${kind}" needs miniupnpd (Debian: apt-get install miniupnpd-nftables)`;
}

/** Why no lab can be opened here, in words; null when it can. */
export function noLabReason(): string | null {
  if (process.platform !== 'linux') return 'the lab needs network namespaces, which only Linux has';
  try {
    const script = 'mount -t tmpfs lab /run && ip netns add a && nft list ruleset && setpriv --version';
    execFileSync('unshare', ['-Urnm', 'sh', '-ec', script], { stdio: 'ignore', env: TOOLS });
    return null;
  } catch {
    return 'no network namespaces for ordinary users here, or no nftables and iproute2 (Debian: apt-get install nftables iproute2)';
  }
}

export class Lab {
  readonly #plan: Plan;
  readonly #keeper: ChildProcess;
  readonly #children = new Set<ChildProcess>();
  readonly #waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  readonly #readdressed = new Map<string, number>();
  #asked = 0;
  #closing: Promise<void> | null = null;
  /** For files of what runs in the lab; goes with it. */
  readonly folder: string;

  private constructor(plan: Plan, keeper: ChildProcess, folder: string) {
    this.#plan = plan;
    this.#keeper = keeper;
    this.folder = folder;
    keeper.on('message', ({ id, error }: Answered) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve();
      else waiting?.reject(new Error(error));
    });
    keeper.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the lab’s keeper has ended'));
      this.#waiting.clear();
    });
  }

  /** Builds a lab. Throws an Error in words when a kind is unknown or the machine cannot. */
  static async open(options: LabOptions): Promise<Lab> {
    const { host, visitor, others = {}, rttMs = 0, loss = 0, rateMbit = 0, natPmp, congestion, chance = Math.random } = options;
    const ends = { host, visitor, ...others };
    for (const kind of Object.values(ends)) {
      const lacking = kind === SAME_LAN ? null : lacksFor(kind);
      if (lacking) throw new Error(lacking);
    }
    const wired = rttMs > 0 || loss > 0 || rateMbit > 0;
    const plan = planOf({ ends, wired, natPmp, congestion, chance });
    const folder = mkdtempSync(join(tmpdir(), 'porthole-lab-'));
    const keeper = spawn('unshare', ['-Urnm', process.execPath, KEEPER, folder], {
      env: { ...process.env, PATH: TOOLS.PATH },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const lab = new Lab(plan, keeper, folder);
    try {
      const rules = Object.entries(plan.rules).map(([name, text]) => nft(name, text));
      await lab.#ask({ do: 'run', script: [plan.script, ...rules, plan.daemons].join('\n') });
      // A packet crosses two cables each way: to the provider, and from it.
      if (wired) await lab.#ask({ do: 'wire', wire: { legs: plan.legs, delayMs: rttMs / 4, loss: 1 - Math.sqrt(1 - loss), rateMbit } });
      return lab;
    } catch (error) {
      await lab.close();
      throw error;
    }
  }

  /** The place of this name: `host`, `visitor`, `suite`, `relay`, or one of the others. */
  place(name: string): Place {
    const place = this.#plan.places[name];
    if (!place) throw new Error(`the lab has no place "${name}"`);
    return place;
  }

  /** The place's first IPv4 address. */
  address(name: string): string {
    return this.place(name).ipv4[0] as string;
  }

  /** The words in front of a command line that run it in a place. */
  enter(name: string): string[] {
    return [...this.#into(this.place(name).namespace), ...ORDINARY];
  }

  /** Has nft carry out a script in one of the lab's namespaces. @returns what it tells, as JSON */
  nft(namespace: string, script: string): Promise<string> {
    const [program, ...words] = [...this.#into(namespace), 'nft', '-j', script];
    return new Promise((resolve, reject) => {
      execFile(program as string, words, { env: TOOLS }, (error, out) => (error ? reject(error) : resolve(out)));
    });
  }

  #into(namespace: string): string[] {
    const { pid } = this.#keeper;
    return [
      'nsenter',
      '--preserve-credentials',
      `--user=/proc/${pid}/ns/user`,
      `--net=${join('/proc', String(pid), 'root', 'run', 'netns', namespace)}`,
    ];
  }

  /** Starts a program in a place, without any special right. It ends with the lab at the latest. */
  spawn(name: string, command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    if (this.#closing) throw new Error('the lab is closed');
    const [first, ...rest] = [...this.enter(name), command, ...args];
    const child = spawn(first as string, rest, options);
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    child.once('error', () => this.#children.delete(child));
    return child;
  }

  /** Reboots the boxes of a place: they know no connection any more, and count from elsewhere. */
  async flush(name: string): Promise<void> {
    const { boxes } = this.place(name);
    await this.#ask({ do: 'run', script: boxes.map((box) => nft(box, this.#plan.rules[box] as string)).join('\n') });
    await this.#ask({ do: 'forget', namespaces: boxes });
  }

  /** Gives a place another public address, which is returned; its boxes forget the connections of the one before. */
  async readdress(name: string): Promise<string> {
    const uplink = this.#plan.uplinks[name];
    if (!uplink) throw new Error(`the place "${name}" keeps its address`);
    const before = this.#readdressed.get(uplink.namespace) ?? 10;
    const after = before === 250 ? 10 : before + 1;
    this.#readdressed.set(uplink.namespace, after);
    const { namespace, device, network } = uplink;
    // The route goes with the last address: so it is set again.
    await this.#ask({
      do: 'run',
      script: `ip -netns ${namespace} -batch - <<'END'
address add ${network}.${after}/24 dev ${device}
address del ${network}.${before}/24 dev ${device}
route replace default via ${network}.1
END`,
    });
    await this.#ask({ do: 'forget', namespaces: [namespace] });
    return `${network}.${after}`;
  }

  /** Makes the way out of a place's network a slow line with a queue: what those behind it send waits there, and is dropped when it is full. */
  async slow(name: string, line: Line): Promise<void> {
    const { namespace, device } = this.#uplinkOf(name);
    await this.#ask({ do: 'run', script: `tc -netns ${namespace} ${shape(device, line)}` });
  }

  /** What has crossed such a line so far: bytes with Ethernet heads, and packets. */
  crossed(name: string): Promise<{ bytes: number; packets: number; dropped: number }> {
    const { namespace, device } = this.#uplinkOf(name);
    const [program, ...words] = [...this.#into(namespace), 'tc', '-s', '-j', 'qdisc', 'show', 'dev', device];
    return new Promise((resolve, reject) => {
      execFile(program as string, words, { env: TOOLS }, (error, out) => (error ? reject(error) : resolve(crossed(out))));
    });
  }

  /** Lets nothing through a place's outermost box any more, either way, and says so to nobody: until `flows`. */
  async stalls(name: string): Promise<void> {
    await this.#ask({ do: 'run', script: nft(this.#uplinkOf(name).namespace, STALL) });
  }

  /** The place's box lets through again what it did. */
  async flows(name: string): Promise<void> {
    await this.#ask({ do: 'run', script: nft(this.#uplinkOf(name).namespace, FLOW) });
  }

  /** Makes the cable between a place's network and its provider one for shorter packets, on which no fragment arrives. */
  async narrow(name: string, narrow: Narrow): Promise<void> {
    const { namespace, device, provider } = this.#uplinkOf(name);
    const ends = [{ namespace, device }, provider];
    await this.#ask({
      do: 'run',
      script: ends.map((end) => narrowing(end, narrow, (rules) => nft(end.namespace, rules))).join('\n'),
    });
  }

  /** Has the outermost box of a place hand what comes to a port of its own on to the place: for servers that are no part of Porthole. */
  async forward(name: string, port: number): Promise<void> {
    const { namespace } = this.#uplinkOf(name);
    const [address] = this.place(name).ipv4;
    await this.#ask({
      do: 'run',
      script: nft(
        namespace,
        `table ip forwarded {
  chain inward { type nat hook prerouting priority dstnat - 5; iifname "wan" tcp dport ${port} dnat to ${address}:${port}; }
}
`,
      ),
    });
  }

  /** The public address of a place's network. */
  publicAddress(name: string): string {
    return `${this.#uplinkOf(name).network}.${this.#readdressed.get(this.#uplinkOf(name).namespace) ?? 10}`;
  }

  #uplinkOf(name: string): NonNullable<Plan['uplinks'][string]> {
    const uplink = this.#plan.uplinks[name];
    if (!uplink) throw new Error(`the place "${name}" has no line of its own`);
    return uplink;
  }

  /** Pulls the place's cable. */
  async unplug(name: string): Promise<void> {
    const { namespace, device } = this.place(name).plug;
    await this.#ask({ do: 'run', script: `ip -netns ${namespace} link set ${device} down` });
  }

  /** Puts the cable back. */
  async plug(name: string): Promise<void> {
    const { namespace, device } = this.place(name).plug;
    await this.#ask({ do: 'run', script: `ip -netns ${namespace} link set ${device} up` });
  }

  /** Ends everything that runs in the lab, and takes it down. May be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const ended = [...this.#children, this.#keeper]
      .filter((child) => child.exitCode === null && child.signalCode === null && child.pid !== undefined)
      .map((child) => once(child, 'exit'));
    for (const child of this.#children) child.kill('SIGKILL');
    if (this.#keeper.connected) this.#keeper.disconnect();
    await Promise.all(ended);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #ask(what: Asked extends infer T ? (T extends Asked ? Omit<T, 'id'> : never) : never): Promise<void> {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#keeper.send({ id, ...what }, (error) => error && reject(error));
    });
  }
}

const nft = (namespace: string, rules: string): string => `nsenter --net=/run/netns/${namespace} nft -f - <<'END'\n${rules}END`;

/** Builds a lab; close it when done. */
export const openLab = (options: LabOptions): Promise<Lab> => Lab.open(options);
