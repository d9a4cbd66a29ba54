// SPDX-License-Identifier: Apache-2.0
// `porthole/proto`: the words of the wire, for tools that read or write it.

export { asPortholeError, ERRORS, type ErrorCode, PortholeError } from './errors.ts';
export * from './limits.ts';
export { challengeText, decodeMessage, encodeMessage, isSiteId, isSiteName, type Message, type MessageName, siteId } from './rendezvous.ts';
export { decodeFrame, encodeData, encodeFrame, type Frame, type FrameBody } from './site.ts';
export { isVisitorId, visitorId } from './visitor.ts';
