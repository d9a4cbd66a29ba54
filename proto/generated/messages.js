/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
const $root = $protobuf.roots["porthole"] || ($protobuf.roots["porthole"] = {});

export const porthole = $root.porthole = (() => {

    /**
     * Namespace porthole.
     * @exports porthole
     * @namespace
     */
    const porthole = {};

    porthole.site = (function() {

        /**
         * Namespace site.
         * @memberof porthole
         * @namespace
         */
        const site = {};

        site.Frame = (function() {

            /**
             * Properties of a Frame.
             * @typedef {Object} porthole.site.Frame.$Properties
             * @property {number|null} [stream] Frame stream
             * @property {boolean|null} [end] Frame end
             * @property {porthole.site.Hello.$Properties|null} [hello] Frame hello
             * @property {porthole.site.Request.$Properties|null} [request] Frame request
             * @property {porthole.site.Response.$Properties|null} [response] Frame response
             * @property {Uint8Array|null} [data] Frame data
             * @property {porthole.site.Credit.$Properties|null} [credit] Frame credit
             * @property {porthole.site.Reset.$Properties|null} [reset] Frame reset
             * @property {porthole.site.GoAway.$Properties|null} [goAway] Frame goAway
             * @property {"hello"|"request"|"response"|"data"|"credit"|"reset"|"goAway"} [body] Frame body
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Frame.
             * @memberof porthole.site
             * @interface IFrame
             * @augments porthole.site.Frame.$Properties
             * @deprecated Use porthole.site.Frame.$Properties instead.
             */

            /**
             * Narrowed shape of a Frame.
             * @typedef {{
             *   stream?: number|null;
             *   end?: boolean|null;
             *   hello?: porthole.site.Hello.$Shape|null;
             *   request?: porthole.site.Request.$Shape|null;
             *   response?: porthole.site.Response.$Shape|null;
             *   data?: Uint8Array|null;
             *   credit?: porthole.site.Credit.$Shape|null;
             *   reset?: porthole.site.Reset.$Shape|null;
             *   goAway?: porthole.site.GoAway.$Shape|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ body?: undefined; hello?: null; request?: null; response?: null; data?: null; credit?: null; reset?: null; goAway?: null }|{ body?: "hello"; hello: porthole.site.Hello.$Shape; request?: null; response?: null; data?: null; credit?: null; reset?: null; goAway?: null }|{ body?: "request"; hello?: null; request: porthole.site.Request.$Shape; response?: null; data?: null; credit?: null; reset?: null; goAway?: null }|{ body?: "response"; hello?: null; request?: null; response: porthole.site.Response.$Shape; data?: null; credit?: null; reset?: null; goAway?: null }|{ body?: "data"; hello?: null; request?: null; response?: null; data: Uint8Array; credit?: null; reset?: null; goAway?: null }|{ body?: "credit"; hello?: null; request?: null; response?: null; data?: null; credit: porthole.site.Credit.$Shape; reset?: null; goAway?: null }|{ body?: "reset"; hello?: null; request?: null; response?: null; data?: null; credit?: null; reset: porthole.site.Reset.$Shape; goAway?: null }|{ body?: "goAway"; hello?: null; request?: null; response?: null; data?: null; credit?: null; reset?: null; goAway: porthole.site.GoAway.$Shape })
             * )} porthole.site.Frame.$Shape
             */

            /**
             * Constructs a new Frame.
             * @memberof porthole.site
             * @classdesc Represents a Frame.
             * @constructor
             * @param {porthole.site.Frame.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Frame = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Frame stream.
             * @member {number} stream
             * @memberof porthole.site.Frame
             * @instance
             */
            Frame.prototype.stream = 0;

            /**
             * Frame end.
             * @member {boolean} end
             * @memberof porthole.site.Frame
             * @instance
             */
            Frame.prototype.end = false;

            /**
             * Frame hello.
             * @member {porthole.site.Hello.$Properties|null|undefined} hello
             * @memberof porthole.site.Frame
             * @instance
             */
            Frame.prototype.hello = null;

            /**
             * Frame request.
             * @member {porthole.site.Request.$Properties|null|undefined} request
             * @memberof porthole.site.Frame
             * @instance
             */
            Frame.prototype.request = null;

            /**
             * Frame response.
             * @member {porthole.site.Response.$Properties|null|undefined} response
             * @memberof porthole.site.Frame
             * @instance
             */
            Frame.prototype.response = null;

            /**
             * Frame data.
             * @member {Uint8Array|null|undefined} data
             * @memberof porthole.site.Frame
             * @instance
             */
            Frame.prototype.data = null;

            /**
             * Frame credit.
             * @member {porthole.site.Credit.$Properties|null|undefined} credit
             * @memberof porthole.site.Frame
             * @instance
             */
            Frame.prototype.credit = null;

            /**
             * Frame reset.
             * @member {porthole.site.Reset.$Properties|null|undefined} reset
             * @memberof porthole.site.Frame
             * @instance
             */
            Frame.prototype.reset = null;

            /**
             * Frame goAway.
             * @member {porthole.site.GoAway.$Properties|null|undefined} goAway
             * @memberof porthole.site.Frame
             * @instance
             */
            Frame.prototype.goAway = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * Frame body.
             * @member {"hello"|"request"|"response"|"data"|"credit"|"reset"|"goAway"|undefined} body
             * @memberof porthole.site.Frame
             * @instance
             */
            $Object.defineProperty(Frame.prototype, "body", {
                get: $util.oneOfGetter($oneOfFields = ["hello", "request", "response", "data", "credit", "reset", "goAway"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified Frame message. Does not implicitly {@link porthole.site.Frame.verify|verify} messages.
             * @function encode
             * @memberof porthole.site.Frame
             * @static
             * @param {porthole.site.Frame.$Properties} message Frame message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Frame.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.stream != null && $Object.hasOwnProperty.call(message, "stream") && message.stream !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.stream);
                if (message.end != null && $Object.hasOwnProperty.call(message, "end") && message.end !== false)
                    writer.uint32(/* id 2, wireType 0 =*/16).bool(message.end);
                if (message.hello != null && $Object.hasOwnProperty.call(message, "hello"))
                    $root.porthole.site.Hello.encode(message.hello, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.request != null && $Object.hasOwnProperty.call(message, "request"))
                    $root.porthole.site.Request.encode(message.request, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                if (message.response != null && $Object.hasOwnProperty.call(message, "response"))
                    $root.porthole.site.Response.encode(message.response, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
                if (message.data != null && $Object.hasOwnProperty.call(message, "data"))
                    writer.uint32(/* id 6, wireType 2 =*/50).bytes(message.data);
                if (message.credit != null && $Object.hasOwnProperty.call(message, "credit"))
                    $root.porthole.site.Credit.encode(message.credit, writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                if (message.reset != null && $Object.hasOwnProperty.call(message, "reset"))
                    $root.porthole.site.Reset.encode(message.reset, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
                if (message.goAway != null && $Object.hasOwnProperty.call(message, "goAway"))
                    $root.porthole.site.GoAway.encode(message.goAway, writer.uint32(/* id 10, wireType 2 =*/82).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Frame message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.site.Frame
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.site.Frame & porthole.site.Frame.$Shape} Frame
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Frame.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.site.Frame();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.stream = value;
                            else
                                delete message.stream;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.end = value;
                            else
                                delete message.end;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.hello = $root.porthole.site.Hello.decode(reader, reader.size(), $undefined, _depth + 1, message.hello);
                            message.body = "hello";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.request = $root.porthole.site.Request.decode(reader, reader.size(), $undefined, _depth + 1, message.request);
                            message.body = "request";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.response = $root.porthole.site.Response.decode(reader, reader.size(), $undefined, _depth + 1, message.response);
                            message.body = "response";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.data = reader.bytes();
                            message.body = "data";
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.credit = $root.porthole.site.Credit.decode(reader, reader.size(), $undefined, _depth + 1, message.credit);
                            message.body = "credit";
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.reset = $root.porthole.site.Reset.decode(reader, reader.size(), $undefined, _depth + 1, message.reset);
                            message.body = "reset";
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            message.goAway = $root.porthole.site.GoAway.decode(reader, reader.size(), $undefined, _depth + 1, message.goAway);
                            message.body = "goAway";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Frame;
        })();

        site.Hello = (function() {

            /**
             * Properties of a Hello.
             * @typedef {Object} porthole.site.Hello.$Properties
             * @property {number|null} [version] Hello version
             * @property {Array.<string>|null} [features] Hello features
             * @property {string|null} [agent] Hello agent
             * @property {number|null} [streamCredit] Hello streamCredit
             * @property {number|null} [sessionCredit] Hello sessionCredit
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Hello.
             * @memberof porthole.site
             * @interface IHello
             * @augments porthole.site.Hello.$Properties
             * @deprecated Use porthole.site.Hello.$Properties instead.
             */

            /**
             * Shape of a Hello.
             * @typedef {porthole.site.Hello.$Properties} porthole.site.Hello.$Shape
             */

            /**
             * Constructs a new Hello.
             * @memberof porthole.site
             * @classdesc Represents a Hello.
             * @constructor
             * @param {porthole.site.Hello.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Hello = function (properties) {
                this.features = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Hello version.
             * @member {number} version
             * @memberof porthole.site.Hello
             * @instance
             */
            Hello.prototype.version = 0;

            /**
             * Hello features.
             * @member {Array.<string>} features
             * @memberof porthole.site.Hello
             * @instance
             */
            Hello.prototype.features = $util.emptyArray;

            /**
             * Hello agent.
             * @member {string} agent
             * @memberof porthole.site.Hello
             * @instance
             */
            Hello.prototype.agent = "";

            /**
             * Hello streamCredit.
             * @member {number} streamCredit
             * @memberof porthole.site.Hello
             * @instance
             */
            Hello.prototype.streamCredit = 0;

            /**
             * Hello sessionCredit.
             * @member {number} sessionCredit
             * @memberof porthole.site.Hello
             * @instance
             */
            Hello.prototype.sessionCredit = 0;

            /**
             * Encodes the specified Hello message. Does not implicitly {@link porthole.site.Hello.verify|verify} messages.
             * @function encode
             * @memberof porthole.site.Hello
             * @static
             * @param {porthole.site.Hello.$Properties} message Hello message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Hello.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.version);
                if (message.features != null && message.features.length)
                    for (let i = 0; i < message.features.length; ++i)
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.features[i]);
                if (message.agent != null && $Object.hasOwnProperty.call(message, "agent") && message.agent !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.agent);
                if (message.streamCredit != null && $Object.hasOwnProperty.call(message, "streamCredit") && message.streamCredit !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.streamCredit);
                if (message.sessionCredit != null && $Object.hasOwnProperty.call(message, "sessionCredit") && message.sessionCredit !== 0)
                    writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.sessionCredit);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Hello message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.site.Hello
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.site.Hello & porthole.site.Hello.$Shape} Hello
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Hello.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.site.Hello();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.version = value;
                            else
                                delete message.version;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.features && message.features.length))
                                message.features = [];
                            message.features.push(reader.stringVerify());
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.agent = value;
                            else
                                delete message.agent;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.streamCredit = value;
                            else
                                delete message.streamCredit;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.sessionCredit = value;
                            else
                                delete message.sessionCredit;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Hello;
        })();

        site.Request = (function() {

            /**
             * Properties of a Request.
             * @typedef {Object} porthole.site.Request.$Properties
             * @property {string|null} [method] Request method
             * @property {string|null} [target] Request target
             * @property {string|null} [authority] Request authority
             * @property {Array.<porthole.site.Header.$Properties>|null} [headers] Request headers
             * @property {string|null} [protocol] Request protocol
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Request.
             * @memberof porthole.site
             * @interface IRequest
             * @augments porthole.site.Request.$Properties
             * @deprecated Use porthole.site.Request.$Properties instead.
             */

            /**
             * Shape of a Request.
             * @typedef {porthole.site.Request.$Properties} porthole.site.Request.$Shape
             */

            /**
             * Constructs a new Request.
             * @memberof porthole.site
             * @classdesc Represents a Request.
             * @constructor
             * @param {porthole.site.Request.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Request = function (properties) {
                this.headers = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Request method.
             * @member {string} method
             * @memberof porthole.site.Request
             * @instance
             */
            Request.prototype.method = "";

            /**
             * Request target.
             * @member {string} target
             * @memberof porthole.site.Request
             * @instance
             */
            Request.prototype.target = "";

            /**
             * Request authority.
             * @member {string} authority
             * @memberof porthole.site.Request
             * @instance
             */
            Request.prototype.authority = "";

            /**
             * Request headers.
             * @member {Array.<porthole.site.Header.$Properties>} headers
             * @memberof porthole.site.Request
             * @instance
             */
            Request.prototype.headers = $util.emptyArray;

            /**
             * Request protocol.
             * @member {string} protocol
             * @memberof porthole.site.Request
             * @instance
             */
            Request.prototype.protocol = "";

            /**
             * Encodes the specified Request message. Does not implicitly {@link porthole.site.Request.verify|verify} messages.
             * @function encode
             * @memberof porthole.site.Request
             * @static
             * @param {porthole.site.Request.$Properties} message Request message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Request.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.method != null && $Object.hasOwnProperty.call(message, "method") && message.method !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.method);
                if (message.target != null && $Object.hasOwnProperty.call(message, "target") && message.target !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.target);
                if (message.authority != null && $Object.hasOwnProperty.call(message, "authority") && message.authority !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.authority);
                if (message.headers != null && message.headers.length)
                    for (let i = 0; i < message.headers.length; ++i)
                        $root.porthole.site.Header.encode(message.headers[i], writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                if (message.protocol != null && $Object.hasOwnProperty.call(message, "protocol") && message.protocol !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.protocol);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Request message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.site.Request
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.site.Request & porthole.site.Request.$Shape} Request
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Request.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.site.Request();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.method = value;
                            else
                                delete message.method;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.target = value;
                            else
                                delete message.target;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.authority = value;
                            else
                                delete message.authority;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if (!(message.headers && message.headers.length))
                                message.headers = [];
                            message.headers.push($root.porthole.site.Header.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.protocol = value;
                            else
                                delete message.protocol;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Request;
        })();

        site.Response = (function() {

            /**
             * Properties of a Response.
             * @typedef {Object} porthole.site.Response.$Properties
             * @property {number|null} [status] Response status
             * @property {Array.<porthole.site.Header.$Properties>|null} [headers] Response headers
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Response.
             * @memberof porthole.site
             * @interface IResponse
             * @augments porthole.site.Response.$Properties
             * @deprecated Use porthole.site.Response.$Properties instead.
             */

            /**
             * Shape of a Response.
             * @typedef {porthole.site.Response.$Properties} porthole.site.Response.$Shape
             */

            /**
             * Constructs a new Response.
             * @memberof porthole.site
             * @classdesc Represents a Response.
             * @constructor
             * @param {porthole.site.Response.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Response = function (properties) {
                this.headers = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Response status.
             * @member {number} status
             * @memberof porthole.site.Response
             * @instance
             */
            Response.prototype.status = 0;

            /**
             * Response headers.
             * @member {Array.<porthole.site.Header.$Properties>} headers
             * @memberof porthole.site.Response
             * @instance
             */
            Response.prototype.headers = $util.emptyArray;

            /**
             * Encodes the specified Response message. Does not implicitly {@link porthole.site.Response.verify|verify} messages.
             * @function encode
             * @memberof porthole.site.Response
             * @static
             * @param {porthole.site.Response.$Properties} message Response message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Response.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.status != null && $Object.hasOwnProperty.call(message, "status") && message.status !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.status);
                if (message.headers != null && message.headers.length)
                    for (let i = 0; i < message.headers.length; ++i)
                        $root.porthole.site.Header.encode(message.headers[i], writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Response message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.site.Response
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.site.Response & porthole.site.Response.$Shape} Response
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Response.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.site.Response();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.status = value;
                            else
                                delete message.status;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.headers && message.headers.length))
                                message.headers = [];
                            message.headers.push($root.porthole.site.Header.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Response;
        })();

        site.Header = (function() {

            /**
             * Properties of a Header.
             * @typedef {Object} porthole.site.Header.$Properties
             * @property {string|null} [name] Header name
             * @property {string|null} [value] Header value
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Header.
             * @memberof porthole.site
             * @interface IHeader
             * @augments porthole.site.Header.$Properties
             * @deprecated Use porthole.site.Header.$Properties instead.
             */

            /**
             * Shape of a Header.
             * @typedef {porthole.site.Header.$Properties} porthole.site.Header.$Shape
             */

            /**
             * Constructs a new Header.
             * @memberof porthole.site
             * @classdesc Represents a Header.
             * @constructor
             * @param {porthole.site.Header.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Header = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Header name.
             * @member {string} name
             * @memberof porthole.site.Header
             * @instance
             */
            Header.prototype.name = "";

            /**
             * Header value.
             * @member {string} value
             * @memberof porthole.site.Header
             * @instance
             */
            Header.prototype.value = "";

            /**
             * Encodes the specified Header message. Does not implicitly {@link porthole.site.Header.verify|verify} messages.
             * @function encode
             * @memberof porthole.site.Header
             * @static
             * @param {porthole.site.Header.$Properties} message Header message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Header.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.name);
                if (message.value != null && $Object.hasOwnProperty.call(message, "value") && message.value !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.value);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Header message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.site.Header
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.site.Header & porthole.site.Header.$Shape} Header
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Header.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.site.Header();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.name = value;
                            else
                                delete message.name;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.value = value;
                            else
                                delete message.value;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Header;
        })();

        site.Credit = (function() {

            /**
             * Properties of a Credit.
             * @typedef {Object} porthole.site.Credit.$Properties
             * @property {number|null} [bytes] Credit bytes
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Credit.
             * @memberof porthole.site
             * @interface ICredit
             * @augments porthole.site.Credit.$Properties
             * @deprecated Use porthole.site.Credit.$Properties instead.
             */

            /**
             * Shape of a Credit.
             * @typedef {porthole.site.Credit.$Properties} porthole.site.Credit.$Shape
             */

            /**
             * Constructs a new Credit.
             * @memberof porthole.site
             * @classdesc Represents a Credit.
             * @constructor
             * @param {porthole.site.Credit.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Credit = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Credit bytes.
             * @member {number} bytes
             * @memberof porthole.site.Credit
             * @instance
             */
            Credit.prototype.bytes = 0;

            /**
             * Encodes the specified Credit message. Does not implicitly {@link porthole.site.Credit.verify|verify} messages.
             * @function encode
             * @memberof porthole.site.Credit
             * @static
             * @param {porthole.site.Credit.$Properties} message Credit message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Credit.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.bytes != null && $Object.hasOwnProperty.call(message, "bytes") && message.bytes !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.bytes);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Credit message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.site.Credit
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.site.Credit & porthole.site.Credit.$Shape} Credit
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Credit.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.site.Credit();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.bytes = value;
                            else
                                delete message.bytes;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Credit;
        })();

        site.Reset = (function() {

            /**
             * Properties of a Reset.
             * @typedef {Object} porthole.site.Reset.$Properties
             * @property {string|null} [code] Reset code
             * @property {string|null} [message] Reset message
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Reset.
             * @memberof porthole.site
             * @interface IReset
             * @augments porthole.site.Reset.$Properties
             * @deprecated Use porthole.site.Reset.$Properties instead.
             */

            /**
             * Shape of a Reset.
             * @typedef {porthole.site.Reset.$Properties} porthole.site.Reset.$Shape
             */

            /**
             * Constructs a new Reset.
             * @memberof porthole.site
             * @classdesc Represents a Reset.
             * @constructor
             * @param {porthole.site.Reset.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Reset = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Reset code.
             * @member {string} code
             * @memberof porthole.site.Reset
             * @instance
             */
            Reset.prototype.code = "";

            /**
             * Reset message.
             * @member {string} message
             * @memberof porthole.site.Reset
             * @instance
             */
            Reset.prototype.message = "";

            /**
             * Encodes the specified Reset message. Does not implicitly {@link porthole.site.Reset.verify|verify} messages.
             * @function encode
             * @memberof porthole.site.Reset
             * @static
             * @param {porthole.site.Reset.$Properties} message Reset message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Reset.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.code);
                if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.message);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Reset message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.site.Reset
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.site.Reset & porthole.site.Reset.$Shape} Reset
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Reset.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.site.Reset();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.code = value;
                            else
                                delete message.code;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.message = value;
                            else
                                delete message.message;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Reset;
        })();

        site.GoAway = (function() {

            /**
             * Properties of a GoAway.
             * @typedef {Object} porthole.site.GoAway.$Properties
             * @property {string|null} [code] GoAway code
             * @property {string|null} [message] GoAway message
             * @property {number|null} [lastStream] GoAway lastStream
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a GoAway.
             * @memberof porthole.site
             * @interface IGoAway
             * @augments porthole.site.GoAway.$Properties
             * @deprecated Use porthole.site.GoAway.$Properties instead.
             */

            /**
             * Shape of a GoAway.
             * @typedef {porthole.site.GoAway.$Properties} porthole.site.GoAway.$Shape
             */

            /**
             * Constructs a new GoAway.
             * @memberof porthole.site
             * @classdesc Represents a GoAway.
             * @constructor
             * @param {porthole.site.GoAway.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const GoAway = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * GoAway code.
             * @member {string} code
             * @memberof porthole.site.GoAway
             * @instance
             */
            GoAway.prototype.code = "";

            /**
             * GoAway message.
             * @member {string} message
             * @memberof porthole.site.GoAway
             * @instance
             */
            GoAway.prototype.message = "";

            /**
             * GoAway lastStream.
             * @member {number} lastStream
             * @memberof porthole.site.GoAway
             * @instance
             */
            GoAway.prototype.lastStream = 0;

            /**
             * Encodes the specified GoAway message. Does not implicitly {@link porthole.site.GoAway.verify|verify} messages.
             * @function encode
             * @memberof porthole.site.GoAway
             * @static
             * @param {porthole.site.GoAway.$Properties} message GoAway message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            GoAway.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.code);
                if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.message);
                if (message.lastStream != null && $Object.hasOwnProperty.call(message, "lastStream") && message.lastStream !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.lastStream);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a GoAway message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.site.GoAway
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.site.GoAway & porthole.site.GoAway.$Shape} GoAway
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            GoAway.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.site.GoAway();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.code = value;
                            else
                                delete message.code;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.message = value;
                            else
                                delete message.message;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.lastStream = value;
                            else
                                delete message.lastStream;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return GoAway;
        })();

        site.PathMessage = (function() {

            /**
             * Properties of a PathMessage.
             * @typedef {Object} porthole.site.PathMessage.$Properties
             * @property {porthole.site.Join.$Properties|null} [join] PathMessage join
             * @property {porthole.site.Joined.$Properties|null} [joined] PathMessage joined
             * @property {porthole.site.Refused.$Properties|null} [refused] PathMessage refused
             * @property {porthole.site.Challenge.$Properties|null} [challenge] PathMessage challenge
             * @property {porthole.site.Proof.$Properties|null} [proof] PathMessage proof
             * @property {porthole.site.Carry.$Properties|null} [carry] PathMessage carry
             * @property {porthole.site.Ack.$Properties|null} [ack] PathMessage ack
             * @property {porthole.site.Ping.$Properties|null} [ping] PathMessage ping
             * @property {porthole.site.Over.$Properties|null} [over] PathMessage over
             * @property {"join"|"joined"|"refused"|"challenge"|"proof"|"carry"|"ack"|"ping"|"over"} [body] PathMessage body
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a PathMessage.
             * @memberof porthole.site
             * @interface IPathMessage
             * @augments porthole.site.PathMessage.$Properties
             * @deprecated Use porthole.site.PathMessage.$Properties instead.
             */

            /**
             * Narrowed shape of a PathMessage.
             * @typedef {{
             *   join?: porthole.site.Join.$Shape|null;
             *   joined?: porthole.site.Joined.$Shape|null;
             *   refused?: porthole.site.Refused.$Shape|null;
             *   challenge?: porthole.site.Challenge.$Shape|null;
             *   proof?: porthole.site.Proof.$Shape|null;
             *   carry?: porthole.site.Carry.$Shape|null;
             *   ack?: porthole.site.Ack.$Shape|null;
             *   ping?: porthole.site.Ping.$Shape|null;
             *   over?: porthole.site.Over.$Shape|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ body?: undefined; join?: null; joined?: null; refused?: null; challenge?: null; proof?: null; carry?: null; ack?: null; ping?: null; over?: null }|{ body?: "join"; join: porthole.site.Join.$Shape; joined?: null; refused?: null; challenge?: null; proof?: null; carry?: null; ack?: null; ping?: null; over?: null }|{ body?: "joined"; join?: null; joined: porthole.site.Joined.$Shape; refused?: null; challenge?: null; proof?: null; carry?: null; ack?: null; ping?: null; over?: null }|{ body?: "refused"; join?: null; joined?: null; refused: porthole.site.Refused.$Shape; challenge?: null; proof?: null; carry?: null; ack?: null; ping?: null; over?: null }|{ body?: "challenge"; join?: null; joined?: null; refused?: null; challenge: porthole.site.Challenge.$Shape; proof?: null; carry?: null; ack?: null; ping?: null; over?: null }|{ body?: "proof"; join?: null; joined?: null; refused?: null; challenge?: null; proof: porthole.site.Proof.$Shape; carry?: null; ack?: null; ping?: null; over?: null }|{ body?: "carry"; join?: null; joined?: null; refused?: null; challenge?: null; proof?: null; carry: porthole.site.Carry.$Shape; ack?: null; ping?: null; over?: null }|{ body?: "ack"; join?: null; joined?: null; refused?: null; challenge?: null; proof?: null; carry?: null; ack: porthole.site.Ack.$Shape; ping?: null; over?: null }|{ body?: "ping"; join?: null; joined?: null; refused?: null; challenge?: null; proof?: null; carry?: null; ack?: null; ping: porthole.site.Ping.$Shape; over?: null }|{ body?: "over"; join?: null; joined?: null; refused?: null; challenge?: null; proof?: null; carry?: null; ack?: null; ping?: null; over: porthole.site.Over.$Shape })
             * )} porthole.site.PathMessage.$Shape
             */

            /**
             * Constructs a new PathMessage.
             * @memberof porthole.site
             * @classdesc Represents a PathMessage.
             * @constructor
             * @param {porthole.site.PathMessage.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const PathMessage = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * PathMessage join.
             * @member {porthole.site.Join.$Properties|null|undefined} join
             * @memberof porthole.site.PathMessage
             * @instance
             */
            PathMessage.prototype.join = null;

            /**
             * PathMessage joined.
             * @member {porthole.site.Joined.$Properties|null|undefined} joined
             * @memberof porthole.site.PathMessage
             * @instance
             */
            PathMessage.prototype.joined = null;

            /**
             * PathMessage refused.
             * @member {porthole.site.Refused.$Properties|null|undefined} refused
             * @memberof porthole.site.PathMessage
             * @instance
             */
            PathMessage.prototype.refused = null;

            /**
             * PathMessage challenge.
             * @member {porthole.site.Challenge.$Properties|null|undefined} challenge
             * @memberof porthole.site.PathMessage
             * @instance
             */
            PathMessage.prototype.challenge = null;

            /**
             * PathMessage proof.
             * @member {porthole.site.Proof.$Properties|null|undefined} proof
             * @memberof porthole.site.PathMessage
             * @instance
             */
            PathMessage.prototype.proof = null;

            /**
             * PathMessage carry.
             * @member {porthole.site.Carry.$Properties|null|undefined} carry
             * @memberof porthole.site.PathMessage
             * @instance
             */
            PathMessage.prototype.carry = null;

            /**
             * PathMessage ack.
             * @member {porthole.site.Ack.$Properties|null|undefined} ack
             * @memberof porthole.site.PathMessage
             * @instance
             */
            PathMessage.prototype.ack = null;

            /**
             * PathMessage ping.
             * @member {porthole.site.Ping.$Properties|null|undefined} ping
             * @memberof porthole.site.PathMessage
             * @instance
             */
            PathMessage.prototype.ping = null;

            /**
             * PathMessage over.
             * @member {porthole.site.Over.$Properties|null|undefined} over
             * @memberof porthole.site.PathMessage
             * @instance
             */
            PathMessage.prototype.over = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * PathMessage body.
             * @member {"join"|"joined"|"refused"|"challenge"|"proof"|"carry"|"ack"|"ping"|"over"|undefined} body
             * @memberof porthole.site.PathMessage
             * @instance
             */
            $Object.defineProperty(PathMessage.prototype, "body", {
                get: $util.oneOfGetter($oneOfFields = ["join", "joined", "refused", "challenge", "proof", "carry", "ack", "ping", "over"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified PathMessage message. Does not implicitly {@link porthole.site.PathMessage.verify|verify} messages.
             * @function encode
             * @memberof porthole.site.PathMessage
             * @static
             * @param {porthole.site.PathMessage.$Properties} message PathMessage message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            PathMessage.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.join != null && $Object.hasOwnProperty.call(message, "join"))
                    $root.porthole.site.Join.encode(message.join, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.joined != null && $Object.hasOwnProperty.call(message, "joined"))
                    $root.porthole.site.Joined.encode(message.joined, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.refused != null && $Object.hasOwnProperty.call(message, "refused"))
                    $root.porthole.site.Refused.encode(message.refused, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.challenge != null && $Object.hasOwnProperty.call(message, "challenge"))
                    $root.porthole.site.Challenge.encode(message.challenge, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                if (message.proof != null && $Object.hasOwnProperty.call(message, "proof"))
                    $root.porthole.site.Proof.encode(message.proof, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
                if (message.carry != null && $Object.hasOwnProperty.call(message, "carry"))
                    $root.porthole.site.Carry.encode(message.carry, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                if (message.ack != null && $Object.hasOwnProperty.call(message, "ack"))
                    $root.porthole.site.Ack.encode(message.ack, writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                if (message.ping != null && $Object.hasOwnProperty.call(message, "ping"))
                    $root.porthole.site.Ping.encode(message.ping, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
                if (message.over != null && $Object.hasOwnProperty.call(message, "over"))
                    $root.porthole.site.Over.encode(message.over, writer.uint32(/* id 9, wireType 2 =*/74).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a PathMessage message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.site.PathMessage
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.site.PathMessage & porthole.site.PathMessage.$Shape} PathMessage
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            PathMessage.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.site.PathMessage();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.join = $root.porthole.site.Join.decode(reader, reader.size(), $undefined, _depth + 1, message.join);
                            message.body = "join";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.joined = $root.porthole.site.Joined.decode(reader, reader.size(), $undefined, _depth + 1, message.joined);
                            message.body = "joined";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.refused = $root.porthole.site.Refused.decode(reader, reader.size(), $undefined, _depth + 1, message.refused);
                            message.body = "refused";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.challenge = $root.porthole.site.Challenge.decode(reader, reader.size(), $undefined, _depth + 1, message.challenge);
                            message.body = "challenge";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.proof = $root.porthole.site.Proof.decode(reader, reader.size(), $undefined, _depth + 1, message.proof);
                            message.body = "proof";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.carry = $root.porthole.site.Carry.decode(reader, reader.size(), $undefined, _depth + 1, message.carry);
                            message.body = "carry";
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.ack = $root.porthole.site.Ack.decode(reader, reader.size(), $undefined, _depth + 1, message.ack);
                            message.body = "ack";
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.ping = $root.porthole.site.Ping.decode(reader, reader.size(), $undefined, _depth + 1, message.ping);
                            message.body = "ping";
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            message.over = $root.porthole.site.Over.decode(reader, reader.size(), $undefined, _depth + 1, message.over);
                            message.body = "over";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return PathMessage;
        })();

        site.Join = (function() {

            /**
             * Properties of a Join.
             * @typedef {Object} porthole.site.Join.$Properties
             * @property {Uint8Array|null} [session] Join session
             * @property {number|null} [received] Join received
             * @property {Uint8Array|null} [token] Join token
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Join.
             * @memberof porthole.site
             * @interface IJoin
             * @augments porthole.site.Join.$Properties
             * @deprecated Use porthole.site.Join.$Properties instead.
             */

            /**
             * Shape of a Join.
             * @typedef {porthole.site.Join.$Properties} porthole.site.Join.$Shape
             */

            /**
             * Constructs a new Join.
             * @memberof porthole.site
             * @classdesc Represents a Join.
             * @constructor
             * @param {porthole.site.Join.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Join = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Join session.
             * @member {Uint8Array} session
             * @memberof porthole.site.Join
             * @instance
             */
            Join.prototype.session = $util.newBuffer([]);

            /**
             * Join received.
             * @member {number} received
             * @memberof porthole.site.Join
             * @instance
             */
            Join.prototype.received = 0;

            /**
             * Join token.
             * @member {Uint8Array} token
             * @memberof porthole.site.Join
             * @instance
             */
            Join.prototype.token = $util.newBuffer([]);

            /**
             * Encodes the specified Join message. Does not implicitly {@link porthole.site.Join.verify|verify} messages.
             * @function encode
             * @memberof porthole.site.Join
             * @static
             * @param {porthole.site.Join.$Properties} message Join message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Join.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.session != null && $Object.hasOwnProperty.call(message, "session") && message.session.length)
                    writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.session);
                if (message.received != null && $Object.hasOwnProperty.call(message, "received") && message.received !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.received);
                if (message.token != null && $Object.hasOwnProperty.call(message, "token") && message.token.length)
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.token);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Join message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.site.Join
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.site.Join & porthole.site.Join.$Shape} Join
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Join.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.site.Join();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.session = value;
                            else
                                delete message.session;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.received = value;
                            else
                                delete message.received;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.token = value;
                            else
                                delete message.token;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Join;
        })();

        site.Joined = (function() {

            /**
             * Properties of a Joined.
             * @typedef {Object} porthole.site.Joined.$Properties
             * @property {Uint8Array|null} [session] Joined session
             * @property {number|null} [received] Joined received
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Joined.
             * @memberof porthole.site
             * @interface IJoined
             * @augments porthole.site.Joined.$Properties
             * @deprecated Use porthole.site.Joined.$Properties instead.
             */

            /**
             * Shape of a Joined.
             * @typedef {porthole.site.Joined.$Properties} porthole.site.Joined.$Shape
             */

            /**
             * Constructs a new Joined.
             * @memberof porthole.site
             * @classdesc Represents a Joined.
             * @constructor
             * @param {porthole.site.Joined.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Joined = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Joined session.
             * @member {Uint8Array} session
             * @memberof porthole.site.Joined
             * @instance
             */
            Joined.prototype.session = $util.newBuffer([]);

            /**
             * Joined received.
             * @member {number} received
             * @memberof porthole.site.Joined
             * @instance
             */
            Joined.prototype.received = 0;

            /**
             * Encodes the specified Joined message. Does not implicitly {@link porthole.site.Joined.verify|verify} messages.
             * @function encode
             * @memberof porthole.site.Joined
             * @static
             * @param {porthole.site.Joined.$Properties} message Joined message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Joined.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.session != null && $Object.hasOwnProperty.call(message, "session") && message.session.length)
                    writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.session);
                if (message.received != null && $Object.hasOwnProperty.call(message, "received") && message.received !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.received);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Joined message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.site.Joined
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.site.Joined & porthole.site.Joined.$Shape} Joined
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Joined.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.site.Joined();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.session = value;
                            else
                                delete message.session;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.received = value;
                            else
                                delete message.received;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Joined;
        })();

        site.Refused = (function() {

            /**
             * Properties of a Refused.
             * @typedef {Object} porthole.site.Refused.$Properties
             * @property {string|null} [code] Refused code
             * @property {string|null} [message] Refused message
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Refused.
             * @memberof porthole.site
             * @interface IRefused
             * @augments porthole.site.Refused.$Properties
             * @deprecated Use porthole.site.Refused.$Properties instead.
             */

            /**
             * Shape of a Refused.
             * @typedef {porthole.site.Refused.$Properties} porthole.site.Refused.$Shape
             */

            /**
             * Constructs a new Refused.
             * @memberof porthole.site
             * @classdesc Represents a Refused.
             * @constructor
             * @param {porthole.site.Refused.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Refused = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Refused code.
             * @member {string} code
             * @memberof porthole.site.Refused
             * @instance
             */
            Refused.prototype.code = "";

            /**
             * Refused message.
             * @member {string} message
             * @memberof porthole.site.Refused
             * @instance
             */
            Refused.prototype.message = "";

            /**
             * Encodes the specified Refused message. Does not implicitly {@link porthole.site.Refused.verify|verify} messages.
             * @function encode
             * @memberof porthole.site.Refused
             * @static
             * @param {porthole.site.Refused.$Properties} message Refused message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Refused.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.code);
                if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.message);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Refused message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.site.Refused
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.site.Refused & porthole.site.Refused.$Shape} Refused
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Refused.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.site.Refused();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.code = value;
                            else
                                delete message.code;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.message = value;
                            else
                                delete message.message;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Refused;
        })();

        site.Challenge = (function() {

            /**
             * Properties of a Challenge.
             * @typedef {Object} porthole.site.Challenge.$Properties
             * @property {string|null} [code] Challenge code
             * @property {string|null} [message] Challenge message
             * @property {Uint8Array|null} [salt] Challenge salt
             * @property {number|null} [cost] Challenge cost
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Challenge.
             * @memberof porthole.site
             * @interface IChallenge
             * @augments porthole.site.Challenge.$Properties
             * @deprecated Use porthole.site.Challenge.$Properties instead.
             */

            /**
             * Shape of a Challenge.
             * @typedef {porthole.site.Challenge.$Properties} porthole.site.Challenge.$Shape
             */

            /**
             * Constructs a new Challenge.
             * @memberof porthole.site
             * @classdesc Represents a Challenge.
             * @constructor
             * @param {porthole.site.Challenge.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Challenge = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Challenge code.
             * @member {string} code
             * @memberof porthole.site.Challenge
             * @instance
             */
            Challenge.prototype.code = "";

            /**
             * Challenge message.
             * @member {string} message
             * @memberof porthole.site.Challenge
             * @instance
             */
            Challenge.prototype.message = "";

            /**
             * Challenge salt.
             * @member {Uint8Array} salt
             * @memberof porthole.site.Challenge
             * @instance
             */
            Challenge.prototype.salt = $util.newBuffer([]);

            /**
             * Challenge cost.
             * @member {number} cost
             * @memberof porthole.site.Challenge
             * @instance
             */
            Challenge.prototype.cost = 0;

            /**
             * Encodes the specified Challenge message. Does not implicitly {@link porthole.site.Challenge.verify|verify} messages.
             * @function encode
             * @memberof porthole.site.Challenge
             * @static
             * @param {porthole.site.Challenge.$Properties} message Challenge message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Challenge.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.code);
                if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.message);
                if (message.salt != null && $Object.hasOwnProperty.call(message, "salt") && message.salt.length)
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.salt);
                if (message.cost != null && $Object.hasOwnProperty.call(message, "cost") && message.cost !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.cost);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Challenge message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.site.Challenge
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.site.Challenge & porthole.site.Challenge.$Shape} Challenge
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Challenge.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.site.Challenge();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.code = value;
                            else
                                delete message.code;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.message = value;
                            else
                                delete message.message;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.salt = value;
                            else
                                delete message.salt;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.cost = value;
                            else
                                delete message.cost;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Challenge;
        })();

        site.Proof = (function() {

            /**
             * Properties of a Proof.
             * @typedef {Object} porthole.site.Proof.$Properties
             * @property {Uint8Array|null} [password] Proof password
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Proof.
             * @memberof porthole.site
             * @interface IProof
             * @augments porthole.site.Proof.$Properties
             * @deprecated Use porthole.site.Proof.$Properties instead.
             */

            /**
             * Shape of a Proof.
             * @typedef {porthole.site.Proof.$Properties} porthole.site.Proof.$Shape
             */

            /**
             * Constructs a new Proof.
             * @memberof porthole.site
             * @classdesc Represents a Proof.
             * @constructor
             * @param {porthole.site.Proof.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Proof = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Proof password.
             * @member {Uint8Array} password
             * @memberof porthole.site.Proof
             * @instance
             */
            Proof.prototype.password = $util.newBuffer([]);

            /**
             * Encodes the specified Proof message. Does not implicitly {@link porthole.site.Proof.verify|verify} messages.
             * @function encode
             * @memberof porthole.site.Proof
             * @static
             * @param {porthole.site.Proof.$Properties} message Proof message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Proof.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.password != null && $Object.hasOwnProperty.call(message, "password") && message.password.length)
                    writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.password);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Proof message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.site.Proof
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.site.Proof & porthole.site.Proof.$Shape} Proof
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Proof.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.site.Proof();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.password = value;
                            else
                                delete message.password;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Proof;
        })();

        site.Carry = (function() {

            /**
             * Properties of a Carry.
             * @typedef {Object} porthole.site.Carry.$Properties
             * @property {number|null} [move] Carry move
             * @property {number|null} [next] Carry next
             * @property {number|null} [received] Carry received
             * @property {boolean|null} [sound] Carry sound
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Carry.
             * @memberof porthole.site
             * @interface ICarry
             * @augments porthole.site.Carry.$Properties
             * @deprecated Use porthole.site.Carry.$Properties instead.
             */

            /**
             * Shape of a Carry.
             * @typedef {porthole.site.Carry.$Properties} porthole.site.Carry.$Shape
             */

            /**
             * Constructs a new Carry.
             * @memberof porthole.site
             * @classdesc Represents a Carry.
             * @constructor
             * @param {porthole.site.Carry.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Carry = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Carry move.
             * @member {number} move
             * @memberof porthole.site.Carry
             * @instance
             */
            Carry.prototype.move = 0;

            /**
             * Carry next.
             * @member {number} next
             * @memberof porthole.site.Carry
             * @instance
             */
            Carry.prototype.next = 0;

            /**
             * Carry received.
             * @member {number} received
             * @memberof porthole.site.Carry
             * @instance
             */
            Carry.prototype.received = 0;

            /**
             * Carry sound.
             * @member {boolean} sound
             * @memberof porthole.site.Carry
             * @instance
             */
            Carry.prototype.sound = false;

            /**
             * Encodes the specified Carry message. Does not implicitly {@link porthole.site.Carry.verify|verify} messages.
             * @function encode
             * @memberof porthole.site.Carry
             * @static
             * @param {porthole.site.Carry.$Properties} message Carry message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Carry.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.move != null && $Object.hasOwnProperty.call(message, "move") && message.move !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.move);
                if (message.next != null && $Object.hasOwnProperty.call(message, "next") && message.next !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.next);
                if (message.received != null && $Object.hasOwnProperty.call(message, "received") && message.received !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.received);
                if (message.sound != null && $Object.hasOwnProperty.call(message, "sound") && message.sound !== false)
                    writer.uint32(/* id 4, wireType 0 =*/32).bool(message.sound);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Carry message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.site.Carry
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.site.Carry & porthole.site.Carry.$Shape} Carry
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Carry.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.site.Carry();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.move = value;
                            else
                                delete message.move;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.next = value;
                            else
                                delete message.next;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.received = value;
                            else
                                delete message.received;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.sound = value;
                            else
                                delete message.sound;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Carry;
        })();

        site.Ack = (function() {

            /**
             * Properties of an Ack.
             * @typedef {Object} porthole.site.Ack.$Properties
             * @property {number|null} [received] Ack received
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Ack.
             * @memberof porthole.site
             * @interface IAck
             * @augments porthole.site.Ack.$Properties
             * @deprecated Use porthole.site.Ack.$Properties instead.
             */

            /**
             * Shape of an Ack.
             * @typedef {porthole.site.Ack.$Properties} porthole.site.Ack.$Shape
             */

            /**
             * Constructs a new Ack.
             * @memberof porthole.site
             * @classdesc Represents an Ack.
             * @constructor
             * @param {porthole.site.Ack.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Ack = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Ack received.
             * @member {number} received
             * @memberof porthole.site.Ack
             * @instance
             */
            Ack.prototype.received = 0;

            /**
             * Encodes the specified Ack message. Does not implicitly {@link porthole.site.Ack.verify|verify} messages.
             * @function encode
             * @memberof porthole.site.Ack
             * @static
             * @param {porthole.site.Ack.$Properties} message Ack message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Ack.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.received != null && $Object.hasOwnProperty.call(message, "received") && message.received !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.received);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Ack message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.site.Ack
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.site.Ack & porthole.site.Ack.$Shape} Ack
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Ack.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.site.Ack();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.received = value;
                            else
                                delete message.received;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Ack;
        })();

        site.Ping = (function() {

            /**
             * Properties of a Ping.
             * @typedef {Object} porthole.site.Ping.$Properties
             * @property {number|null} [id] Ping id
             * @property {boolean|null} [answer] Ping answer
             * @property {boolean|null} [suspect] Ping suspect
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Ping.
             * @memberof porthole.site
             * @interface IPing
             * @augments porthole.site.Ping.$Properties
             * @deprecated Use porthole.site.Ping.$Properties instead.
             */

            /**
             * Shape of a Ping.
             * @typedef {porthole.site.Ping.$Properties} porthole.site.Ping.$Shape
             */

            /**
             * Constructs a new Ping.
             * @memberof porthole.site
             * @classdesc Represents a Ping.
             * @constructor
             * @param {porthole.site.Ping.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Ping = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Ping id.
             * @member {number} id
             * @memberof porthole.site.Ping
             * @instance
             */
            Ping.prototype.id = 0;

            /**
             * Ping answer.
             * @member {boolean} answer
             * @memberof porthole.site.Ping
             * @instance
             */
            Ping.prototype.answer = false;

            /**
             * Ping suspect.
             * @member {boolean} suspect
             * @memberof porthole.site.Ping
             * @instance
             */
            Ping.prototype.suspect = false;

            /**
             * Encodes the specified Ping message. Does not implicitly {@link porthole.site.Ping.verify|verify} messages.
             * @function encode
             * @memberof porthole.site.Ping
             * @static
             * @param {porthole.site.Ping.$Properties} message Ping message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Ping.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.id);
                if (message.answer != null && $Object.hasOwnProperty.call(message, "answer") && message.answer !== false)
                    writer.uint32(/* id 2, wireType 0 =*/16).bool(message.answer);
                if (message.suspect != null && $Object.hasOwnProperty.call(message, "suspect") && message.suspect !== false)
                    writer.uint32(/* id 3, wireType 0 =*/24).bool(message.suspect);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Ping message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.site.Ping
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.site.Ping & porthole.site.Ping.$Shape} Ping
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Ping.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.site.Ping();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.answer = value;
                            else
                                delete message.answer;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.suspect = value;
                            else
                                delete message.suspect;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Ping;
        })();

        site.Over = (function() {

            /**
             * Properties of an Over.
             * @typedef {Object} porthole.site.Over.$Properties
             * @property {string|null} [code] Over code
             * @property {string|null} [message] Over message
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Over.
             * @memberof porthole.site
             * @interface IOver
             * @augments porthole.site.Over.$Properties
             * @deprecated Use porthole.site.Over.$Properties instead.
             */

            /**
             * Shape of an Over.
             * @typedef {porthole.site.Over.$Properties} porthole.site.Over.$Shape
             */

            /**
             * Constructs a new Over.
             * @memberof porthole.site
             * @classdesc Represents an Over.
             * @constructor
             * @param {porthole.site.Over.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Over = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Over code.
             * @member {string} code
             * @memberof porthole.site.Over
             * @instance
             */
            Over.prototype.code = "";

            /**
             * Over message.
             * @member {string} message
             * @memberof porthole.site.Over
             * @instance
             */
            Over.prototype.message = "";

            /**
             * Encodes the specified Over message. Does not implicitly {@link porthole.site.Over.verify|verify} messages.
             * @function encode
             * @memberof porthole.site.Over
             * @static
             * @param {porthole.site.Over.$Properties} message Over message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Over.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.code);
                if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.message);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Over message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.site.Over
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.site.Over & porthole.site.Over.$Shape} Over
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Over.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.site.Over();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.code = value;
                            else
                                delete message.code;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.message = value;
                            else
                                delete message.message;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Over;
        })();

        return site;
    })();

    porthole.rendezvous = (function() {

        /**
         * Namespace rendezvous.
         * @memberof porthole
         * @namespace
         */
        const rendezvous = {};

        rendezvous.Address = (function() {

            /**
             * Properties of an Address.
             * @typedef {Object} porthole.rendezvous.Address.$Properties
             * @property {string|null} [ip] Address ip
             * @property {number|null} [port] Address port
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Address.
             * @memberof porthole.rendezvous
             * @interface IAddress
             * @augments porthole.rendezvous.Address.$Properties
             * @deprecated Use porthole.rendezvous.Address.$Properties instead.
             */

            /**
             * Shape of an Address.
             * @typedef {porthole.rendezvous.Address.$Properties} porthole.rendezvous.Address.$Shape
             */

            /**
             * Constructs a new Address.
             * @memberof porthole.rendezvous
             * @classdesc Represents an Address.
             * @constructor
             * @param {porthole.rendezvous.Address.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Address = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Address ip.
             * @member {string} ip
             * @memberof porthole.rendezvous.Address
             * @instance
             */
            Address.prototype.ip = "";

            /**
             * Address port.
             * @member {number} port
             * @memberof porthole.rendezvous.Address
             * @instance
             */
            Address.prototype.port = 0;

            /**
             * Encodes the specified Address message. Does not implicitly {@link porthole.rendezvous.Address.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.Address
             * @static
             * @param {porthole.rendezvous.Address.$Properties} message Address message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Address.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.ip != null && $Object.hasOwnProperty.call(message, "ip") && message.ip !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.ip);
                if (message.port != null && $Object.hasOwnProperty.call(message, "port") && message.port !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.port);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Address message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.Address
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Address & porthole.rendezvous.Address.$Shape} Address
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Address.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.Address();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.ip = value;
                            else
                                delete message.ip;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.port = value;
                            else
                                delete message.port;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Address;
        })();

        rendezvous.Welcome = (function() {

            /**
             * Properties of a Welcome.
             * @typedef {Object} porthole.rendezvous.Welcome.$Properties
             * @property {number|null} [version] Welcome version
             * @property {Uint8Array|null} [nonce] Welcome nonce
             * @property {porthole.rendezvous.Address.$Properties|null} [observed] Welcome observed
             * @property {number|null} [stunPort] Welcome stunPort
             * @property {number|null} [relayPort] Welcome relayPort
             * @property {Array.<porthole.rendezvous.Address.$Properties>|null} [stunTcp] Welcome stunTcp
             * @property {Array.<porthole.rendezvous.Address.$Properties>|null} [stunUdp] Welcome stunUdp
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Welcome.
             * @memberof porthole.rendezvous
             * @interface IWelcome
             * @augments porthole.rendezvous.Welcome.$Properties
             * @deprecated Use porthole.rendezvous.Welcome.$Properties instead.
             */

            /**
             * Shape of a Welcome.
             * @typedef {porthole.rendezvous.Welcome.$Properties} porthole.rendezvous.Welcome.$Shape
             */

            /**
             * Constructs a new Welcome.
             * @memberof porthole.rendezvous
             * @classdesc Represents a Welcome.
             * @constructor
             * @param {porthole.rendezvous.Welcome.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Welcome = function (properties) {
                this.stunTcp = [];
                this.stunUdp = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Welcome version.
             * @member {number} version
             * @memberof porthole.rendezvous.Welcome
             * @instance
             */
            Welcome.prototype.version = 0;

            /**
             * Welcome nonce.
             * @member {Uint8Array} nonce
             * @memberof porthole.rendezvous.Welcome
             * @instance
             */
            Welcome.prototype.nonce = $util.newBuffer([]);

            /**
             * Welcome observed.
             * @member {porthole.rendezvous.Address.$Properties|null|undefined} observed
             * @memberof porthole.rendezvous.Welcome
             * @instance
             */
            Welcome.prototype.observed = null;

            /**
             * Welcome stunPort.
             * @member {number} stunPort
             * @memberof porthole.rendezvous.Welcome
             * @instance
             */
            Welcome.prototype.stunPort = 0;

            /**
             * Welcome relayPort.
             * @member {number} relayPort
             * @memberof porthole.rendezvous.Welcome
             * @instance
             */
            Welcome.prototype.relayPort = 0;

            /**
             * Welcome stunTcp.
             * @member {Array.<porthole.rendezvous.Address.$Properties>} stunTcp
             * @memberof porthole.rendezvous.Welcome
             * @instance
             */
            Welcome.prototype.stunTcp = $util.emptyArray;

            /**
             * Welcome stunUdp.
             * @member {Array.<porthole.rendezvous.Address.$Properties>} stunUdp
             * @memberof porthole.rendezvous.Welcome
             * @instance
             */
            Welcome.prototype.stunUdp = $util.emptyArray;

            /**
             * Encodes the specified Welcome message. Does not implicitly {@link porthole.rendezvous.Welcome.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.Welcome
             * @static
             * @param {porthole.rendezvous.Welcome.$Properties} message Welcome message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Welcome.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.version);
                if (message.nonce != null && $Object.hasOwnProperty.call(message, "nonce") && message.nonce.length)
                    writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.nonce);
                if (message.observed != null && $Object.hasOwnProperty.call(message, "observed"))
                    $root.porthole.rendezvous.Address.encode(message.observed, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.stunPort != null && $Object.hasOwnProperty.call(message, "stunPort") && message.stunPort !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.stunPort);
                if (message.relayPort != null && $Object.hasOwnProperty.call(message, "relayPort") && message.relayPort !== 0)
                    writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.relayPort);
                if (message.stunTcp != null && message.stunTcp.length)
                    for (let i = 0; i < message.stunTcp.length; ++i)
                        $root.porthole.rendezvous.Address.encode(message.stunTcp[i], writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                if (message.stunUdp != null && message.stunUdp.length)
                    for (let i = 0; i < message.stunUdp.length; ++i)
                        $root.porthole.rendezvous.Address.encode(message.stunUdp[i], writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Welcome message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.Welcome
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Welcome & porthole.rendezvous.Welcome.$Shape} Welcome
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Welcome.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.Welcome();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.version = value;
                            else
                                delete message.version;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.nonce = value;
                            else
                                delete message.nonce;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.observed = $root.porthole.rendezvous.Address.decode(reader, reader.size(), $undefined, _depth + 1, message.observed);
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.stunPort = value;
                            else
                                delete message.stunPort;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.relayPort = value;
                            else
                                delete message.relayPort;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if (!(message.stunTcp && message.stunTcp.length))
                                message.stunTcp = [];
                            message.stunTcp.push($root.porthole.rendezvous.Address.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if (!(message.stunUdp && message.stunUdp.length))
                                message.stunUdp = [];
                            message.stunUdp.push($root.porthole.rendezvous.Address.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Welcome;
        })();

        rendezvous.Nat = (function() {

            /**
             * Properties of a Nat.
             * @typedef {Object} porthole.rendezvous.Nat.$Properties
             * @property {porthole.rendezvous.Nat.Found|null} [behindNat] Nat behindNat
             * @property {porthole.rendezvous.Nat.Tcp.$Properties|null} [tcp] Nat tcp
             * @property {porthole.rendezvous.Nat.Udp.$Properties|null} [udp] Nat udp
             * @property {boolean|null} [udpBlocked] Nat udpBlocked
             * @property {boolean|null} [noIpv6] Nat noIpv6
             * @property {porthole.rendezvous.Nat.Unsolicited|null} [ipv6Unsolicited] Nat ipv6Unsolicited
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Nat.
             * @memberof porthole.rendezvous
             * @interface INat
             * @augments porthole.rendezvous.Nat.$Properties
             * @deprecated Use porthole.rendezvous.Nat.$Properties instead.
             */

            /**
             * Shape of a Nat.
             * @typedef {porthole.rendezvous.Nat.$Properties} porthole.rendezvous.Nat.$Shape
             */

            /**
             * Constructs a new Nat.
             * @memberof porthole.rendezvous
             * @classdesc Represents a Nat.
             * @constructor
             * @param {porthole.rendezvous.Nat.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Nat = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Nat behindNat.
             * @member {porthole.rendezvous.Nat.Found} behindNat
             * @memberof porthole.rendezvous.Nat
             * @instance
             */
            Nat.prototype.behindNat = 0;

            /**
             * Nat tcp.
             * @member {porthole.rendezvous.Nat.Tcp.$Properties|null|undefined} tcp
             * @memberof porthole.rendezvous.Nat
             * @instance
             */
            Nat.prototype.tcp = null;

            /**
             * Nat udp.
             * @member {porthole.rendezvous.Nat.Udp.$Properties|null|undefined} udp
             * @memberof porthole.rendezvous.Nat
             * @instance
             */
            Nat.prototype.udp = null;

            /**
             * Nat udpBlocked.
             * @member {boolean} udpBlocked
             * @memberof porthole.rendezvous.Nat
             * @instance
             */
            Nat.prototype.udpBlocked = false;

            /**
             * Nat noIpv6.
             * @member {boolean} noIpv6
             * @memberof porthole.rendezvous.Nat
             * @instance
             */
            Nat.prototype.noIpv6 = false;

            /**
             * Nat ipv6Unsolicited.
             * @member {porthole.rendezvous.Nat.Unsolicited} ipv6Unsolicited
             * @memberof porthole.rendezvous.Nat
             * @instance
             */
            Nat.prototype.ipv6Unsolicited = 0;

            /**
             * Encodes the specified Nat message. Does not implicitly {@link porthole.rendezvous.Nat.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.Nat
             * @static
             * @param {porthole.rendezvous.Nat.$Properties} message Nat message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Nat.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.behindNat != null && $Object.hasOwnProperty.call(message, "behindNat") && message.behindNat !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).int32(message.behindNat);
                if (message.tcp != null && $Object.hasOwnProperty.call(message, "tcp"))
                    $root.porthole.rendezvous.Nat.Tcp.encode(message.tcp, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.udp != null && $Object.hasOwnProperty.call(message, "udp"))
                    $root.porthole.rendezvous.Nat.Udp.encode(message.udp, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.udpBlocked != null && $Object.hasOwnProperty.call(message, "udpBlocked") && message.udpBlocked !== false)
                    writer.uint32(/* id 4, wireType 0 =*/32).bool(message.udpBlocked);
                if (message.noIpv6 != null && $Object.hasOwnProperty.call(message, "noIpv6") && message.noIpv6 !== false)
                    writer.uint32(/* id 5, wireType 0 =*/40).bool(message.noIpv6);
                if (message.ipv6Unsolicited != null && $Object.hasOwnProperty.call(message, "ipv6Unsolicited") && message.ipv6Unsolicited !== 0)
                    writer.uint32(/* id 6, wireType 0 =*/48).int32(message.ipv6Unsolicited);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Nat message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.Nat
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Nat & porthole.rendezvous.Nat.$Shape} Nat
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Nat.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.Nat();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.behindNat = value;
                            else
                                delete message.behindNat;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.tcp = $root.porthole.rendezvous.Nat.Tcp.decode(reader, reader.size(), $undefined, _depth + 1, message.tcp);
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.udp = $root.porthole.rendezvous.Nat.Udp.decode(reader, reader.size(), $undefined, _depth + 1, message.udp);
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.udpBlocked = value;
                            else
                                delete message.udpBlocked;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.noIpv6 = value;
                            else
                                delete message.noIpv6;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.ipv6Unsolicited = value;
                            else
                                delete message.ipv6Unsolicited;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            Nat.Mapping = (function() {

                /**
                 * Properties of a Mapping.
                 * @typedef {Object} porthole.rendezvous.Nat.Mapping.$Properties
                 * @property {porthole.rendezvous.Nat.Behaviour|null} [behaviour] Mapping behaviour
                 * @property {number|null} [step] Mapping step
                 * @property {boolean|null} [patternless] Mapping patternless
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Mapping.
                 * @memberof porthole.rendezvous.Nat
                 * @interface IMapping
                 * @augments porthole.rendezvous.Nat.Mapping.$Properties
                 * @deprecated Use porthole.rendezvous.Nat.Mapping.$Properties instead.
                 */

                /**
                 * Shape of a Mapping.
                 * @typedef {porthole.rendezvous.Nat.Mapping.$Properties} porthole.rendezvous.Nat.Mapping.$Shape
                 */

                /**
                 * Constructs a new Mapping.
                 * @memberof porthole.rendezvous.Nat
                 * @classdesc Represents a Mapping.
                 * @constructor
                 * @param {porthole.rendezvous.Nat.Mapping.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const Mapping = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Mapping behaviour.
                 * @member {porthole.rendezvous.Nat.Behaviour} behaviour
                 * @memberof porthole.rendezvous.Nat.Mapping
                 * @instance
                 */
                Mapping.prototype.behaviour = 0;

                /**
                 * Mapping step.
                 * @member {number} step
                 * @memberof porthole.rendezvous.Nat.Mapping
                 * @instance
                 */
                Mapping.prototype.step = 0;

                /**
                 * Mapping patternless.
                 * @member {boolean} patternless
                 * @memberof porthole.rendezvous.Nat.Mapping
                 * @instance
                 */
                Mapping.prototype.patternless = false;

                /**
                 * Encodes the specified Mapping message. Does not implicitly {@link porthole.rendezvous.Nat.Mapping.verify|verify} messages.
                 * @function encode
                 * @memberof porthole.rendezvous.Nat.Mapping
                 * @static
                 * @param {porthole.rendezvous.Nat.Mapping.$Properties} message Mapping message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Mapping.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.behaviour != null && $Object.hasOwnProperty.call(message, "behaviour") && message.behaviour !== 0)
                        writer.uint32(/* id 1, wireType 0 =*/8).int32(message.behaviour);
                    if (message.step != null && $Object.hasOwnProperty.call(message, "step") && message.step !== 0)
                        writer.uint32(/* id 2, wireType 0 =*/16).sint32(message.step);
                    if (message.patternless != null && $Object.hasOwnProperty.call(message, "patternless") && message.patternless !== false)
                        writer.uint32(/* id 3, wireType 0 =*/24).bool(message.patternless);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Mapping message from the specified reader or buffer.
                 * @function decode
                 * @memberof porthole.rendezvous.Nat.Mapping
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {porthole.rendezvous.Nat.Mapping & porthole.rendezvous.Nat.Mapping.$Shape} Mapping
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Mapping.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.porthole.rendezvous.Nat.Mapping();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.behaviour = value;
                                else
                                    delete message.behaviour;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.sint32())
                                    message.step = value;
                                else
                                    delete message.step;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.patternless = value;
                                else
                                    delete message.patternless;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Mapping;
            })();

            Nat.Tcp = (function() {

                /**
                 * Properties of a Tcp.
                 * @typedef {Object} porthole.rendezvous.Nat.Tcp.$Properties
                 * @property {porthole.rendezvous.Nat.Mapping.$Properties|null} [mapping] Tcp mapping
                 * @property {porthole.rendezvous.Nat.Behaviour|null} [filtering] Tcp filtering
                 * @property {porthole.rendezvous.Nat.Unsolicited|null} [unsolicited] Tcp unsolicited
                 * @property {porthole.rendezvous.Nat.Found|null} [synOutSynIn] Tcp synOutSynIn
                 * @property {porthole.rendezvous.Nat.Found|null} [freshSequence] Tcp freshSequence
                 * @property {porthole.rendezvous.Nat.Found|null} [timeExceededCloses] Tcp timeExceededCloses
                 * @property {porthole.rendezvous.Nat.Found|null} [resetCloses] Tcp resetCloses
                 * @property {number|null} [hops] Tcp hops
                 * @property {porthole.rendezvous.Nat.Found|null} [hairpin] Tcp hairpin
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Tcp.
                 * @memberof porthole.rendezvous.Nat
                 * @interface ITcp
                 * @augments porthole.rendezvous.Nat.Tcp.$Properties
                 * @deprecated Use porthole.rendezvous.Nat.Tcp.$Properties instead.
                 */

                /**
                 * Shape of a Tcp.
                 * @typedef {porthole.rendezvous.Nat.Tcp.$Properties} porthole.rendezvous.Nat.Tcp.$Shape
                 */

                /**
                 * Constructs a new Tcp.
                 * @memberof porthole.rendezvous.Nat
                 * @classdesc Represents a Tcp.
                 * @constructor
                 * @param {porthole.rendezvous.Nat.Tcp.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const Tcp = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Tcp mapping.
                 * @member {porthole.rendezvous.Nat.Mapping.$Properties|null|undefined} mapping
                 * @memberof porthole.rendezvous.Nat.Tcp
                 * @instance
                 */
                Tcp.prototype.mapping = null;

                /**
                 * Tcp filtering.
                 * @member {porthole.rendezvous.Nat.Behaviour} filtering
                 * @memberof porthole.rendezvous.Nat.Tcp
                 * @instance
                 */
                Tcp.prototype.filtering = 0;

                /**
                 * Tcp unsolicited.
                 * @member {porthole.rendezvous.Nat.Unsolicited} unsolicited
                 * @memberof porthole.rendezvous.Nat.Tcp
                 * @instance
                 */
                Tcp.prototype.unsolicited = 0;

                /**
                 * Tcp synOutSynIn.
                 * @member {porthole.rendezvous.Nat.Found} synOutSynIn
                 * @memberof porthole.rendezvous.Nat.Tcp
                 * @instance
                 */
                Tcp.prototype.synOutSynIn = 0;

                /**
                 * Tcp freshSequence.
                 * @member {porthole.rendezvous.Nat.Found} freshSequence
                 * @memberof porthole.rendezvous.Nat.Tcp
                 * @instance
                 */
                Tcp.prototype.freshSequence = 0;

                /**
                 * Tcp timeExceededCloses.
                 * @member {porthole.rendezvous.Nat.Found} timeExceededCloses
                 * @memberof porthole.rendezvous.Nat.Tcp
                 * @instance
                 */
                Tcp.prototype.timeExceededCloses = 0;

                /**
                 * Tcp resetCloses.
                 * @member {porthole.rendezvous.Nat.Found} resetCloses
                 * @memberof porthole.rendezvous.Nat.Tcp
                 * @instance
                 */
                Tcp.prototype.resetCloses = 0;

                /**
                 * Tcp hops.
                 * @member {number} hops
                 * @memberof porthole.rendezvous.Nat.Tcp
                 * @instance
                 */
                Tcp.prototype.hops = 0;

                /**
                 * Tcp hairpin.
                 * @member {porthole.rendezvous.Nat.Found} hairpin
                 * @memberof porthole.rendezvous.Nat.Tcp
                 * @instance
                 */
                Tcp.prototype.hairpin = 0;

                /**
                 * Encodes the specified Tcp message. Does not implicitly {@link porthole.rendezvous.Nat.Tcp.verify|verify} messages.
                 * @function encode
                 * @memberof porthole.rendezvous.Nat.Tcp
                 * @static
                 * @param {porthole.rendezvous.Nat.Tcp.$Properties} message Tcp message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Tcp.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.mapping != null && $Object.hasOwnProperty.call(message, "mapping"))
                        $root.porthole.rendezvous.Nat.Mapping.encode(message.mapping, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                    if (message.filtering != null && $Object.hasOwnProperty.call(message, "filtering") && message.filtering !== 0)
                        writer.uint32(/* id 2, wireType 0 =*/16).int32(message.filtering);
                    if (message.unsolicited != null && $Object.hasOwnProperty.call(message, "unsolicited") && message.unsolicited !== 0)
                        writer.uint32(/* id 3, wireType 0 =*/24).int32(message.unsolicited);
                    if (message.synOutSynIn != null && $Object.hasOwnProperty.call(message, "synOutSynIn") && message.synOutSynIn !== 0)
                        writer.uint32(/* id 4, wireType 0 =*/32).int32(message.synOutSynIn);
                    if (message.freshSequence != null && $Object.hasOwnProperty.call(message, "freshSequence") && message.freshSequence !== 0)
                        writer.uint32(/* id 5, wireType 0 =*/40).int32(message.freshSequence);
                    if (message.timeExceededCloses != null && $Object.hasOwnProperty.call(message, "timeExceededCloses") && message.timeExceededCloses !== 0)
                        writer.uint32(/* id 6, wireType 0 =*/48).int32(message.timeExceededCloses);
                    if (message.resetCloses != null && $Object.hasOwnProperty.call(message, "resetCloses") && message.resetCloses !== 0)
                        writer.uint32(/* id 7, wireType 0 =*/56).int32(message.resetCloses);
                    if (message.hops != null && $Object.hasOwnProperty.call(message, "hops") && message.hops !== 0)
                        writer.uint32(/* id 8, wireType 0 =*/64).uint32(message.hops);
                    if (message.hairpin != null && $Object.hasOwnProperty.call(message, "hairpin") && message.hairpin !== 0)
                        writer.uint32(/* id 9, wireType 0 =*/72).int32(message.hairpin);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Tcp message from the specified reader or buffer.
                 * @function decode
                 * @memberof porthole.rendezvous.Nat.Tcp
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {porthole.rendezvous.Nat.Tcp & porthole.rendezvous.Nat.Tcp.$Shape} Tcp
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Tcp.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.porthole.rendezvous.Nat.Tcp();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                message.mapping = $root.porthole.rendezvous.Nat.Mapping.decode(reader, reader.size(), $undefined, _depth + 1, message.mapping);
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.filtering = value;
                                else
                                    delete message.filtering;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.unsolicited = value;
                                else
                                    delete message.unsolicited;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.synOutSynIn = value;
                                else
                                    delete message.synOutSynIn;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.freshSequence = value;
                                else
                                    delete message.freshSequence;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.timeExceededCloses = value;
                                else
                                    delete message.timeExceededCloses;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.resetCloses = value;
                                else
                                    delete message.resetCloses;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.hops = value;
                                else
                                    delete message.hops;
                                continue;
                            }
                        case 9: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.hairpin = value;
                                else
                                    delete message.hairpin;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Tcp;
            })();

            Nat.Udp = (function() {

                /**
                 * Properties of an Udp.
                 * @typedef {Object} porthole.rendezvous.Nat.Udp.$Properties
                 * @property {porthole.rendezvous.Nat.Mapping.$Properties|null} [mapping] Udp mapping
                 * @property {porthole.rendezvous.Nat.Behaviour|null} [filtering] Udp filtering
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of an Udp.
                 * @memberof porthole.rendezvous.Nat
                 * @interface IUdp
                 * @augments porthole.rendezvous.Nat.Udp.$Properties
                 * @deprecated Use porthole.rendezvous.Nat.Udp.$Properties instead.
                 */

                /**
                 * Shape of an Udp.
                 * @typedef {porthole.rendezvous.Nat.Udp.$Properties} porthole.rendezvous.Nat.Udp.$Shape
                 */

                /**
                 * Constructs a new Udp.
                 * @memberof porthole.rendezvous.Nat
                 * @classdesc Represents an Udp.
                 * @constructor
                 * @param {porthole.rendezvous.Nat.Udp.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const Udp = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Udp mapping.
                 * @member {porthole.rendezvous.Nat.Mapping.$Properties|null|undefined} mapping
                 * @memberof porthole.rendezvous.Nat.Udp
                 * @instance
                 */
                Udp.prototype.mapping = null;

                /**
                 * Udp filtering.
                 * @member {porthole.rendezvous.Nat.Behaviour} filtering
                 * @memberof porthole.rendezvous.Nat.Udp
                 * @instance
                 */
                Udp.prototype.filtering = 0;

                /**
                 * Encodes the specified Udp message. Does not implicitly {@link porthole.rendezvous.Nat.Udp.verify|verify} messages.
                 * @function encode
                 * @memberof porthole.rendezvous.Nat.Udp
                 * @static
                 * @param {porthole.rendezvous.Nat.Udp.$Properties} message Udp message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Udp.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.mapping != null && $Object.hasOwnProperty.call(message, "mapping"))
                        $root.porthole.rendezvous.Nat.Mapping.encode(message.mapping, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                    if (message.filtering != null && $Object.hasOwnProperty.call(message, "filtering") && message.filtering !== 0)
                        writer.uint32(/* id 2, wireType 0 =*/16).int32(message.filtering);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes an Udp message from the specified reader or buffer.
                 * @function decode
                 * @memberof porthole.rendezvous.Nat.Udp
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {porthole.rendezvous.Nat.Udp & porthole.rendezvous.Nat.Udp.$Shape} Udp
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Udp.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.porthole.rendezvous.Nat.Udp();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                message.mapping = $root.porthole.rendezvous.Nat.Mapping.decode(reader, reader.size(), $undefined, _depth + 1, message.mapping);
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.filtering = value;
                                else
                                    delete message.filtering;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Udp;
            })();

            /**
             * Behaviour enum.
             * @name porthole.rendezvous.Nat.Behaviour
             * @enum {number}
             * @property {number} UNEXAMINED=0 UNEXAMINED value
             * @property {number} ENDPOINT_INDEPENDENT=1 ENDPOINT_INDEPENDENT value
             * @property {number} ADDRESS_DEPENDENT=2 ADDRESS_DEPENDENT value
             * @property {number} ADDRESS_AND_PORT_DEPENDENT=3 ADDRESS_AND_PORT_DEPENDENT value
             */
            Nat.Behaviour = (function() {
                const valuesById = $Object.create(null), values = $Object.create(valuesById);
                values[valuesById[0] = "UNEXAMINED"] = 0;
                values[valuesById[1] = "ENDPOINT_INDEPENDENT"] = 1;
                values[valuesById[2] = "ADDRESS_DEPENDENT"] = 2;
                values[valuesById[3] = "ADDRESS_AND_PORT_DEPENDENT"] = 3;
                return values;
            })();

            /**
             * Unsolicited enum.
             * @name porthole.rendezvous.Nat.Unsolicited
             * @enum {number}
             * @property {number} UNASKED=0 UNASKED value
             * @property {number} SILENCE=1 SILENCE value
             * @property {number} RST=2 RST value
             * @property {number} ICMP=3 ICMP value
             * @property {number} ACCEPTED=4 ACCEPTED value
             */
            Nat.Unsolicited = (function() {
                const valuesById = $Object.create(null), values = $Object.create(valuesById);
                values[valuesById[0] = "UNASKED"] = 0;
                values[valuesById[1] = "SILENCE"] = 1;
                values[valuesById[2] = "RST"] = 2;
                values[valuesById[3] = "ICMP"] = 3;
                values[valuesById[4] = "ACCEPTED"] = 4;
                return values;
            })();

            /**
             * Found enum.
             * @name porthole.rendezvous.Nat.Found
             * @enum {number}
             * @property {number} UNKNOWN=0 UNKNOWN value
             * @property {number} NO=1 NO value
             * @property {number} YES=2 YES value
             */
            Nat.Found = (function() {
                const valuesById = $Object.create(null), values = $Object.create(valuesById);
                values[valuesById[0] = "UNKNOWN"] = 0;
                values[valuesById[1] = "NO"] = 1;
                values[valuesById[2] = "YES"] = 2;
                return values;
            })();

            return Nat;
        })();

        rendezvous.SiteCard = (function() {

            /**
             * Properties of a SiteCard.
             * @typedef {Object} porthole.rendezvous.SiteCard.$Properties
             * @property {string|null} [title] SiteCard title
             * @property {string|null} [owner] SiteCard owner
             * @property {string|null} [purpose] SiteCard purpose
             * @property {string|null} [contact] SiteCard contact
             * @property {Array.<string>|null} [keywords] SiteCard keywords
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SiteCard.
             * @memberof porthole.rendezvous
             * @interface ISiteCard
             * @augments porthole.rendezvous.SiteCard.$Properties
             * @deprecated Use porthole.rendezvous.SiteCard.$Properties instead.
             */

            /**
             * Shape of a SiteCard.
             * @typedef {porthole.rendezvous.SiteCard.$Properties} porthole.rendezvous.SiteCard.$Shape
             */

            /**
             * Constructs a new SiteCard.
             * @memberof porthole.rendezvous
             * @classdesc Represents a SiteCard.
             * @constructor
             * @param {porthole.rendezvous.SiteCard.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const SiteCard = function (properties) {
                this.keywords = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SiteCard title.
             * @member {string} title
             * @memberof porthole.rendezvous.SiteCard
             * @instance
             */
            SiteCard.prototype.title = "";

            /**
             * SiteCard owner.
             * @member {string} owner
             * @memberof porthole.rendezvous.SiteCard
             * @instance
             */
            SiteCard.prototype.owner = "";

            /**
             * SiteCard purpose.
             * @member {string} purpose
             * @memberof porthole.rendezvous.SiteCard
             * @instance
             */
            SiteCard.prototype.purpose = "";

            /**
             * SiteCard contact.
             * @member {string} contact
             * @memberof porthole.rendezvous.SiteCard
             * @instance
             */
            SiteCard.prototype.contact = "";

            /**
             * SiteCard keywords.
             * @member {Array.<string>} keywords
             * @memberof porthole.rendezvous.SiteCard
             * @instance
             */
            SiteCard.prototype.keywords = $util.emptyArray;

            /**
             * Encodes the specified SiteCard message. Does not implicitly {@link porthole.rendezvous.SiteCard.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.SiteCard
             * @static
             * @param {porthole.rendezvous.SiteCard.$Properties} message SiteCard message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SiteCard.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.title != null && $Object.hasOwnProperty.call(message, "title") && message.title !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.title);
                if (message.owner != null && $Object.hasOwnProperty.call(message, "owner") && message.owner !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.owner);
                if (message.purpose != null && $Object.hasOwnProperty.call(message, "purpose") && message.purpose !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.purpose);
                if (message.contact != null && $Object.hasOwnProperty.call(message, "contact") && message.contact !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.contact);
                if (message.keywords != null && message.keywords.length)
                    for (let i = 0; i < message.keywords.length; ++i)
                        writer.uint32(/* id 5, wireType 2 =*/42).string(message.keywords[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SiteCard message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.SiteCard
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.SiteCard & porthole.rendezvous.SiteCard.$Shape} SiteCard
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SiteCard.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.SiteCard();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.title = value;
                            else
                                delete message.title;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.owner = value;
                            else
                                delete message.owner;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.purpose = value;
                            else
                                delete message.purpose;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.contact = value;
                            else
                                delete message.contact;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if (!(message.keywords && message.keywords.length))
                                message.keywords = [];
                            message.keywords.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return SiteCard;
        })();

        rendezvous.Register = (function() {

            /**
             * Properties of a Register.
             * @typedef {Object} porthole.rendezvous.Register.$Properties
             * @property {Uint8Array|null} [publicKey] Register publicKey
             * @property {Uint8Array|null} [signature] Register signature
             * @property {string|null} [name] Register name
             * @property {porthole.rendezvous.SiteCard.$Properties|null} [card] Register card
             * @property {Array.<string>|null} [localAddresses] Register localAddresses
             * @property {Array.<string>|null} [strategies] Register strategies
             * @property {boolean|null} [unlisted] Register unlisted
             * @property {porthole.rendezvous.Nat.$Properties|null} [nat] Register nat
             * @property {Uint8Array|null} [instance] Register instance
             * @property {number|null} [registration] Register registration
             * @property {porthole.rendezvous.Register.Inbox.$Properties|null} [inbox] Register inbox
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Register.
             * @memberof porthole.rendezvous
             * @interface IRegister
             * @augments porthole.rendezvous.Register.$Properties
             * @deprecated Use porthole.rendezvous.Register.$Properties instead.
             */

            /**
             * Shape of a Register.
             * @typedef {porthole.rendezvous.Register.$Properties} porthole.rendezvous.Register.$Shape
             */

            /**
             * Constructs a new Register.
             * @memberof porthole.rendezvous
             * @classdesc Represents a Register.
             * @constructor
             * @param {porthole.rendezvous.Register.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Register = function (properties) {
                this.localAddresses = [];
                this.strategies = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Register publicKey.
             * @member {Uint8Array} publicKey
             * @memberof porthole.rendezvous.Register
             * @instance
             */
            Register.prototype.publicKey = $util.newBuffer([]);

            /**
             * Register signature.
             * @member {Uint8Array} signature
             * @memberof porthole.rendezvous.Register
             * @instance
             */
            Register.prototype.signature = $util.newBuffer([]);

            /**
             * Register name.
             * @member {string} name
             * @memberof porthole.rendezvous.Register
             * @instance
             */
            Register.prototype.name = "";

            /**
             * Register card.
             * @member {porthole.rendezvous.SiteCard.$Properties|null|undefined} card
             * @memberof porthole.rendezvous.Register
             * @instance
             */
            Register.prototype.card = null;

            /**
             * Register localAddresses.
             * @member {Array.<string>} localAddresses
             * @memberof porthole.rendezvous.Register
             * @instance
             */
            Register.prototype.localAddresses = $util.emptyArray;

            /**
             * Register strategies.
             * @member {Array.<string>} strategies
             * @memberof porthole.rendezvous.Register
             * @instance
             */
            Register.prototype.strategies = $util.emptyArray;

            /**
             * Register unlisted.
             * @member {boolean} unlisted
             * @memberof porthole.rendezvous.Register
             * @instance
             */
            Register.prototype.unlisted = false;

            /**
             * Register nat.
             * @member {porthole.rendezvous.Nat.$Properties|null|undefined} nat
             * @memberof porthole.rendezvous.Register
             * @instance
             */
            Register.prototype.nat = null;

            /**
             * Register instance.
             * @member {Uint8Array} instance
             * @memberof porthole.rendezvous.Register
             * @instance
             */
            Register.prototype.instance = $util.newBuffer([]);

            /**
             * Register registration.
             * @member {number} registration
             * @memberof porthole.rendezvous.Register
             * @instance
             */
            Register.prototype.registration = 0;

            /**
             * Register inbox.
             * @member {porthole.rendezvous.Register.Inbox.$Properties|null|undefined} inbox
             * @memberof porthole.rendezvous.Register
             * @instance
             */
            Register.prototype.inbox = null;

            /**
             * Encodes the specified Register message. Does not implicitly {@link porthole.rendezvous.Register.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.Register
             * @static
             * @param {porthole.rendezvous.Register.$Properties} message Register message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Register.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.publicKey != null && $Object.hasOwnProperty.call(message, "publicKey") && message.publicKey.length)
                    writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.publicKey);
                if (message.signature != null && $Object.hasOwnProperty.call(message, "signature") && message.signature.length)
                    writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.signature);
                if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.name);
                if (message.card != null && $Object.hasOwnProperty.call(message, "card"))
                    $root.porthole.rendezvous.SiteCard.encode(message.card, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                if (message.localAddresses != null && message.localAddresses.length)
                    for (let i = 0; i < message.localAddresses.length; ++i)
                        writer.uint32(/* id 5, wireType 2 =*/42).string(message.localAddresses[i]);
                if (message.strategies != null && message.strategies.length)
                    for (let i = 0; i < message.strategies.length; ++i)
                        writer.uint32(/* id 6, wireType 2 =*/50).string(message.strategies[i]);
                if (message.unlisted != null && $Object.hasOwnProperty.call(message, "unlisted") && message.unlisted !== false)
                    writer.uint32(/* id 7, wireType 0 =*/56).bool(message.unlisted);
                if (message.nat != null && $Object.hasOwnProperty.call(message, "nat"))
                    $root.porthole.rendezvous.Nat.encode(message.nat, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
                if (message.instance != null && $Object.hasOwnProperty.call(message, "instance") && message.instance.length)
                    writer.uint32(/* id 9, wireType 2 =*/74).bytes(message.instance);
                if (message.registration != null && $Object.hasOwnProperty.call(message, "registration") && message.registration !== 0)
                    writer.uint32(/* id 10, wireType 0 =*/80).uint32(message.registration);
                if (message.inbox != null && $Object.hasOwnProperty.call(message, "inbox"))
                    $root.porthole.rendezvous.Register.Inbox.encode(message.inbox, writer.uint32(/* id 11, wireType 2 =*/90).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Register message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.Register
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Register & porthole.rendezvous.Register.$Shape} Register
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Register.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.Register();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.publicKey = value;
                            else
                                delete message.publicKey;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.signature = value;
                            else
                                delete message.signature;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.name = value;
                            else
                                delete message.name;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.card = $root.porthole.rendezvous.SiteCard.decode(reader, reader.size(), $undefined, _depth + 1, message.card);
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if (!(message.localAddresses && message.localAddresses.length))
                                message.localAddresses = [];
                            message.localAddresses.push(reader.stringVerify());
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if (!(message.strategies && message.strategies.length))
                                message.strategies = [];
                            message.strategies.push(reader.stringVerify());
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.unlisted = value;
                            else
                                delete message.unlisted;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.nat = $root.porthole.rendezvous.Nat.decode(reader, reader.size(), $undefined, _depth + 1, message.nat);
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.instance = value;
                            else
                                delete message.instance;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.registration = value;
                            else
                                delete message.registration;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            message.inbox = $root.porthole.rendezvous.Register.Inbox.decode(reader, reader.size(), $undefined, _depth + 1, message.inbox);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            Register.Inbox = (function() {

                /**
                 * Properties of an Inbox.
                 * @typedef {Object} porthole.rendezvous.Register.Inbox.$Properties
                 * @property {Array.<string>|null} [patterns] Inbox patterns
                 * @property {number|null} [messages] Inbox messages
                 * @property {number|null} [seconds] Inbox seconds
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of an Inbox.
                 * @memberof porthole.rendezvous.Register
                 * @interface IInbox
                 * @augments porthole.rendezvous.Register.Inbox.$Properties
                 * @deprecated Use porthole.rendezvous.Register.Inbox.$Properties instead.
                 */

                /**
                 * Shape of an Inbox.
                 * @typedef {porthole.rendezvous.Register.Inbox.$Properties} porthole.rendezvous.Register.Inbox.$Shape
                 */

                /**
                 * Constructs a new Inbox.
                 * @memberof porthole.rendezvous.Register
                 * @classdesc Represents an Inbox.
                 * @constructor
                 * @param {porthole.rendezvous.Register.Inbox.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const Inbox = function (properties) {
                    this.patterns = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Inbox patterns.
                 * @member {Array.<string>} patterns
                 * @memberof porthole.rendezvous.Register.Inbox
                 * @instance
                 */
                Inbox.prototype.patterns = $util.emptyArray;

                /**
                 * Inbox messages.
                 * @member {number} messages
                 * @memberof porthole.rendezvous.Register.Inbox
                 * @instance
                 */
                Inbox.prototype.messages = 0;

                /**
                 * Inbox seconds.
                 * @member {number} seconds
                 * @memberof porthole.rendezvous.Register.Inbox
                 * @instance
                 */
                Inbox.prototype.seconds = 0;

                /**
                 * Encodes the specified Inbox message. Does not implicitly {@link porthole.rendezvous.Register.Inbox.verify|verify} messages.
                 * @function encode
                 * @memberof porthole.rendezvous.Register.Inbox
                 * @static
                 * @param {porthole.rendezvous.Register.Inbox.$Properties} message Inbox message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Inbox.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.patterns != null && message.patterns.length)
                        for (let i = 0; i < message.patterns.length; ++i)
                            writer.uint32(/* id 1, wireType 2 =*/10).string(message.patterns[i]);
                    if (message.messages != null && $Object.hasOwnProperty.call(message, "messages") && message.messages !== 0)
                        writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.messages);
                    if (message.seconds != null && $Object.hasOwnProperty.call(message, "seconds") && message.seconds !== 0)
                        writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.seconds);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes an Inbox message from the specified reader or buffer.
                 * @function decode
                 * @memberof porthole.rendezvous.Register.Inbox
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {porthole.rendezvous.Register.Inbox & porthole.rendezvous.Register.Inbox.$Shape} Inbox
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Inbox.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.porthole.rendezvous.Register.Inbox();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.patterns && message.patterns.length))
                                    message.patterns = [];
                                message.patterns.push(reader.stringVerify());
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.messages = value;
                                else
                                    delete message.messages;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.seconds = value;
                                else
                                    delete message.seconds;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Inbox;
            })();

            return Register;
        })();

        rendezvous.Registered = (function() {

            /**
             * Properties of a Registered.
             * @typedef {Object} porthole.rendezvous.Registered.$Properties
             * @property {string|null} [site] Registered site
             * @property {string|null} [name] Registered name
             * @property {string|null} [link] Registered link
             * @property {boolean|null} [behindNat] Registered behindNat
             * @property {porthole.rendezvous.Registered.Inbox.$Properties|null} [inbox] Registered inbox
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Registered.
             * @memberof porthole.rendezvous
             * @interface IRegistered
             * @augments porthole.rendezvous.Registered.$Properties
             * @deprecated Use porthole.rendezvous.Registered.$Properties instead.
             */

            /**
             * Shape of a Registered.
             * @typedef {porthole.rendezvous.Registered.$Properties} porthole.rendezvous.Registered.$Shape
             */

            /**
             * Constructs a new Registered.
             * @memberof porthole.rendezvous
             * @classdesc Represents a Registered.
             * @constructor
             * @param {porthole.rendezvous.Registered.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Registered = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Registered site.
             * @member {string} site
             * @memberof porthole.rendezvous.Registered
             * @instance
             */
            Registered.prototype.site = "";

            /**
             * Registered name.
             * @member {string} name
             * @memberof porthole.rendezvous.Registered
             * @instance
             */
            Registered.prototype.name = "";

            /**
             * Registered link.
             * @member {string} link
             * @memberof porthole.rendezvous.Registered
             * @instance
             */
            Registered.prototype.link = "";

            /**
             * Registered behindNat.
             * @member {boolean} behindNat
             * @memberof porthole.rendezvous.Registered
             * @instance
             */
            Registered.prototype.behindNat = false;

            /**
             * Registered inbox.
             * @member {porthole.rendezvous.Registered.Inbox.$Properties|null|undefined} inbox
             * @memberof porthole.rendezvous.Registered
             * @instance
             */
            Registered.prototype.inbox = null;

            /**
             * Encodes the specified Registered message. Does not implicitly {@link porthole.rendezvous.Registered.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.Registered
             * @static
             * @param {porthole.rendezvous.Registered.$Properties} message Registered message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Registered.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.site != null && $Object.hasOwnProperty.call(message, "site") && message.site !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.site);
                if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.name);
                if (message.link != null && $Object.hasOwnProperty.call(message, "link") && message.link !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.link);
                if (message.behindNat != null && $Object.hasOwnProperty.call(message, "behindNat") && message.behindNat !== false)
                    writer.uint32(/* id 4, wireType 0 =*/32).bool(message.behindNat);
                if (message.inbox != null && $Object.hasOwnProperty.call(message, "inbox"))
                    $root.porthole.rendezvous.Registered.Inbox.encode(message.inbox, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Registered message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.Registered
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Registered & porthole.rendezvous.Registered.$Shape} Registered
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Registered.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.Registered();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.site = value;
                            else
                                delete message.site;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.name = value;
                            else
                                delete message.name;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.link = value;
                            else
                                delete message.link;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.behindNat = value;
                            else
                                delete message.behindNat;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.inbox = $root.porthole.rendezvous.Registered.Inbox.decode(reader, reader.size(), $undefined, _depth + 1, message.inbox);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            Registered.Inbox = (function() {

                /**
                 * Properties of an Inbox.
                 * @typedef {Object} porthole.rendezvous.Registered.Inbox.$Properties
                 * @property {number|null} [waiting] Inbox waiting
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of an Inbox.
                 * @memberof porthole.rendezvous.Registered
                 * @interface IInbox
                 * @augments porthole.rendezvous.Registered.Inbox.$Properties
                 * @deprecated Use porthole.rendezvous.Registered.Inbox.$Properties instead.
                 */

                /**
                 * Shape of an Inbox.
                 * @typedef {porthole.rendezvous.Registered.Inbox.$Properties} porthole.rendezvous.Registered.Inbox.$Shape
                 */

                /**
                 * Constructs a new Inbox.
                 * @memberof porthole.rendezvous.Registered
                 * @classdesc Represents an Inbox.
                 * @constructor
                 * @param {porthole.rendezvous.Registered.Inbox.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const Inbox = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Inbox waiting.
                 * @member {number} waiting
                 * @memberof porthole.rendezvous.Registered.Inbox
                 * @instance
                 */
                Inbox.prototype.waiting = 0;

                /**
                 * Encodes the specified Inbox message. Does not implicitly {@link porthole.rendezvous.Registered.Inbox.verify|verify} messages.
                 * @function encode
                 * @memberof porthole.rendezvous.Registered.Inbox
                 * @static
                 * @param {porthole.rendezvous.Registered.Inbox.$Properties} message Inbox message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Inbox.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.waiting != null && $Object.hasOwnProperty.call(message, "waiting") && message.waiting !== 0)
                        writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.waiting);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes an Inbox message from the specified reader or buffer.
                 * @function decode
                 * @memberof porthole.rendezvous.Registered.Inbox
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {porthole.rendezvous.Registered.Inbox & porthole.rendezvous.Registered.Inbox.$Shape} Inbox
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Inbox.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.porthole.rendezvous.Registered.Inbox();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.waiting = value;
                                else
                                    delete message.waiting;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Inbox;
            })();

            return Registered;
        })();

        rendezvous.Find = (function() {

            /**
             * Properties of a Find.
             * @typedef {Object} porthole.rendezvous.Find.$Properties
             * @property {string|null} [link] Find link
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Find.
             * @memberof porthole.rendezvous
             * @interface IFind
             * @augments porthole.rendezvous.Find.$Properties
             * @deprecated Use porthole.rendezvous.Find.$Properties instead.
             */

            /**
             * Shape of a Find.
             * @typedef {porthole.rendezvous.Find.$Properties} porthole.rendezvous.Find.$Shape
             */

            /**
             * Constructs a new Find.
             * @memberof porthole.rendezvous
             * @classdesc Represents a Find.
             * @constructor
             * @param {porthole.rendezvous.Find.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Find = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Find link.
             * @member {string} link
             * @memberof porthole.rendezvous.Find
             * @instance
             */
            Find.prototype.link = "";

            /**
             * Encodes the specified Find message. Does not implicitly {@link porthole.rendezvous.Find.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.Find
             * @static
             * @param {porthole.rendezvous.Find.$Properties} message Find message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Find.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.link != null && $Object.hasOwnProperty.call(message, "link") && message.link !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.link);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Find message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.Find
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Find & porthole.rendezvous.Find.$Shape} Find
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Find.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.Find();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.link = value;
                            else
                                delete message.link;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Find;
        })();

        rendezvous.SiteStatus = (function() {

            /**
             * Properties of a SiteStatus.
             * @typedef {Object} porthole.rendezvous.SiteStatus.$Properties
             * @property {string|null} [site] SiteStatus site
             * @property {string|null} [name] SiteStatus name
             * @property {porthole.rendezvous.SiteCard.$Properties|null} [card] SiteStatus card
             * @property {boolean|null} [online] SiteStatus online
             * @property {string|null} [link] SiteStatus link
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SiteStatus.
             * @memberof porthole.rendezvous
             * @interface ISiteStatus
             * @augments porthole.rendezvous.SiteStatus.$Properties
             * @deprecated Use porthole.rendezvous.SiteStatus.$Properties instead.
             */

            /**
             * Shape of a SiteStatus.
             * @typedef {porthole.rendezvous.SiteStatus.$Properties} porthole.rendezvous.SiteStatus.$Shape
             */

            /**
             * Constructs a new SiteStatus.
             * @memberof porthole.rendezvous
             * @classdesc Represents a SiteStatus.
             * @constructor
             * @param {porthole.rendezvous.SiteStatus.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const SiteStatus = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SiteStatus site.
             * @member {string} site
             * @memberof porthole.rendezvous.SiteStatus
             * @instance
             */
            SiteStatus.prototype.site = "";

            /**
             * SiteStatus name.
             * @member {string} name
             * @memberof porthole.rendezvous.SiteStatus
             * @instance
             */
            SiteStatus.prototype.name = "";

            /**
             * SiteStatus card.
             * @member {porthole.rendezvous.SiteCard.$Properties|null|undefined} card
             * @memberof porthole.rendezvous.SiteStatus
             * @instance
             */
            SiteStatus.prototype.card = null;

            /**
             * SiteStatus online.
             * @member {boolean} online
             * @memberof porthole.rendezvous.SiteStatus
             * @instance
             */
            SiteStatus.prototype.online = false;

            /**
             * SiteStatus link.
             * @member {string} link
             * @memberof porthole.rendezvous.SiteStatus
             * @instance
             */
            SiteStatus.prototype.link = "";

            /**
             * Encodes the specified SiteStatus message. Does not implicitly {@link porthole.rendezvous.SiteStatus.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.SiteStatus
             * @static
             * @param {porthole.rendezvous.SiteStatus.$Properties} message SiteStatus message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SiteStatus.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.site != null && $Object.hasOwnProperty.call(message, "site") && message.site !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.site);
                if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.name);
                if (message.card != null && $Object.hasOwnProperty.call(message, "card"))
                    $root.porthole.rendezvous.SiteCard.encode(message.card, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.online != null && $Object.hasOwnProperty.call(message, "online") && message.online !== false)
                    writer.uint32(/* id 4, wireType 0 =*/32).bool(message.online);
                if (message.link != null && $Object.hasOwnProperty.call(message, "link") && message.link !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.link);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SiteStatus message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.SiteStatus
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.SiteStatus & porthole.rendezvous.SiteStatus.$Shape} SiteStatus
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SiteStatus.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.SiteStatus();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.site = value;
                            else
                                delete message.site;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.name = value;
                            else
                                delete message.name;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.card = $root.porthole.rendezvous.SiteCard.decode(reader, reader.size(), $undefined, _depth + 1, message.card);
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.online = value;
                            else
                                delete message.online;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.link = value;
                            else
                                delete message.link;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return SiteStatus;
        })();

        rendezvous.Introduce = (function() {

            /**
             * Properties of an Introduce.
             * @typedef {Object} porthole.rendezvous.Introduce.$Properties
             * @property {string|null} [link] Introduce link
             * @property {Array.<string>|null} [strategies] Introduce strategies
             * @property {porthole.rendezvous.Nat.$Properties|null} [nat] Introduce nat
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Introduce.
             * @memberof porthole.rendezvous
             * @interface IIntroduce
             * @augments porthole.rendezvous.Introduce.$Properties
             * @deprecated Use porthole.rendezvous.Introduce.$Properties instead.
             */

            /**
             * Shape of an Introduce.
             * @typedef {porthole.rendezvous.Introduce.$Properties} porthole.rendezvous.Introduce.$Shape
             */

            /**
             * Constructs a new Introduce.
             * @memberof porthole.rendezvous
             * @classdesc Represents an Introduce.
             * @constructor
             * @param {porthole.rendezvous.Introduce.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Introduce = function (properties) {
                this.strategies = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Introduce link.
             * @member {string} link
             * @memberof porthole.rendezvous.Introduce
             * @instance
             */
            Introduce.prototype.link = "";

            /**
             * Introduce strategies.
             * @member {Array.<string>} strategies
             * @memberof porthole.rendezvous.Introduce
             * @instance
             */
            Introduce.prototype.strategies = $util.emptyArray;

            /**
             * Introduce nat.
             * @member {porthole.rendezvous.Nat.$Properties|null|undefined} nat
             * @memberof porthole.rendezvous.Introduce
             * @instance
             */
            Introduce.prototype.nat = null;

            /**
             * Encodes the specified Introduce message. Does not implicitly {@link porthole.rendezvous.Introduce.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.Introduce
             * @static
             * @param {porthole.rendezvous.Introduce.$Properties} message Introduce message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Introduce.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.link != null && $Object.hasOwnProperty.call(message, "link") && message.link !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.link);
                if (message.strategies != null && message.strategies.length)
                    for (let i = 0; i < message.strategies.length; ++i)
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.strategies[i]);
                if (message.nat != null && $Object.hasOwnProperty.call(message, "nat"))
                    $root.porthole.rendezvous.Nat.encode(message.nat, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Introduce message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.Introduce
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Introduce & porthole.rendezvous.Introduce.$Shape} Introduce
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Introduce.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.Introduce();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.link = value;
                            else
                                delete message.link;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.strategies && message.strategies.length))
                                message.strategies = [];
                            message.strategies.push(reader.stringVerify());
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.nat = $root.porthole.rendezvous.Nat.decode(reader, reader.size(), $undefined, _depth + 1, message.nat);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Introduce;
        })();

        rendezvous.Examined = (function() {

            /**
             * Properties of an Examined.
             * @typedef {Object} porthole.rendezvous.Examined.$Properties
             * @property {porthole.rendezvous.Nat.$Properties|null} [nat] Examined nat
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Examined.
             * @memberof porthole.rendezvous
             * @interface IExamined
             * @augments porthole.rendezvous.Examined.$Properties
             * @deprecated Use porthole.rendezvous.Examined.$Properties instead.
             */

            /**
             * Shape of an Examined.
             * @typedef {porthole.rendezvous.Examined.$Properties} porthole.rendezvous.Examined.$Shape
             */

            /**
             * Constructs a new Examined.
             * @memberof porthole.rendezvous
             * @classdesc Represents an Examined.
             * @constructor
             * @param {porthole.rendezvous.Examined.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Examined = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Examined nat.
             * @member {porthole.rendezvous.Nat.$Properties|null|undefined} nat
             * @memberof porthole.rendezvous.Examined
             * @instance
             */
            Examined.prototype.nat = null;

            /**
             * Encodes the specified Examined message. Does not implicitly {@link porthole.rendezvous.Examined.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.Examined
             * @static
             * @param {porthole.rendezvous.Examined.$Properties} message Examined message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Examined.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.nat != null && $Object.hasOwnProperty.call(message, "nat"))
                    $root.porthole.rendezvous.Nat.encode(message.nat, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Examined message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.Examined
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Examined & porthole.rendezvous.Examined.$Shape} Examined
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Examined.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.Examined();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.nat = $root.porthole.rendezvous.Nat.decode(reader, reader.size(), $undefined, _depth + 1, message.nat);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Examined;
        })();

        rendezvous.Exam = (function() {

            /**
             * Properties of an Exam.
             * @typedef {Object} porthole.rendezvous.Exam.$Properties
             * @property {boolean|null} [begin] Exam begin
             * @property {Array.<porthole.rendezvous.Exam.Callback.$Properties>|null} [callbacks] Exam callbacks
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Exam.
             * @memberof porthole.rendezvous
             * @interface IExam
             * @augments porthole.rendezvous.Exam.$Properties
             * @deprecated Use porthole.rendezvous.Exam.$Properties instead.
             */

            /**
             * Shape of an Exam.
             * @typedef {porthole.rendezvous.Exam.$Properties} porthole.rendezvous.Exam.$Shape
             */

            /**
             * Constructs a new Exam.
             * @memberof porthole.rendezvous
             * @classdesc Represents an Exam.
             * @constructor
             * @param {porthole.rendezvous.Exam.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Exam = function (properties) {
                this.callbacks = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Exam begin.
             * @member {boolean} begin
             * @memberof porthole.rendezvous.Exam
             * @instance
             */
            Exam.prototype.begin = false;

            /**
             * Exam callbacks.
             * @member {Array.<porthole.rendezvous.Exam.Callback.$Properties>} callbacks
             * @memberof porthole.rendezvous.Exam
             * @instance
             */
            Exam.prototype.callbacks = $util.emptyArray;

            /**
             * Encodes the specified Exam message. Does not implicitly {@link porthole.rendezvous.Exam.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.Exam
             * @static
             * @param {porthole.rendezvous.Exam.$Properties} message Exam message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Exam.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.begin != null && $Object.hasOwnProperty.call(message, "begin") && message.begin !== false)
                    writer.uint32(/* id 1, wireType 0 =*/8).bool(message.begin);
                if (message.callbacks != null && message.callbacks.length)
                    for (let i = 0; i < message.callbacks.length; ++i)
                        $root.porthole.rendezvous.Exam.Callback.encode(message.callbacks[i], writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Exam message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.Exam
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Exam & porthole.rendezvous.Exam.$Shape} Exam
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Exam.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.Exam();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.begin = value;
                            else
                                delete message.begin;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.callbacks && message.callbacks.length))
                                message.callbacks = [];
                            message.callbacks.push($root.porthole.rendezvous.Exam.Callback.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            Exam.Callback = (function() {

                /**
                 * Properties of a Callback.
                 * @typedef {Object} porthole.rendezvous.Exam.Callback.$Properties
                 * @property {number|null} [port] Callback port
                 * @property {porthole.rendezvous.Exam.From|null} [from] Callback from
                 * @property {number|null} [slot] Callback slot
                 * @property {boolean|null} [udp] Callback udp
                 * @property {number|null} [waitMs] Callback waitMs
                 * @property {boolean|null} [ipv6] Callback ipv6
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Callback.
                 * @memberof porthole.rendezvous.Exam
                 * @interface ICallback
                 * @augments porthole.rendezvous.Exam.Callback.$Properties
                 * @deprecated Use porthole.rendezvous.Exam.Callback.$Properties instead.
                 */

                /**
                 * Shape of a Callback.
                 * @typedef {porthole.rendezvous.Exam.Callback.$Properties} porthole.rendezvous.Exam.Callback.$Shape
                 */

                /**
                 * Constructs a new Callback.
                 * @memberof porthole.rendezvous.Exam
                 * @classdesc Represents a Callback.
                 * @constructor
                 * @param {porthole.rendezvous.Exam.Callback.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const Callback = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Callback port.
                 * @member {number} port
                 * @memberof porthole.rendezvous.Exam.Callback
                 * @instance
                 */
                Callback.prototype.port = 0;

                /**
                 * Callback from.
                 * @member {porthole.rendezvous.Exam.From} from
                 * @memberof porthole.rendezvous.Exam.Callback
                 * @instance
                 */
                Callback.prototype.from = 0;

                /**
                 * Callback slot.
                 * @member {number} slot
                 * @memberof porthole.rendezvous.Exam.Callback
                 * @instance
                 */
                Callback.prototype.slot = 0;

                /**
                 * Callback udp.
                 * @member {boolean} udp
                 * @memberof porthole.rendezvous.Exam.Callback
                 * @instance
                 */
                Callback.prototype.udp = false;

                /**
                 * Callback waitMs.
                 * @member {number} waitMs
                 * @memberof porthole.rendezvous.Exam.Callback
                 * @instance
                 */
                Callback.prototype.waitMs = 0;

                /**
                 * Callback ipv6.
                 * @member {boolean} ipv6
                 * @memberof porthole.rendezvous.Exam.Callback
                 * @instance
                 */
                Callback.prototype.ipv6 = false;

                /**
                 * Encodes the specified Callback message. Does not implicitly {@link porthole.rendezvous.Exam.Callback.verify|verify} messages.
                 * @function encode
                 * @memberof porthole.rendezvous.Exam.Callback
                 * @static
                 * @param {porthole.rendezvous.Exam.Callback.$Properties} message Callback message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Callback.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.port != null && $Object.hasOwnProperty.call(message, "port") && message.port !== 0)
                        writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.port);
                    if (message.from != null && $Object.hasOwnProperty.call(message, "from") && message.from !== 0)
                        writer.uint32(/* id 2, wireType 0 =*/16).int32(message.from);
                    if (message.slot != null && $Object.hasOwnProperty.call(message, "slot") && message.slot !== 0)
                        writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.slot);
                    if (message.udp != null && $Object.hasOwnProperty.call(message, "udp") && message.udp !== false)
                        writer.uint32(/* id 4, wireType 0 =*/32).bool(message.udp);
                    if (message.waitMs != null && $Object.hasOwnProperty.call(message, "waitMs") && message.waitMs !== 0)
                        writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.waitMs);
                    if (message.ipv6 != null && $Object.hasOwnProperty.call(message, "ipv6") && message.ipv6 !== false)
                        writer.uint32(/* id 6, wireType 0 =*/48).bool(message.ipv6);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Callback message from the specified reader or buffer.
                 * @function decode
                 * @memberof porthole.rendezvous.Exam.Callback
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {porthole.rendezvous.Exam.Callback & porthole.rendezvous.Exam.Callback.$Shape} Callback
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Callback.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.porthole.rendezvous.Exam.Callback();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.port = value;
                                else
                                    delete message.port;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.from = value;
                                else
                                    delete message.from;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.slot = value;
                                else
                                    delete message.slot;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.udp = value;
                                else
                                    delete message.udp;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.waitMs = value;
                                else
                                    delete message.waitMs;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.ipv6 = value;
                                else
                                    delete message.ipv6;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Callback;
            })();

            /**
             * From enum.
             * @name porthole.rendezvous.Exam.From
             * @enum {number}
             * @property {number} SLOT=0 SLOT value
             * @property {number} OTHER_PORT=1 OTHER_PORT value
             * @property {number} OTHER_ADDRESS=2 OTHER_ADDRESS value
             */
            Exam.From = (function() {
                const valuesById = $Object.create(null), values = $Object.create(valuesById);
                values[valuesById[0] = "SLOT"] = 0;
                values[valuesById[1] = "OTHER_PORT"] = 1;
                values[valuesById[2] = "OTHER_ADDRESS"] = 2;
                return values;
            })();

            return Exam;
        })();

        rendezvous.Examination = (function() {

            /**
             * Properties of an Examination.
             * @typedef {Object} porthole.rendezvous.Examination.$Properties
             * @property {string|null} [token] Examination token
             * @property {Array.<porthole.rendezvous.Address.$Properties>|null} [slots] Examination slots
             * @property {Array.<porthole.rendezvous.Address.$Properties>|null} [resets] Examination resets
             * @property {Array.<porthole.rendezvous.Examination.Probe.$Properties>|null} [probes] Examination probes
             * @property {Array.<porthole.rendezvous.Examination.Outcome>|null} [outcomes] Examination outcomes
             * @property {porthole.rendezvous.Address.$Properties|null} [other] Examination other
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Examination.
             * @memberof porthole.rendezvous
             * @interface IExamination
             * @augments porthole.rendezvous.Examination.$Properties
             * @deprecated Use porthole.rendezvous.Examination.$Properties instead.
             */

            /**
             * Shape of an Examination.
             * @typedef {porthole.rendezvous.Examination.$Properties} porthole.rendezvous.Examination.$Shape
             */

            /**
             * Constructs a new Examination.
             * @memberof porthole.rendezvous
             * @classdesc Represents an Examination.
             * @constructor
             * @param {porthole.rendezvous.Examination.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Examination = function (properties) {
                this.slots = [];
                this.resets = [];
                this.probes = [];
                this.outcomes = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Examination token.
             * @member {string} token
             * @memberof porthole.rendezvous.Examination
             * @instance
             */
            Examination.prototype.token = "";

            /**
             * Examination slots.
             * @member {Array.<porthole.rendezvous.Address.$Properties>} slots
             * @memberof porthole.rendezvous.Examination
             * @instance
             */
            Examination.prototype.slots = $util.emptyArray;

            /**
             * Examination resets.
             * @member {Array.<porthole.rendezvous.Address.$Properties>} resets
             * @memberof porthole.rendezvous.Examination
             * @instance
             */
            Examination.prototype.resets = $util.emptyArray;

            /**
             * Examination probes.
             * @member {Array.<porthole.rendezvous.Examination.Probe.$Properties>} probes
             * @memberof porthole.rendezvous.Examination
             * @instance
             */
            Examination.prototype.probes = $util.emptyArray;

            /**
             * Examination outcomes.
             * @member {Array.<porthole.rendezvous.Examination.Outcome>} outcomes
             * @memberof porthole.rendezvous.Examination
             * @instance
             */
            Examination.prototype.outcomes = $util.emptyArray;

            /**
             * Examination other.
             * @member {porthole.rendezvous.Address.$Properties|null|undefined} other
             * @memberof porthole.rendezvous.Examination
             * @instance
             */
            Examination.prototype.other = null;

            /**
             * Encodes the specified Examination message. Does not implicitly {@link porthole.rendezvous.Examination.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.Examination
             * @static
             * @param {porthole.rendezvous.Examination.$Properties} message Examination message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Examination.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.token != null && $Object.hasOwnProperty.call(message, "token") && message.token !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.token);
                if (message.slots != null && message.slots.length)
                    for (let i = 0; i < message.slots.length; ++i)
                        $root.porthole.rendezvous.Address.encode(message.slots[i], writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.resets != null && message.resets.length)
                    for (let i = 0; i < message.resets.length; ++i)
                        $root.porthole.rendezvous.Address.encode(message.resets[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.probes != null && message.probes.length)
                    for (let i = 0; i < message.probes.length; ++i)
                        $root.porthole.rendezvous.Examination.Probe.encode(message.probes[i], writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                if (message.outcomes != null && message.outcomes.length)
                    writer.uint32(/* id 5, wireType 2 =*/42).int32s(message.outcomes);
                if (message.other != null && $Object.hasOwnProperty.call(message, "other"))
                    $root.porthole.rendezvous.Address.encode(message.other, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Examination message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.Examination
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Examination & porthole.rendezvous.Examination.$Shape} Examination
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Examination.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.Examination();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.token = value;
                            else
                                delete message.token;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.slots && message.slots.length))
                                message.slots = [];
                            message.slots.push($root.porthole.rendezvous.Address.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.resets && message.resets.length))
                                message.resets = [];
                            message.resets.push($root.porthole.rendezvous.Address.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if (!(message.probes && message.probes.length))
                                message.probes = [];
                            message.probes.push($root.porthole.rendezvous.Examination.Probe.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 5: {
                            if (wireType === 2) {
                                if (!(message.outcomes && message.outcomes.length))
                                    message.outcomes = [];
                                reader.int32s(message.outcomes);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.outcomes && message.outcomes.length))
                                message.outcomes = [];
                            message.outcomes.push(reader.int32());
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.other = $root.porthole.rendezvous.Address.decode(reader, reader.size(), $undefined, _depth + 1, message.other);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            Examination.Probe = (function() {

                /**
                 * Properties of a Probe.
                 * @typedef {Object} porthole.rendezvous.Examination.Probe.$Properties
                 * @property {number|null} [probePort] Probe probePort
                 * @property {number|null} [port] Probe port
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Probe.
                 * @memberof porthole.rendezvous.Examination
                 * @interface IProbe
                 * @augments porthole.rendezvous.Examination.Probe.$Properties
                 * @deprecated Use porthole.rendezvous.Examination.Probe.$Properties instead.
                 */

                /**
                 * Shape of a Probe.
                 * @typedef {porthole.rendezvous.Examination.Probe.$Properties} porthole.rendezvous.Examination.Probe.$Shape
                 */

                /**
                 * Constructs a new Probe.
                 * @memberof porthole.rendezvous.Examination
                 * @classdesc Represents a Probe.
                 * @constructor
                 * @param {porthole.rendezvous.Examination.Probe.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const Probe = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Probe probePort.
                 * @member {number} probePort
                 * @memberof porthole.rendezvous.Examination.Probe
                 * @instance
                 */
                Probe.prototype.probePort = 0;

                /**
                 * Probe port.
                 * @member {number} port
                 * @memberof porthole.rendezvous.Examination.Probe
                 * @instance
                 */
                Probe.prototype.port = 0;

                /**
                 * Encodes the specified Probe message. Does not implicitly {@link porthole.rendezvous.Examination.Probe.verify|verify} messages.
                 * @function encode
                 * @memberof porthole.rendezvous.Examination.Probe
                 * @static
                 * @param {porthole.rendezvous.Examination.Probe.$Properties} message Probe message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Probe.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.probePort != null && $Object.hasOwnProperty.call(message, "probePort") && message.probePort !== 0)
                        writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.probePort);
                    if (message.port != null && $Object.hasOwnProperty.call(message, "port") && message.port !== 0)
                        writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.port);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Probe message from the specified reader or buffer.
                 * @function decode
                 * @memberof porthole.rendezvous.Examination.Probe
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {porthole.rendezvous.Examination.Probe & porthole.rendezvous.Examination.Probe.$Shape} Probe
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Probe.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.porthole.rendezvous.Examination.Probe();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.probePort = value;
                                else
                                    delete message.probePort;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.port = value;
                                else
                                    delete message.port;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Probe;
            })();

            /**
             * Outcome enum.
             * @name porthole.rendezvous.Examination.Outcome
             * @enum {number}
             * @property {number} SILENCE=0 SILENCE value
             * @property {number} CONNECTED=1 CONNECTED value
             * @property {number} RST=2 RST value
             * @property {number} ICMP=3 ICMP value
             * @property {number} SENT=4 SENT value
             * @property {number} UNABLE=5 UNABLE value
             */
            Examination.Outcome = (function() {
                const valuesById = $Object.create(null), values = $Object.create(valuesById);
                values[valuesById[0] = "SILENCE"] = 0;
                values[valuesById[1] = "CONNECTED"] = 1;
                values[valuesById[2] = "RST"] = 2;
                values[valuesById[3] = "ICMP"] = 3;
                values[valuesById[4] = "SENT"] = 4;
                values[valuesById[5] = "UNABLE"] = 5;
                return values;
            })();

            return Examination;
        })();

        rendezvous.Introduction = (function() {

            /**
             * Properties of an Introduction.
             * @typedef {Object} porthole.rendezvous.Introduction.$Properties
             * @property {string|null} [call] Introduction call
             * @property {porthole.rendezvous.Introduction.Role|null} [role] Introduction role
             * @property {string|null} [site] Introduction site
             * @property {porthole.rendezvous.Address.$Properties|null} [peer] Introduction peer
             * @property {Array.<string>|null} [strategies] Introduction strategies
             * @property {porthole.rendezvous.RelayTicket.$Properties|null} [relay] Introduction relay
             * @property {porthole.rendezvous.Nat.$Properties|null} [peerNat] Introduction peerNat
             * @property {porthole.rendezvous.Address.$Properties|null} [peerOther] Introduction peerOther
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Introduction.
             * @memberof porthole.rendezvous
             * @interface IIntroduction
             * @augments porthole.rendezvous.Introduction.$Properties
             * @deprecated Use porthole.rendezvous.Introduction.$Properties instead.
             */

            /**
             * Shape of an Introduction.
             * @typedef {porthole.rendezvous.Introduction.$Properties} porthole.rendezvous.Introduction.$Shape
             */

            /**
             * Constructs a new Introduction.
             * @memberof porthole.rendezvous
             * @classdesc Represents an Introduction.
             * @constructor
             * @param {porthole.rendezvous.Introduction.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Introduction = function (properties) {
                this.strategies = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Introduction call.
             * @member {string} call
             * @memberof porthole.rendezvous.Introduction
             * @instance
             */
            Introduction.prototype.call = "";

            /**
             * Introduction role.
             * @member {porthole.rendezvous.Introduction.Role} role
             * @memberof porthole.rendezvous.Introduction
             * @instance
             */
            Introduction.prototype.role = 0;

            /**
             * Introduction site.
             * @member {string} site
             * @memberof porthole.rendezvous.Introduction
             * @instance
             */
            Introduction.prototype.site = "";

            /**
             * Introduction peer.
             * @member {porthole.rendezvous.Address.$Properties|null|undefined} peer
             * @memberof porthole.rendezvous.Introduction
             * @instance
             */
            Introduction.prototype.peer = null;

            /**
             * Introduction strategies.
             * @member {Array.<string>} strategies
             * @memberof porthole.rendezvous.Introduction
             * @instance
             */
            Introduction.prototype.strategies = $util.emptyArray;

            /**
             * Introduction relay.
             * @member {porthole.rendezvous.RelayTicket.$Properties|null|undefined} relay
             * @memberof porthole.rendezvous.Introduction
             * @instance
             */
            Introduction.prototype.relay = null;

            /**
             * Introduction peerNat.
             * @member {porthole.rendezvous.Nat.$Properties|null|undefined} peerNat
             * @memberof porthole.rendezvous.Introduction
             * @instance
             */
            Introduction.prototype.peerNat = null;

            /**
             * Introduction peerOther.
             * @member {porthole.rendezvous.Address.$Properties|null|undefined} peerOther
             * @memberof porthole.rendezvous.Introduction
             * @instance
             */
            Introduction.prototype.peerOther = null;

            /**
             * Encodes the specified Introduction message. Does not implicitly {@link porthole.rendezvous.Introduction.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.Introduction
             * @static
             * @param {porthole.rendezvous.Introduction.$Properties} message Introduction message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Introduction.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.call != null && $Object.hasOwnProperty.call(message, "call") && message.call !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.call);
                if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).int32(message.role);
                if (message.site != null && $Object.hasOwnProperty.call(message, "site") && message.site !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.site);
                if (message.peer != null && $Object.hasOwnProperty.call(message, "peer"))
                    $root.porthole.rendezvous.Address.encode(message.peer, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                if (message.strategies != null && message.strategies.length)
                    for (let i = 0; i < message.strategies.length; ++i)
                        writer.uint32(/* id 5, wireType 2 =*/42).string(message.strategies[i]);
                if (message.relay != null && $Object.hasOwnProperty.call(message, "relay"))
                    $root.porthole.rendezvous.RelayTicket.encode(message.relay, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                if (message.peerNat != null && $Object.hasOwnProperty.call(message, "peerNat"))
                    $root.porthole.rendezvous.Nat.encode(message.peerNat, writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                if (message.peerOther != null && $Object.hasOwnProperty.call(message, "peerOther"))
                    $root.porthole.rendezvous.Address.encode(message.peerOther, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Introduction message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.Introduction
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Introduction & porthole.rendezvous.Introduction.$Shape} Introduction
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Introduction.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.Introduction();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.call = value;
                            else
                                delete message.call;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.role = value;
                            else
                                delete message.role;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.site = value;
                            else
                                delete message.site;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.peer = $root.porthole.rendezvous.Address.decode(reader, reader.size(), $undefined, _depth + 1, message.peer);
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if (!(message.strategies && message.strategies.length))
                                message.strategies = [];
                            message.strategies.push(reader.stringVerify());
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.relay = $root.porthole.rendezvous.RelayTicket.decode(reader, reader.size(), $undefined, _depth + 1, message.relay);
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.peerNat = $root.porthole.rendezvous.Nat.decode(reader, reader.size(), $undefined, _depth + 1, message.peerNat);
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.peerOther = $root.porthole.rendezvous.Address.decode(reader, reader.size(), $undefined, _depth + 1, message.peerOther);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Role enum.
             * @name porthole.rendezvous.Introduction.Role
             * @enum {number}
             * @property {number} CALLER=0 CALLER value
             * @property {number} CALLEE=1 CALLEE value
             */
            Introduction.Role = (function() {
                const valuesById = $Object.create(null), values = $Object.create(valuesById);
                values[valuesById[0] = "CALLER"] = 0;
                values[valuesById[1] = "CALLEE"] = 1;
                return values;
            })();

            return Introduction;
        })();

        rendezvous.RelayTicket = (function() {

            /**
             * Properties of a RelayTicket.
             * @typedef {Object} porthole.rendezvous.RelayTicket.$Properties
             * @property {string|null} [token] RelayTicket token
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a RelayTicket.
             * @memberof porthole.rendezvous
             * @interface IRelayTicket
             * @augments porthole.rendezvous.RelayTicket.$Properties
             * @deprecated Use porthole.rendezvous.RelayTicket.$Properties instead.
             */

            /**
             * Shape of a RelayTicket.
             * @typedef {porthole.rendezvous.RelayTicket.$Properties} porthole.rendezvous.RelayTicket.$Shape
             */

            /**
             * Constructs a new RelayTicket.
             * @memberof porthole.rendezvous
             * @classdesc Represents a RelayTicket.
             * @constructor
             * @param {porthole.rendezvous.RelayTicket.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const RelayTicket = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * RelayTicket token.
             * @member {string} token
             * @memberof porthole.rendezvous.RelayTicket
             * @instance
             */
            RelayTicket.prototype.token = "";

            /**
             * Encodes the specified RelayTicket message. Does not implicitly {@link porthole.rendezvous.RelayTicket.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.RelayTicket
             * @static
             * @param {porthole.rendezvous.RelayTicket.$Properties} message RelayTicket message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            RelayTicket.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.token != null && $Object.hasOwnProperty.call(message, "token") && message.token !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.token);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a RelayTicket message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.RelayTicket
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.RelayTicket & porthole.rendezvous.RelayTicket.$Shape} RelayTicket
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            RelayTicket.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.RelayTicket();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.token = value;
                            else
                                delete message.token;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RelayTicket;
        })();

        rendezvous.Note = (function() {

            /**
             * Properties of a Note.
             * @typedef {Object} porthole.rendezvous.Note.$Properties
             * @property {string|null} [call] Note call
             * @property {string|null} [strategy] Note strategy
             * @property {porthole.rendezvous.Note.Kind|null} [kind] Note kind
             * @property {Uint8Array|null} [payload] Note payload
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Note.
             * @memberof porthole.rendezvous
             * @interface INote
             * @augments porthole.rendezvous.Note.$Properties
             * @deprecated Use porthole.rendezvous.Note.$Properties instead.
             */

            /**
             * Shape of a Note.
             * @typedef {porthole.rendezvous.Note.$Properties} porthole.rendezvous.Note.$Shape
             */

            /**
             * Constructs a new Note.
             * @memberof porthole.rendezvous
             * @classdesc Represents a Note.
             * @constructor
             * @param {porthole.rendezvous.Note.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Note = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Note call.
             * @member {string} call
             * @memberof porthole.rendezvous.Note
             * @instance
             */
            Note.prototype.call = "";

            /**
             * Note strategy.
             * @member {string} strategy
             * @memberof porthole.rendezvous.Note
             * @instance
             */
            Note.prototype.strategy = "";

            /**
             * Note kind.
             * @member {porthole.rendezvous.Note.Kind} kind
             * @memberof porthole.rendezvous.Note
             * @instance
             */
            Note.prototype.kind = 0;

            /**
             * Note payload.
             * @member {Uint8Array} payload
             * @memberof porthole.rendezvous.Note
             * @instance
             */
            Note.prototype.payload = $util.newBuffer([]);

            /**
             * Encodes the specified Note message. Does not implicitly {@link porthole.rendezvous.Note.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.Note
             * @static
             * @param {porthole.rendezvous.Note.$Properties} message Note message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Note.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.call != null && $Object.hasOwnProperty.call(message, "call") && message.call !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.call);
                if (message.strategy != null && $Object.hasOwnProperty.call(message, "strategy") && message.strategy !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.strategy);
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).int32(message.kind);
                if (message.payload != null && $Object.hasOwnProperty.call(message, "payload") && message.payload.length)
                    writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.payload);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Note message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.Note
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Note & porthole.rendezvous.Note.$Shape} Note
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Note.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.Note();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.call = value;
                            else
                                delete message.call;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.strategy = value;
                            else
                                delete message.strategy;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.payload = value;
                            else
                                delete message.payload;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Kind enum.
             * @name porthole.rendezvous.Note.Kind
             * @enum {number}
             * @property {number} DATA=0 DATA value
             * @property {number} ATTEMPT=1 ATTEMPT value
             * @property {number} FAILED=2 FAILED value
             */
            Note.Kind = (function() {
                const valuesById = $Object.create(null), values = $Object.create(valuesById);
                values[valuesById[0] = "DATA"] = 0;
                values[valuesById[1] = "ATTEMPT"] = 1;
                values[valuesById[2] = "FAILED"] = 2;
                return values;
            })();

            return Note;
        })();

        rendezvous.Hangup = (function() {

            /**
             * Properties of a Hangup.
             * @typedef {Object} porthole.rendezvous.Hangup.$Properties
             * @property {string|null} [call] Hangup call
             * @property {string|null} [code] Hangup code
             * @property {string|null} [message] Hangup message
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Hangup.
             * @memberof porthole.rendezvous
             * @interface IHangup
             * @augments porthole.rendezvous.Hangup.$Properties
             * @deprecated Use porthole.rendezvous.Hangup.$Properties instead.
             */

            /**
             * Shape of a Hangup.
             * @typedef {porthole.rendezvous.Hangup.$Properties} porthole.rendezvous.Hangup.$Shape
             */

            /**
             * Constructs a new Hangup.
             * @memberof porthole.rendezvous
             * @classdesc Represents a Hangup.
             * @constructor
             * @param {porthole.rendezvous.Hangup.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Hangup = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Hangup call.
             * @member {string} call
             * @memberof porthole.rendezvous.Hangup
             * @instance
             */
            Hangup.prototype.call = "";

            /**
             * Hangup code.
             * @member {string} code
             * @memberof porthole.rendezvous.Hangup
             * @instance
             */
            Hangup.prototype.code = "";

            /**
             * Hangup message.
             * @member {string} message
             * @memberof porthole.rendezvous.Hangup
             * @instance
             */
            Hangup.prototype.message = "";

            /**
             * Encodes the specified Hangup message. Does not implicitly {@link porthole.rendezvous.Hangup.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.Hangup
             * @static
             * @param {porthole.rendezvous.Hangup.$Properties} message Hangup message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Hangup.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.call != null && $Object.hasOwnProperty.call(message, "call") && message.call !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.call);
                if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.code);
                if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.message);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Hangup message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.Hangup
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Hangup & porthole.rendezvous.Hangup.$Shape} Hangup
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Hangup.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.Hangup();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.call = value;
                            else
                                delete message.call;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.code = value;
                            else
                                delete message.code;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.message = value;
                            else
                                delete message.message;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Hangup;
        })();

        rendezvous.Problem = (function() {

            /**
             * Properties of a Problem.
             * @typedef {Object} porthole.rendezvous.Problem.$Properties
             * @property {string|null} [code] Problem code
             * @property {string|null} [message] Problem message
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Problem.
             * @memberof porthole.rendezvous
             * @interface IProblem
             * @augments porthole.rendezvous.Problem.$Properties
             * @deprecated Use porthole.rendezvous.Problem.$Properties instead.
             */

            /**
             * Shape of a Problem.
             * @typedef {porthole.rendezvous.Problem.$Properties} porthole.rendezvous.Problem.$Shape
             */

            /**
             * Constructs a new Problem.
             * @memberof porthole.rendezvous
             * @classdesc Represents a Problem.
             * @constructor
             * @param {porthole.rendezvous.Problem.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Problem = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Problem code.
             * @member {string} code
             * @memberof porthole.rendezvous.Problem
             * @instance
             */
            Problem.prototype.code = "";

            /**
             * Problem message.
             * @member {string} message
             * @memberof porthole.rendezvous.Problem
             * @instance
             */
            Problem.prototype.message = "";

            /**
             * Encodes the specified Problem message. Does not implicitly {@link porthole.rendezvous.Problem.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.Problem
             * @static
             * @param {porthole.rendezvous.Problem.$Properties} message Problem message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Problem.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.code);
                if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.message);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Problem message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.Problem
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Problem & porthole.rendezvous.Problem.$Shape} Problem
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Problem.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.Problem();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.code = value;
                            else
                                delete message.code;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.message = value;
                            else
                                delete message.message;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Problem;
        })();

        rendezvous.Answer = (function() {

            /**
             * Properties of an Answer.
             * @typedef {Object} porthole.rendezvous.Answer.$Properties
             * @property {porthole.rendezvous.Problem.$Properties|null} [problem] Answer problem
             * @property {porthole.rendezvous.Registered.$Properties|null} [registered] Answer registered
             * @property {porthole.rendezvous.SiteStatus.$Properties|null} [status] Answer status
             * @property {porthole.rendezvous.Introduction.$Properties|null} [introduction] Answer introduction
             * @property {porthole.rendezvous.Examination.$Properties|null} [examination] Answer examination
             * @property {porthole.rendezvous.InboxBatch.$Properties|null} [inbox] Answer inbox
             * @property {"problem"|"registered"|"status"|"introduction"|"examination"|"inbox"} [result] Answer result
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Answer.
             * @memberof porthole.rendezvous
             * @interface IAnswer
             * @augments porthole.rendezvous.Answer.$Properties
             * @deprecated Use porthole.rendezvous.Answer.$Properties instead.
             */

            /**
             * Narrowed shape of an Answer.
             * @typedef {{
             *   problem?: porthole.rendezvous.Problem.$Shape|null;
             *   registered?: porthole.rendezvous.Registered.$Shape|null;
             *   status?: porthole.rendezvous.SiteStatus.$Shape|null;
             *   introduction?: porthole.rendezvous.Introduction.$Shape|null;
             *   examination?: porthole.rendezvous.Examination.$Shape|null;
             *   inbox?: porthole.rendezvous.InboxBatch.$Shape|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ result?: undefined; problem?: null; registered?: null; status?: null; introduction?: null; examination?: null; inbox?: null }|{ result?: "problem"; problem: porthole.rendezvous.Problem.$Shape; registered?: null; status?: null; introduction?: null; examination?: null; inbox?: null }|{ result?: "registered"; problem?: null; registered: porthole.rendezvous.Registered.$Shape; status?: null; introduction?: null; examination?: null; inbox?: null }|{ result?: "status"; problem?: null; registered?: null; status: porthole.rendezvous.SiteStatus.$Shape; introduction?: null; examination?: null; inbox?: null }|{ result?: "introduction"; problem?: null; registered?: null; status?: null; introduction: porthole.rendezvous.Introduction.$Shape; examination?: null; inbox?: null }|{ result?: "examination"; problem?: null; registered?: null; status?: null; introduction?: null; examination: porthole.rendezvous.Examination.$Shape; inbox?: null }|{ result?: "inbox"; problem?: null; registered?: null; status?: null; introduction?: null; examination?: null; inbox: porthole.rendezvous.InboxBatch.$Shape })
             * )} porthole.rendezvous.Answer.$Shape
             */

            /**
             * Constructs a new Answer.
             * @memberof porthole.rendezvous
             * @classdesc Represents an Answer.
             * @constructor
             * @param {porthole.rendezvous.Answer.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Answer = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Answer problem.
             * @member {porthole.rendezvous.Problem.$Properties|null|undefined} problem
             * @memberof porthole.rendezvous.Answer
             * @instance
             */
            Answer.prototype.problem = null;

            /**
             * Answer registered.
             * @member {porthole.rendezvous.Registered.$Properties|null|undefined} registered
             * @memberof porthole.rendezvous.Answer
             * @instance
             */
            Answer.prototype.registered = null;

            /**
             * Answer status.
             * @member {porthole.rendezvous.SiteStatus.$Properties|null|undefined} status
             * @memberof porthole.rendezvous.Answer
             * @instance
             */
            Answer.prototype.status = null;

            /**
             * Answer introduction.
             * @member {porthole.rendezvous.Introduction.$Properties|null|undefined} introduction
             * @memberof porthole.rendezvous.Answer
             * @instance
             */
            Answer.prototype.introduction = null;

            /**
             * Answer examination.
             * @member {porthole.rendezvous.Examination.$Properties|null|undefined} examination
             * @memberof porthole.rendezvous.Answer
             * @instance
             */
            Answer.prototype.examination = null;

            /**
             * Answer inbox.
             * @member {porthole.rendezvous.InboxBatch.$Properties|null|undefined} inbox
             * @memberof porthole.rendezvous.Answer
             * @instance
             */
            Answer.prototype.inbox = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * Answer result.
             * @member {"problem"|"registered"|"status"|"introduction"|"examination"|"inbox"|undefined} result
             * @memberof porthole.rendezvous.Answer
             * @instance
             */
            $Object.defineProperty(Answer.prototype, "result", {
                get: $util.oneOfGetter($oneOfFields = ["problem", "registered", "status", "introduction", "examination", "inbox"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified Answer message. Does not implicitly {@link porthole.rendezvous.Answer.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.Answer
             * @static
             * @param {porthole.rendezvous.Answer.$Properties} message Answer message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Answer.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.problem != null && $Object.hasOwnProperty.call(message, "problem"))
                    $root.porthole.rendezvous.Problem.encode(message.problem, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.registered != null && $Object.hasOwnProperty.call(message, "registered"))
                    $root.porthole.rendezvous.Registered.encode(message.registered, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.status != null && $Object.hasOwnProperty.call(message, "status"))
                    $root.porthole.rendezvous.SiteStatus.encode(message.status, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.introduction != null && $Object.hasOwnProperty.call(message, "introduction"))
                    $root.porthole.rendezvous.Introduction.encode(message.introduction, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                if (message.examination != null && $Object.hasOwnProperty.call(message, "examination"))
                    $root.porthole.rendezvous.Examination.encode(message.examination, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
                if (message.inbox != null && $Object.hasOwnProperty.call(message, "inbox"))
                    $root.porthole.rendezvous.InboxBatch.encode(message.inbox, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Answer message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.Answer
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Answer & porthole.rendezvous.Answer.$Shape} Answer
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Answer.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.Answer();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.problem = $root.porthole.rendezvous.Problem.decode(reader, reader.size(), $undefined, _depth + 1, message.problem);
                            message.result = "problem";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.registered = $root.porthole.rendezvous.Registered.decode(reader, reader.size(), $undefined, _depth + 1, message.registered);
                            message.result = "registered";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.status = $root.porthole.rendezvous.SiteStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.status);
                            message.result = "status";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.introduction = $root.porthole.rendezvous.Introduction.decode(reader, reader.size(), $undefined, _depth + 1, message.introduction);
                            message.result = "introduction";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.examination = $root.porthole.rendezvous.Examination.decode(reader, reader.size(), $undefined, _depth + 1, message.examination);
                            message.result = "examination";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.inbox = $root.porthole.rendezvous.InboxBatch.decode(reader, reader.size(), $undefined, _depth + 1, message.inbox);
                            message.result = "inbox";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Answer;
        })();

        rendezvous.InboxTake = (function() {

            /**
             * Properties of an InboxTake.
             * @typedef {Object} porthole.rendezvous.InboxTake.$Properties
             * @property {Uint8Array|null} [series] InboxTake series
             * @property {number|null} [done] InboxTake done
             * @property {number|null} [offset] InboxTake offset
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an InboxTake.
             * @memberof porthole.rendezvous
             * @interface IInboxTake
             * @augments porthole.rendezvous.InboxTake.$Properties
             * @deprecated Use porthole.rendezvous.InboxTake.$Properties instead.
             */

            /**
             * Shape of an InboxTake.
             * @typedef {porthole.rendezvous.InboxTake.$Properties} porthole.rendezvous.InboxTake.$Shape
             */

            /**
             * Constructs a new InboxTake.
             * @memberof porthole.rendezvous
             * @classdesc Represents an InboxTake.
             * @constructor
             * @param {porthole.rendezvous.InboxTake.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const InboxTake = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * InboxTake series.
             * @member {Uint8Array} series
             * @memberof porthole.rendezvous.InboxTake
             * @instance
             */
            InboxTake.prototype.series = $util.newBuffer([]);

            /**
             * InboxTake done.
             * @member {number} done
             * @memberof porthole.rendezvous.InboxTake
             * @instance
             */
            InboxTake.prototype.done = 0;

            /**
             * InboxTake offset.
             * @member {number} offset
             * @memberof porthole.rendezvous.InboxTake
             * @instance
             */
            InboxTake.prototype.offset = 0;

            /**
             * Encodes the specified InboxTake message. Does not implicitly {@link porthole.rendezvous.InboxTake.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.InboxTake
             * @static
             * @param {porthole.rendezvous.InboxTake.$Properties} message InboxTake message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            InboxTake.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.series != null && $Object.hasOwnProperty.call(message, "series") && message.series.length)
                    writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.series);
                if (message.done != null && $Object.hasOwnProperty.call(message, "done") && message.done !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.done);
                if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && message.offset !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.offset);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an InboxTake message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.InboxTake
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.InboxTake & porthole.rendezvous.InboxTake.$Shape} InboxTake
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            InboxTake.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.InboxTake();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.series = value;
                            else
                                delete message.series;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.done = value;
                            else
                                delete message.done;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.offset = value;
                            else
                                delete message.offset;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return InboxTake;
        })();

        rendezvous.InboxBatch = (function() {

            /**
             * Properties of an InboxBatch.
             * @typedef {Object} porthole.rendezvous.InboxBatch.$Properties
             * @property {Uint8Array|null} [series] InboxBatch series
             * @property {number|null} [waiting] InboxBatch waiting
             * @property {Array.<porthole.rendezvous.InboxBatch.Item.$Properties>|null} [items] InboxBatch items
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an InboxBatch.
             * @memberof porthole.rendezvous
             * @interface IInboxBatch
             * @augments porthole.rendezvous.InboxBatch.$Properties
             * @deprecated Use porthole.rendezvous.InboxBatch.$Properties instead.
             */

            /**
             * Shape of an InboxBatch.
             * @typedef {porthole.rendezvous.InboxBatch.$Properties} porthole.rendezvous.InboxBatch.$Shape
             */

            /**
             * Constructs a new InboxBatch.
             * @memberof porthole.rendezvous
             * @classdesc Represents an InboxBatch.
             * @constructor
             * @param {porthole.rendezvous.InboxBatch.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const InboxBatch = function (properties) {
                this.items = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * InboxBatch series.
             * @member {Uint8Array} series
             * @memberof porthole.rendezvous.InboxBatch
             * @instance
             */
            InboxBatch.prototype.series = $util.newBuffer([]);

            /**
             * InboxBatch waiting.
             * @member {number} waiting
             * @memberof porthole.rendezvous.InboxBatch
             * @instance
             */
            InboxBatch.prototype.waiting = 0;

            /**
             * InboxBatch items.
             * @member {Array.<porthole.rendezvous.InboxBatch.Item.$Properties>} items
             * @memberof porthole.rendezvous.InboxBatch
             * @instance
             */
            InboxBatch.prototype.items = $util.emptyArray;

            /**
             * Encodes the specified InboxBatch message. Does not implicitly {@link porthole.rendezvous.InboxBatch.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.InboxBatch
             * @static
             * @param {porthole.rendezvous.InboxBatch.$Properties} message InboxBatch message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            InboxBatch.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.series != null && $Object.hasOwnProperty.call(message, "series") && message.series.length)
                    writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.series);
                if (message.waiting != null && $Object.hasOwnProperty.call(message, "waiting") && message.waiting !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.waiting);
                if (message.items != null && message.items.length)
                    for (let i = 0; i < message.items.length; ++i)
                        $root.porthole.rendezvous.InboxBatch.Item.encode(message.items[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an InboxBatch message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.InboxBatch
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.InboxBatch & porthole.rendezvous.InboxBatch.$Shape} InboxBatch
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            InboxBatch.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.InboxBatch();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.series = value;
                            else
                                delete message.series;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.waiting = value;
                            else
                                delete message.waiting;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.items && message.items.length))
                                message.items = [];
                            message.items.push($root.porthole.rendezvous.InboxBatch.Item.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            InboxBatch.Item = (function() {

                /**
                 * Properties of an Item.
                 * @typedef {Object} porthole.rendezvous.InboxBatch.Item.$Properties
                 * @property {number|null} [number] Item number
                 * @property {number|null} [size] Item size
                 * @property {Uint8Array|null} [box] Item box
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of an Item.
                 * @memberof porthole.rendezvous.InboxBatch
                 * @interface IItem
                 * @augments porthole.rendezvous.InboxBatch.Item.$Properties
                 * @deprecated Use porthole.rendezvous.InboxBatch.Item.$Properties instead.
                 */

                /**
                 * Shape of an Item.
                 * @typedef {porthole.rendezvous.InboxBatch.Item.$Properties} porthole.rendezvous.InboxBatch.Item.$Shape
                 */

                /**
                 * Constructs a new Item.
                 * @memberof porthole.rendezvous.InboxBatch
                 * @classdesc Represents an Item.
                 * @constructor
                 * @param {porthole.rendezvous.InboxBatch.Item.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const Item = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Item number.
                 * @member {number} number
                 * @memberof porthole.rendezvous.InboxBatch.Item
                 * @instance
                 */
                Item.prototype.number = 0;

                /**
                 * Item size.
                 * @member {number} size
                 * @memberof porthole.rendezvous.InboxBatch.Item
                 * @instance
                 */
                Item.prototype.size = 0;

                /**
                 * Item box.
                 * @member {Uint8Array} box
                 * @memberof porthole.rendezvous.InboxBatch.Item
                 * @instance
                 */
                Item.prototype.box = $util.newBuffer([]);

                /**
                 * Encodes the specified Item message. Does not implicitly {@link porthole.rendezvous.InboxBatch.Item.verify|verify} messages.
                 * @function encode
                 * @memberof porthole.rendezvous.InboxBatch.Item
                 * @static
                 * @param {porthole.rendezvous.InboxBatch.Item.$Properties} message Item message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Item.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.number != null && $Object.hasOwnProperty.call(message, "number") && message.number !== 0)
                        writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.number);
                    if (message.size != null && $Object.hasOwnProperty.call(message, "size") && message.size !== 0)
                        writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.size);
                    if (message.box != null && $Object.hasOwnProperty.call(message, "box") && message.box.length)
                        writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.box);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes an Item message from the specified reader or buffer.
                 * @function decode
                 * @memberof porthole.rendezvous.InboxBatch.Item
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {porthole.rendezvous.InboxBatch.Item & porthole.rendezvous.InboxBatch.Item.$Shape} Item
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Item.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.porthole.rendezvous.InboxBatch.Item();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.number = value;
                                else
                                    delete message.number;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.size = value;
                                else
                                    delete message.size;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.box = value;
                                else
                                    delete message.box;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Item;
            })();

            return InboxBatch;
        })();

        rendezvous.InboxRequest = (function() {

            /**
             * Properties of an InboxRequest.
             * @typedef {Object} porthole.rendezvous.InboxRequest.$Properties
             * @property {string|null} [received] InboxRequest received
             * @property {string|null} [method] InboxRequest method
             * @property {string|null} [target] InboxRequest target
             * @property {string|null} [authority] InboxRequest authority
             * @property {Array.<porthole.rendezvous.InboxRequest.Field.$Properties>|null} [fields] InboxRequest fields
             * @property {Uint8Array|null} [body] InboxRequest body
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an InboxRequest.
             * @memberof porthole.rendezvous
             * @interface IInboxRequest
             * @augments porthole.rendezvous.InboxRequest.$Properties
             * @deprecated Use porthole.rendezvous.InboxRequest.$Properties instead.
             */

            /**
             * Shape of an InboxRequest.
             * @typedef {porthole.rendezvous.InboxRequest.$Properties} porthole.rendezvous.InboxRequest.$Shape
             */

            /**
             * Constructs a new InboxRequest.
             * @memberof porthole.rendezvous
             * @classdesc Represents an InboxRequest.
             * @constructor
             * @param {porthole.rendezvous.InboxRequest.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const InboxRequest = function (properties) {
                this.fields = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * InboxRequest received.
             * @member {string} received
             * @memberof porthole.rendezvous.InboxRequest
             * @instance
             */
            InboxRequest.prototype.received = "";

            /**
             * InboxRequest method.
             * @member {string} method
             * @memberof porthole.rendezvous.InboxRequest
             * @instance
             */
            InboxRequest.prototype.method = "";

            /**
             * InboxRequest target.
             * @member {string} target
             * @memberof porthole.rendezvous.InboxRequest
             * @instance
             */
            InboxRequest.prototype.target = "";

            /**
             * InboxRequest authority.
             * @member {string} authority
             * @memberof porthole.rendezvous.InboxRequest
             * @instance
             */
            InboxRequest.prototype.authority = "";

            /**
             * InboxRequest fields.
             * @member {Array.<porthole.rendezvous.InboxRequest.Field.$Properties>} fields
             * @memberof porthole.rendezvous.InboxRequest
             * @instance
             */
            InboxRequest.prototype.fields = $util.emptyArray;

            /**
             * InboxRequest body.
             * @member {Uint8Array} body
             * @memberof porthole.rendezvous.InboxRequest
             * @instance
             */
            InboxRequest.prototype.body = $util.newBuffer([]);

            /**
             * Encodes the specified InboxRequest message. Does not implicitly {@link porthole.rendezvous.InboxRequest.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.InboxRequest
             * @static
             * @param {porthole.rendezvous.InboxRequest.$Properties} message InboxRequest message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            InboxRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.received != null && $Object.hasOwnProperty.call(message, "received") && message.received !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.received);
                if (message.method != null && $Object.hasOwnProperty.call(message, "method") && message.method !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.method);
                if (message.target != null && $Object.hasOwnProperty.call(message, "target") && message.target !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.target);
                if (message.authority != null && $Object.hasOwnProperty.call(message, "authority") && message.authority !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.authority);
                if (message.fields != null && message.fields.length)
                    for (let i = 0; i < message.fields.length; ++i)
                        $root.porthole.rendezvous.InboxRequest.Field.encode(message.fields[i], writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
                if (message.body != null && $Object.hasOwnProperty.call(message, "body") && message.body.length)
                    writer.uint32(/* id 6, wireType 2 =*/50).bytes(message.body);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an InboxRequest message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.InboxRequest
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.InboxRequest & porthole.rendezvous.InboxRequest.$Shape} InboxRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            InboxRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.InboxRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.received = value;
                            else
                                delete message.received;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.method = value;
                            else
                                delete message.method;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.target = value;
                            else
                                delete message.target;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.authority = value;
                            else
                                delete message.authority;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if (!(message.fields && message.fields.length))
                                message.fields = [];
                            message.fields.push($root.porthole.rendezvous.InboxRequest.Field.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.body = value;
                            else
                                delete message.body;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            InboxRequest.Field = (function() {

                /**
                 * Properties of a Field.
                 * @typedef {Object} porthole.rendezvous.InboxRequest.Field.$Properties
                 * @property {string|null} [name] Field name
                 * @property {string|null} [value] Field value
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Field.
                 * @memberof porthole.rendezvous.InboxRequest
                 * @interface IField
                 * @augments porthole.rendezvous.InboxRequest.Field.$Properties
                 * @deprecated Use porthole.rendezvous.InboxRequest.Field.$Properties instead.
                 */

                /**
                 * Shape of a Field.
                 * @typedef {porthole.rendezvous.InboxRequest.Field.$Properties} porthole.rendezvous.InboxRequest.Field.$Shape
                 */

                /**
                 * Constructs a new Field.
                 * @memberof porthole.rendezvous.InboxRequest
                 * @classdesc Represents a Field.
                 * @constructor
                 * @param {porthole.rendezvous.InboxRequest.Field.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const Field = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Field name.
                 * @member {string} name
                 * @memberof porthole.rendezvous.InboxRequest.Field
                 * @instance
                 */
                Field.prototype.name = "";

                /**
                 * Field value.
                 * @member {string} value
                 * @memberof porthole.rendezvous.InboxRequest.Field
                 * @instance
                 */
                Field.prototype.value = "";

                /**
                 * Encodes the specified Field message. Does not implicitly {@link porthole.rendezvous.InboxRequest.Field.verify|verify} messages.
                 * @function encode
                 * @memberof porthole.rendezvous.InboxRequest.Field
                 * @static
                 * @param {porthole.rendezvous.InboxRequest.Field.$Properties} message Field message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Field.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.name);
                    if (message.value != null && $Object.hasOwnProperty.call(message, "value") && message.value !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.value);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Field message from the specified reader or buffer.
                 * @function decode
                 * @memberof porthole.rendezvous.InboxRequest.Field
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {porthole.rendezvous.InboxRequest.Field & porthole.rendezvous.InboxRequest.Field.$Shape} Field
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Field.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.porthole.rendezvous.InboxRequest.Field();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.name = value;
                                else
                                    delete message.name;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.value = value;
                                else
                                    delete message.value;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Field;
            })();

            return InboxRequest;
        })();

        rendezvous.RelayJoin = (function() {

            /**
             * Properties of a RelayJoin.
             * @typedef {Object} porthole.rendezvous.RelayJoin.$Properties
             * @property {string|null} [token] RelayJoin token
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a RelayJoin.
             * @memberof porthole.rendezvous
             * @interface IRelayJoin
             * @augments porthole.rendezvous.RelayJoin.$Properties
             * @deprecated Use porthole.rendezvous.RelayJoin.$Properties instead.
             */

            /**
             * Shape of a RelayJoin.
             * @typedef {porthole.rendezvous.RelayJoin.$Properties} porthole.rendezvous.RelayJoin.$Shape
             */

            /**
             * Constructs a new RelayJoin.
             * @memberof porthole.rendezvous
             * @classdesc Represents a RelayJoin.
             * @constructor
             * @param {porthole.rendezvous.RelayJoin.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const RelayJoin = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * RelayJoin token.
             * @member {string} token
             * @memberof porthole.rendezvous.RelayJoin
             * @instance
             */
            RelayJoin.prototype.token = "";

            /**
             * Encodes the specified RelayJoin message. Does not implicitly {@link porthole.rendezvous.RelayJoin.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.RelayJoin
             * @static
             * @param {porthole.rendezvous.RelayJoin.$Properties} message RelayJoin message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            RelayJoin.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.token != null && $Object.hasOwnProperty.call(message, "token") && message.token !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.token);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a RelayJoin message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.RelayJoin
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.RelayJoin & porthole.rendezvous.RelayJoin.$Shape} RelayJoin
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            RelayJoin.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.RelayJoin();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.token = value;
                            else
                                delete message.token;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RelayJoin;
        })();

        rendezvous.RelayAnswer = (function() {

            /**
             * Properties of a RelayAnswer.
             * @typedef {Object} porthole.rendezvous.RelayAnswer.$Properties
             * @property {porthole.rendezvous.Problem.$Properties|null} [problem] RelayAnswer problem
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a RelayAnswer.
             * @memberof porthole.rendezvous
             * @interface IRelayAnswer
             * @augments porthole.rendezvous.RelayAnswer.$Properties
             * @deprecated Use porthole.rendezvous.RelayAnswer.$Properties instead.
             */

            /**
             * Shape of a RelayAnswer.
             * @typedef {porthole.rendezvous.RelayAnswer.$Properties} porthole.rendezvous.RelayAnswer.$Shape
             */

            /**
             * Constructs a new RelayAnswer.
             * @memberof porthole.rendezvous
             * @classdesc Represents a RelayAnswer.
             * @constructor
             * @param {porthole.rendezvous.RelayAnswer.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const RelayAnswer = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * RelayAnswer problem.
             * @member {porthole.rendezvous.Problem.$Properties|null|undefined} problem
             * @memberof porthole.rendezvous.RelayAnswer
             * @instance
             */
            RelayAnswer.prototype.problem = null;

            /**
             * Encodes the specified RelayAnswer message. Does not implicitly {@link porthole.rendezvous.RelayAnswer.verify|verify} messages.
             * @function encode
             * @memberof porthole.rendezvous.RelayAnswer
             * @static
             * @param {porthole.rendezvous.RelayAnswer.$Properties} message RelayAnswer message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            RelayAnswer.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.problem != null && $Object.hasOwnProperty.call(message, "problem"))
                    $root.porthole.rendezvous.Problem.encode(message.problem, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a RelayAnswer message from the specified reader or buffer.
             * @function decode
             * @memberof porthole.rendezvous.RelayAnswer
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {porthole.rendezvous.RelayAnswer & porthole.rendezvous.RelayAnswer.$Shape} RelayAnswer
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            RelayAnswer.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.porthole.rendezvous.RelayAnswer();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.problem = $root.porthole.rendezvous.Problem.decode(reader, reader.size(), $undefined, _depth + 1, message.problem);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RelayAnswer;
        })();

        return rendezvous;
    })();

    return porthole;
})();

export {
  $root as default
};
