// SPDX-License-Identifier: Apache-2.0
// `porthole/transport`: what a new strategy, or a new use of a session, builds on.

export { PortholeError } from '../proto/errors.ts';
export type { BytePipe, PipeEvents } from './channel/byte-pipe.ts';
export type { Connection, Receiver, SessionConnection } from './channel/connection.ts';
export { framedConnection } from './channel/framed.ts';
export { memoryPair, type Wire } from './channel/memory.ts';
export { dialTcp, tcpConnection, tcpPipe } from './channel/tcp.ts';
export { type AcceptorOptions, SessionAcceptor } from './continuity/acceptor.ts';
export type { Applicant, Authorization, Challenge, Credentials, Gate, Proof } from './continuity/gate.ts';
export type { Path, PathEvent } from './continuity/path.ts';
export type { ResumableSession } from './continuity/resumable-session.ts';
export { beginResumable, type ResumableVisitor, type VisitorOptions } from './continuity/visitor.ts';
export type { NatProfile } from './nat/profile.ts';
export { PathManager, type PathManagerOptions } from './paths/manager.ts';
export type { PathNews } from './paths/news.ts';
export { sealKeyPair } from './seal/host-keys.ts';
export { sealKeyOf } from './seal/keys.ts';
export { nodePrimitives } from './seal/node.ts';
export type { KeyPair, Primitives } from './seal/primitives.ts';
export { type Sealed, type SealOptions, sealAsHost, sealAsVisitor } from './seal/sealed.ts';
export { type Served, serveSession } from './session/host.ts';
export type { Asking } from './session/http.ts';
export type { ConnectAnswer, ConnectRequest, Site, Visitor } from './session/site.ts';
export type { Connecting, Tunnel } from './session/tunnel.ts';
export { openSession, type Session } from './session/visitor.ts';
export { nodeStrategies, STRATEGY_NAMES } from './strategies/node.ts';
export { type Failure, type TryOptions, tryStrategies } from './strategy/engine.ts';
export { FASTEST, POLICY_NAMES, type Policy, policyFor } from './strategy/policy.ts';
export type { Call, Line, Offers, RelayOffer, Strategy, Verdict } from './strategy/strategy.ts';
export {
  infoOf,
  MAX_COST,
  type Platform,
  STRATEGY_NAME,
  type StrategyInfo,
  type StrategyWords,
  strategyNamed,
} from './strategy/strategy.ts';
export type { NetworkWatch } from './system/network.ts';
export { watchNodeNetwork } from './system/network-node.ts';
export { type Clock, sleep, systemClock } from './time/clock.ts';
