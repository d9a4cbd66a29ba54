// SPDX-License-Identifier: Apache-2.0
// The table of the wire's messages for codec.ts, made from the .proto files when the page is built.

import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import type { FieldRow, Table } from './codec.ts';

const FILES = ['site.proto', 'rendezvous.proto'].map((name) => fileURLToPath(new URL(`../../../proto/${name}`, import.meta.url)));
/** Messages that only hosts, and those who examine their networks or have TCP, exchange with the suite. One that comes to a page is skipped. */
const NOT_A_PAGES = /^porthole\.rendezvous\.(Register|Registered|Examined|Exam|Examination|Inbox\w+|Nat\.Tcp)(\.|$)/;
/** The kinds of fields that codec.ts has methods for. A list of numbers, which is written another way, is none of them. */
const METHODS: Readonly<Record<string, string>> = {
  uint32: 'uint32',
  int32: 'int32',
  sint32: 'sint32',
  bool: 'bool',
  string: 'stringVerify',
  bytes: 'bytes',
};

/**
 * Reads the .proto files.
 * @param all those that no page says or hears as well
 * @throws Error for a kind of field that codec.ts cannot read or write
 */
export function messageTable(all = false): Table {
  const table: Record<string, FieldRow[]> = {};
  const wanted = (name: string): boolean => all || !NOT_A_PAGES.test(name);
  const visit = (space: protobuf.NamespaceBase): void => {
    for (const found of space.nestedArray) {
      const name = found.fullName.slice(1);
      if (found instanceof protobuf.Type && wanted(name)) table[name] = rowsOf(found, wanted);
      if (found instanceof protobuf.Namespace) visit(found);
    }
  };
  visit(protobuf.loadSync(FILES).resolveAll());
  return table;
}

function rowsOf(type: protobuf.Type, wanted: (name: string) => boolean): FieldRow[] {
  const rows: FieldRow[] = [];
  for (const field of [...type.fieldsArray].sort((a, b) => a.id - b.id)) {
    const { id, name, repeated, resolvedType, partOf } = field;
    const kind = resolvedType instanceof protobuf.Type ? resolvedType.fullName.slice(1) : METHODS[resolvedType ? 'int32' : field.type];
    const list = repeated && kind !== 'stringVerify' && kind !== 'bytes' && !(resolvedType instanceof protobuf.Type);
    if (resolvedType instanceof protobuf.Type && !wanted(resolvedType.fullName.slice(1))) continue;
    if (kind === undefined || list || field.map) throw new Error(`${type.fullName}.${name} is of a kind that a page cannot read`);
    rows.push(partOf ? [id, name, kind, 0, partOf.name] : repeated ? [id, name, kind, 1] : [id, name, kind]);
  }
  return rows;
}
