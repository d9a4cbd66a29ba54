// SPDX-License-Identifier: Apache-2.0
// WebSockets of pages: what a site without any does not need.

export { SiteSocket } from './socket.ts';
