// SPDX-License-Identifier: Apache-2.0
// What of a site a link asks for.

import assert from 'node:assert/strict';
import { targetOf } from '../../../client-runtime/links/target.ts';

describe('target of a link', () => {
  const site = { name: 'demo', id: 'jlomdzr6gcqpotsbuiz5rcwy6dxawl3bw4n236cn7y3r62kbcpuq', link: 'http://demo.localhost:8080/' };
  const cases: [string, string][] = [
    ['http://demo.localhost:8080', '/'],
    ['http://Demo.localhost:8080/a%20b?q=1#part', '/a%20b?q=1'],
    ['http://demo.localhost:8080//other.example/x', '//other.example/x'],
    [`http://${site.id}.localhost:8080/a`, '/a'],
    ['http://localhost:8080/demo', '/'],
    ['http://localhost:8080/demo?q', '/?q'],
    ['http://localhost:8080/DEMO/Docs/?q', '/Docs/?q'],
    [`http://localhost:8080/${site.id}/a`, '/a'],
    [`http://localhost:8080/?hostid=${site.id}`, '/'],
    ['http://localhost:8080/demonstration', '/'],
  ];
  for (const [link, target] of cases) it(`${link}: ${target}`, () => assert.equal(targetOf(link, site), target));

  const underAddress = { ...site, link: 'http://192.0.2.1:8080/demo' };
  const addressed: [string, string][] = [
    ['http://192.0.2.1:8080/demo', '/'],
    ['http://192.0.2.1:8080/demo#key=x', '/'],
    ['http://192.0.2.1:8080/demo/a/b?q', '/a/b?q'],
    [`http://192.0.2.1:8080/${site.id}/a`, '/a'],
  ];
  for (const [link, target] of addressed) it(`${link}: ${target}`, () => assert.equal(targetOf(link, underAddress), target));
});
