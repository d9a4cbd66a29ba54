// SPDX-License-Identifier: Apache-2.0
// What a browser must have for this page to work.

/** What is missing, in small print. */
export type Missing = 'not a secure context' | 'no service workers' | 'no WebRTC, no WebSocket';

/** Null when everything is there. */
export function missingSupport(): Missing | null {
  if (!window.isSecureContext) return 'not a secure context';
  if (!('serviceWorker' in navigator)) return 'no service workers';
  return 'RTCPeerConnection' in window || 'WebSocket' in window ? null : 'no WebRTC, no WebSocket';
}
