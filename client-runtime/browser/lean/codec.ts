// SPDX-License-Identifier: Apache-2.0
// Replaces proto/generated/messages.js in a page: the same messages, by a table and one loop.

import { Reader, Writer } from './wire.ts';

/** A field: its number, its name, and the reader's method, or the message that it is. Messages are named in full. */
export type FieldRow = readonly [id: number, name: string, kind: string, repeated?: 1 | 0, oneof?: string];
/** Fields in the order of their numbers, by the full name of their message. */
export type Table = Readonly<Record<string, readonly FieldRow[]>>;

type Fields = Record<string, unknown>;
interface Type {
  new (): Fields;
  encode(message: Fields, writer?: Writer): Writer;
  decode(from: Uint8Array | Reader, length?: number, into?: Fields): Fields;
}

/** What a field is when it did not come (proto3). */
const ABSENT: Readonly<Record<string, unknown>> = { bool: false, stringVerify: '', bytes: new Uint8Array() };
/** Wire types (protobuf's encoding guide): a varint, or bytes behind their length. */
const VARINT = 0;
const BYTES = 2;
const LENGTHS = new Set(['stringVerify', 'bytes']);

/**
 * Makes the messages of a table, in objects by the parts of their names.
 * @throws Error by `decode`, for bytes that are no such message
 */
export function messagesOf(table: Table): Record<string, unknown> {
  const types = new Map<string, Type>();
  for (const [name, rows] of Object.entries(table))
    types.set(
      name,
      typeOf(rows, (other) => types.get(other) as Type),
    );
  const root: Record<string, unknown> = {};
  for (const [name, type] of types) {
    const path = name.split('.');
    const last = path.pop() as string;
    let at = root;
    for (const part of path) {
      at[part] ??= {};
      at = at[part] as Record<string, unknown>;
    }
    at[last] = Object.assign(type, at[last]);
  }
  return root;
}

function typeOf(rows: readonly FieldRow[], find: (name: string) => Type): Type {
  const byId = new Map(rows.map((row) => [row[0], row]));
  const isMessage = (kind: string): boolean => find(kind) !== undefined;

  const put = (writer: Writer, [id, , kind]: FieldRow, value: unknown): void => {
    if (isMessage(kind))
      find(kind)
        .encode(value as Fields, writer.uint32((id << 3) | BYTES).fork())
        .ldelim();
    else {
      const method = kind === 'stringVerify' ? 'string' : kind;
      const tagged = writer.uint32((id << 3) | (LENGTHS.has(kind) ? BYTES : VARINT));
      (tagged as unknown as Record<string, (value: unknown) => void>)[method]?.(value);
    }
  };

  /** What is decoded is one, with what is absent on its prototype. */
  class Message {
    [name: string]: unknown;

    constructor() {
      for (const [, name, , repeated] of rows) if (repeated) this[name] = [];
    }

    static encode(message: Fields, writer = new Writer()): Writer {
      for (const row of rows) {
        const [, name, kind, repeated, oneof] = row;
        const value = Object.hasOwn(message, name) ? message[name] : null;
        if (value == null) continue;
        if (repeated) for (const one of value as unknown[]) put(writer, row, one);
        else if (oneof || isMessage(kind) || !isAbsent(value)) put(writer, row, value);
      }
      return writer;
    }

    static decode(from: Uint8Array | Reader, length?: number, into: Fields = new Message()): Fields {
      const reader = from instanceof Reader ? from : new Reader(from);
      const outer = reader.len;
      const end = length === undefined ? outer : reader.pos + length;
      if (end > outer) throw new RangeError('index out of range');
      reader.len = end;
      while (reader.pos < end) {
        const tag = reader.tag();
        const [id, wireType] = [tag >>> 3, tag & 7];
        const row = byId.get(id);
        if (row && wireType === (isMessage(row[2]) || LENGTHS.has(row[2]) ? BYTES : VARINT)) take(reader, row, into);
        else reader.skipType(wireType, id);
      }
      if (reader.pos !== end) throw new RangeError('index out of range');
      reader.len = outer;
      return into;
    }
  }

  const take = (reader: Reader, [, name, kind, repeated, oneof]: FieldRow, into: Fields): void => {
    const before = Object.hasOwn(into, name) && !repeated ? into[name] : undefined;
    const value = isMessage(kind)
      ? find(kind).decode(reader, reader.size(), before as Fields)
      : (reader as unknown as Record<string, () => unknown>)[kind]?.();
    if (repeated) (into[name] as unknown[]).push(value);
    else if (!oneof && !isMessage(kind) && isAbsent(value)) delete into[name];
    else into[name] = value;
    if (oneof) into[oneof] = name; // the others are no longer there
  };

  const prototype: Fields = Message.prototype;
  const oneofs = new Map<string, string[]>();
  for (const [, name, kind, repeated, oneof] of rows) {
    if (oneof) oneofs.set(oneof, [...(oneofs.get(oneof) ?? []), name]);
    if (!repeated) prototype[name] = oneof || kind.includes('.') ? null : (ABSENT[kind] ?? 0);
  }
  for (const [oneof, names] of oneofs) {
    Object.defineProperty(prototype, oneof, {
      get(this: Fields) {
        return Object.keys(this).findLast((name) => names.includes(name) && this[name] != null);
      },
      set(this: Fields, which: string) {
        for (const name of names) if (name !== which) delete this[name];
      },
    });
  }
  return Message;
}

const isAbsent = (value: unknown): boolean => value === 0 || value === false || (value as { length?: number }).length === 0;
