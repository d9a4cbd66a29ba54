// SPDX-License-Identifier: Apache-2.0
// The messages between a window of the site and the session worker.

import { errorFromWire, type PortholeError } from '../../../proto/errors.ts';
import type { PeerWanted } from '../../../transport/rtc/lend.ts';
import type { StrategyInfo } from '../../../transport/strategy/strategy.ts';
import type { PathChange, SiteInfo, VisitState } from '../../visit/visit.ts';
import type { SocketWish } from './socket-messages.ts';

/** What only a window can look up: who the visitor is, as this origin's storage has it. */
export interface Pass {
  /** Of the visitor's keys. */
  readonly seed: Uint8Array;
  /** The invitation, as it stood in its link. */
  readonly invite: string | null;
  /** The site's id, as this tab's link had it, or as the site proved it before. */
  readonly site: string | null;
  /** Salted passwords, each behind its salt's name and a `=`, in hexadecimal. */
  readonly salted: readonly string[];
  /** The browser was started anew since a window of the site was open. */
  readonly restarted: boolean;
}

/** A window's first message. */
export interface HelloMessage {
  readonly porthole: 'hello';
  /** By this its life is watched (lives.ts). */
  readonly tab: string;
  readonly pass: Pass;
  /** It has WebRTC. */
  readonly rtc: boolean;
  readonly visible: boolean;
  /** The worker may outlive its windows. */
  readonly outlives: boolean;
}

/** What a page of the site tells the session by way of its window. */
export type PageMessage =
  /** A script set a cookie: bytes, one in each character, and the page's path; `by` this the page knows it. */
  | { readonly is: 'cookie'; readonly text: string; readonly path: string; readonly by: string }
  /** A WebSocket is wanted, at the other end of a port. */
  | { readonly is: 'socket'; readonly wish: SocketWish };

/** What a person gave where the site asks for a name and a password with 401; null: nothing. */
export interface SignInAnswer {
  readonly realm: string;
  readonly login: { readonly name: string; readonly password: string } | null;
}

/** Window to session. */
export type FromTab =
  | HelloMessage
  | { readonly porthole: 'sight'; readonly visible: boolean }
  | { readonly porthole: 'password'; readonly password: string }
  | ({ readonly porthole: 'sign-in' } & SignInAnswer)
  /** With a port that leads to the service worker. */
  | { readonly porthole: 'line' }
  | { readonly porthole: 'page'; readonly say: PageMessage }
  | { readonly porthole: 'leave' }
  /** The worker is to end, whoever else is there: all begins anew. */
  | { readonly porthole: 'end' };

/** Session to window. */
export type ToTab =
  /** It lives, by this id. */
  | { readonly porthole: 'here'; readonly session: string }
  | { readonly porthole: 'state'; readonly state: WireState }
  /** The site asks for its password; `wrong`: the last one was not it. */
  | { readonly porthole: 'ask'; readonly wrong: boolean }
  /** A name and a password are asked for, for this realm (RFC 9110 section 11.5); null: no longer. */
  | { readonly porthole: 'sign-in'; readonly realm: string | null; readonly wrong: boolean }
  /** This salted password opened the site, or (null) none of that salt does. Of the window that gave it. */
  | { readonly porthole: 'salted'; readonly salt: string; readonly verifier: string | null }
  /** The service worker runs anew, and has no line here: `line`, this window is to make one. */
  | { readonly porthole: 'worker'; readonly line: boolean }
  /** The service worker has work that it must not be stopped over. */
  | { readonly porthole: 'awake' }
  /** A WebRTC connection is to be made here, for two ports: its own, and its channel's. */
  | { readonly porthole: 'peer'; readonly wanted: PeerWanted };

/** The name of a worker that has a window's data channels, where the session's is shared and cannot have them; it runs the same script. */
export const CARRIER_NAME = 'porthole-carrier';

/** A channel that a window hands to a worker of its own, with the port that its bytes go to. */
export interface ChannelMessage {
  readonly channel: RTCDataChannel;
  readonly port: MessagePort;
}

/** Where the visit stands, as a window shows it. */
export interface TabState {
  readonly status: VisitState;
  readonly site: SiteInfo | null;
  readonly history: readonly PathChange[];
  /** The strategies that the visit has, as they describe themselves. */
  readonly strategies: readonly StrategyInfo[];
  /** The visitor's key for this site, as its owner would put it on a list. */
  readonly key: string | undefined;
}

interface WireError {
  readonly code: string;
  readonly message: string;
}
type Wire<State> = State extends { readonly error: infer E }
  ? Omit<State, 'error'> & { readonly error: E extends null ? null : WireError }
  : State;

/** The same in plain objects: structured clone does not carry an error's code. */
export interface WireState extends Omit<TabState, 'status'> {
  readonly status: Wire<VisitState>;
}

const wireError = (error: PortholeError | null): WireError | null => error && { code: error.code, message: error.message };

export function stateToWire(state: TabState): WireState {
  const { status } = state;
  return { ...state, status: ('error' in status ? { ...status, error: wireError(status.error) } : status) as Wire<VisitState> };
}

export function stateFromWire(state: WireState): TabState {
  const { status } = state;
  if (!('error' in status)) return { ...state, status };
  const error = status.error && errorFromWire(status.error.code, status.error.message);
  return { ...state, status: { ...status, error } as VisitState };
}
