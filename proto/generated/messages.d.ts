import * as $protobuf from "protobufjs";

/** Namespace porthole. */
export namespace porthole {

    /** Namespace site. */
    namespace site {

        /**
         * Properties of a Frame.
         * @deprecated Use porthole.site.Frame.$Properties instead.
         */
        interface IFrame extends porthole.site.Frame.$Properties {
        }

        /** Represents a Frame. */
        class Frame {

            /**
             * Constructs a new Frame.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.site.Frame.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Frame stream. */
            stream: number;

            /** Frame end. */
            end: boolean;

            /** Frame hello. */
            hello?: (porthole.site.Hello.$Properties|null);

            /** Frame request. */
            request?: (porthole.site.Request.$Properties|null);

            /** Frame response. */
            response?: (porthole.site.Response.$Properties|null);

            /** Frame data. */
            data?: (Uint8Array|null);

            /** Frame credit. */
            credit?: (porthole.site.Credit.$Properties|null);

            /** Frame reset. */
            reset?: (porthole.site.Reset.$Properties|null);

            /** Frame goAway. */
            goAway?: (porthole.site.GoAway.$Properties|null);

            /** Frame body. */
            body?: ("hello"|"request"|"response"|"data"|"credit"|"reset"|"goAway");

            /**
             * Encodes the specified Frame message. Does not implicitly {@link porthole.site.Frame.verify|verify} messages.
             * @param message Frame message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.site.Frame.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Frame message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.site.Frame & porthole.site.Frame.$Shape} Frame
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.site.Frame & porthole.site.Frame.$Shape;
        }

        namespace Frame {

            /** Properties of a Frame. */
            interface $Properties {

                /** Frame stream */
                stream?: (number|null);

                /** Frame end */
                end?: (boolean|null);

                /** Frame hello */
                hello?: (porthole.site.Hello.$Properties|null);

                /** Frame request */
                request?: (porthole.site.Request.$Properties|null);

                /** Frame response */
                response?: (porthole.site.Response.$Properties|null);

                /** Frame data */
                data?: (Uint8Array|null);

                /** Frame credit */
                credit?: (porthole.site.Credit.$Properties|null);

                /** Frame reset */
                reset?: (porthole.site.Reset.$Properties|null);

                /** Frame goAway */
                goAway?: (porthole.site.GoAway.$Properties|null);

                /** Frame body */
                body?: ("hello"|"request"|"response"|"data"|"credit"|"reset"|"goAway");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a Frame. */
            type $Shape = {
              stream?: number|null;
              end?: boolean|null;
              hello?: porthole.site.Hello.$Shape|null;
              request?: porthole.site.Request.$Shape|null;
              response?: porthole.site.Response.$Shape|null;
              data?: Uint8Array|null;
              credit?: porthole.site.Credit.$Shape|null;
              reset?: porthole.site.Reset.$Shape|null;
              goAway?: porthole.site.GoAway.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ body?: undefined; hello?: null; request?: null; response?: null; data?: null; credit?: null; reset?: null; goAway?: null }|{ body?: "hello"; hello: porthole.site.Hello.$Shape; request?: null; response?: null; data?: null; credit?: null; reset?: null; goAway?: null }|{ body?: "request"; hello?: null; request: porthole.site.Request.$Shape; response?: null; data?: null; credit?: null; reset?: null; goAway?: null }|{ body?: "response"; hello?: null; request?: null; response: porthole.site.Response.$Shape; data?: null; credit?: null; reset?: null; goAway?: null }|{ body?: "data"; hello?: null; request?: null; response?: null; data: Uint8Array; credit?: null; reset?: null; goAway?: null }|{ body?: "credit"; hello?: null; request?: null; response?: null; data?: null; credit: porthole.site.Credit.$Shape; reset?: null; goAway?: null }|{ body?: "reset"; hello?: null; request?: null; response?: null; data?: null; credit?: null; reset: porthole.site.Reset.$Shape; goAway?: null }|{ body?: "goAway"; hello?: null; request?: null; response?: null; data?: null; credit?: null; reset?: null; goAway: porthole.site.GoAway.$Shape })
            );
        }

        /**
         * Properties of a Hello.
         * @deprecated Use porthole.site.Hello.$Properties instead.
         */
        interface IHello extends porthole.site.Hello.$Properties {
        }

        /** Represents a Hello. */
        class Hello {

            /**
             * Constructs a new Hello.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.site.Hello.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Hello version. */
            version: number;

            /** Hello features. */
            features: string[];

            /** Hello agent. */
            agent: string;

            /** Hello streamCredit. */
            streamCredit: number;

            /** Hello sessionCredit. */
            sessionCredit: number;

            /**
             * Encodes the specified Hello message. Does not implicitly {@link porthole.site.Hello.verify|verify} messages.
             * @param message Hello message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.site.Hello.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Hello message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.site.Hello & porthole.site.Hello.$Shape} Hello
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.site.Hello & porthole.site.Hello.$Shape;
        }

        namespace Hello {

            /** Properties of a Hello. */
            interface $Properties {

                /** Hello version */
                version?: (number|null);

                /** Hello features */
                features?: (string[]|null);

                /** Hello agent */
                agent?: (string|null);

                /** Hello streamCredit */
                streamCredit?: (number|null);

                /** Hello sessionCredit */
                sessionCredit?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Hello. */
            type $Shape = porthole.site.Hello.$Properties;
        }

        /**
         * Properties of a Request.
         * @deprecated Use porthole.site.Request.$Properties instead.
         */
        interface IRequest extends porthole.site.Request.$Properties {
        }

        /** Represents a Request. */
        class Request {

            /**
             * Constructs a new Request.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.site.Request.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Request method. */
            method: string;

            /** Request target. */
            target: string;

            /** Request authority. */
            authority: string;

            /** Request headers. */
            headers: porthole.site.Header.$Properties[];

            /** Request protocol. */
            protocol: string;

            /**
             * Encodes the specified Request message. Does not implicitly {@link porthole.site.Request.verify|verify} messages.
             * @param message Request message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.site.Request.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Request message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.site.Request & porthole.site.Request.$Shape} Request
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.site.Request & porthole.site.Request.$Shape;
        }

        namespace Request {

            /** Properties of a Request. */
            interface $Properties {

                /** Request method */
                method?: (string|null);

                /** Request target */
                target?: (string|null);

                /** Request authority */
                authority?: (string|null);

                /** Request headers */
                headers?: (porthole.site.Header.$Properties[]|null);

                /** Request protocol */
                protocol?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Request. */
            type $Shape = porthole.site.Request.$Properties;
        }

        /**
         * Properties of a Response.
         * @deprecated Use porthole.site.Response.$Properties instead.
         */
        interface IResponse extends porthole.site.Response.$Properties {
        }

        /** Represents a Response. */
        class Response {

            /**
             * Constructs a new Response.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.site.Response.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Response status. */
            status: number;

            /** Response headers. */
            headers: porthole.site.Header.$Properties[];

            /**
             * Encodes the specified Response message. Does not implicitly {@link porthole.site.Response.verify|verify} messages.
             * @param message Response message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.site.Response.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Response message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.site.Response & porthole.site.Response.$Shape} Response
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.site.Response & porthole.site.Response.$Shape;
        }

        namespace Response {

            /** Properties of a Response. */
            interface $Properties {

                /** Response status */
                status?: (number|null);

                /** Response headers */
                headers?: (porthole.site.Header.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Response. */
            type $Shape = porthole.site.Response.$Properties;
        }

        /**
         * Properties of a Header.
         * @deprecated Use porthole.site.Header.$Properties instead.
         */
        interface IHeader extends porthole.site.Header.$Properties {
        }

        /** Represents a Header. */
        class Header {

            /**
             * Constructs a new Header.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.site.Header.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Header name. */
            name: string;

            /** Header value. */
            value: string;

            /**
             * Encodes the specified Header message. Does not implicitly {@link porthole.site.Header.verify|verify} messages.
             * @param message Header message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.site.Header.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Header message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.site.Header & porthole.site.Header.$Shape} Header
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.site.Header & porthole.site.Header.$Shape;
        }

        namespace Header {

            /** Properties of a Header. */
            interface $Properties {

                /** Header name */
                name?: (string|null);

                /** Header value */
                value?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Header. */
            type $Shape = porthole.site.Header.$Properties;
        }

        /**
         * Properties of a Credit.
         * @deprecated Use porthole.site.Credit.$Properties instead.
         */
        interface ICredit extends porthole.site.Credit.$Properties {
        }

        /** Represents a Credit. */
        class Credit {

            /**
             * Constructs a new Credit.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.site.Credit.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Credit bytes. */
            bytes: number;

            /**
             * Encodes the specified Credit message. Does not implicitly {@link porthole.site.Credit.verify|verify} messages.
             * @param message Credit message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.site.Credit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Credit message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.site.Credit & porthole.site.Credit.$Shape} Credit
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.site.Credit & porthole.site.Credit.$Shape;
        }

        namespace Credit {

            /** Properties of a Credit. */
            interface $Properties {

                /** Credit bytes */
                bytes?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Credit. */
            type $Shape = porthole.site.Credit.$Properties;
        }

        /**
         * Properties of a Reset.
         * @deprecated Use porthole.site.Reset.$Properties instead.
         */
        interface IReset extends porthole.site.Reset.$Properties {
        }

        /** Represents a Reset. */
        class Reset {

            /**
             * Constructs a new Reset.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.site.Reset.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Reset code. */
            code: string;

            /** Reset message. */
            message: string;

            /**
             * Encodes the specified Reset message. Does not implicitly {@link porthole.site.Reset.verify|verify} messages.
             * @param message Reset message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.site.Reset.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Reset message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.site.Reset & porthole.site.Reset.$Shape} Reset
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.site.Reset & porthole.site.Reset.$Shape;
        }

        namespace Reset {

            /** Properties of a Reset. */
            interface $Properties {

                /** Reset code */
                code?: (string|null);

                /** Reset message */
                message?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Reset. */
            type $Shape = porthole.site.Reset.$Properties;
        }

        /**
         * Properties of a GoAway.
         * @deprecated Use porthole.site.GoAway.$Properties instead.
         */
        interface IGoAway extends porthole.site.GoAway.$Properties {
        }

        /** Represents a GoAway. */
        class GoAway {

            /**
             * Constructs a new GoAway.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.site.GoAway.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GoAway code. */
            code: string;

            /** GoAway message. */
            message: string;

            /** GoAway lastStream. */
            lastStream: number;

            /**
             * Encodes the specified GoAway message. Does not implicitly {@link porthole.site.GoAway.verify|verify} messages.
             * @param message GoAway message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.site.GoAway.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GoAway message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.site.GoAway & porthole.site.GoAway.$Shape} GoAway
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.site.GoAway & porthole.site.GoAway.$Shape;
        }

        namespace GoAway {

            /** Properties of a GoAway. */
            interface $Properties {

                /** GoAway code */
                code?: (string|null);

                /** GoAway message */
                message?: (string|null);

                /** GoAway lastStream */
                lastStream?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GoAway. */
            type $Shape = porthole.site.GoAway.$Properties;
        }

        /**
         * Properties of a PathMessage.
         * @deprecated Use porthole.site.PathMessage.$Properties instead.
         */
        interface IPathMessage extends porthole.site.PathMessage.$Properties {
        }

        /** Represents a PathMessage. */
        class PathMessage {

            /**
             * Constructs a new PathMessage.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.site.PathMessage.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** PathMessage join. */
            join?: (porthole.site.Join.$Properties|null);

            /** PathMessage joined. */
            joined?: (porthole.site.Joined.$Properties|null);

            /** PathMessage refused. */
            refused?: (porthole.site.Refused.$Properties|null);

            /** PathMessage challenge. */
            challenge?: (porthole.site.Challenge.$Properties|null);

            /** PathMessage proof. */
            proof?: (porthole.site.Proof.$Properties|null);

            /** PathMessage carry. */
            carry?: (porthole.site.Carry.$Properties|null);

            /** PathMessage ack. */
            ack?: (porthole.site.Ack.$Properties|null);

            /** PathMessage ping. */
            ping?: (porthole.site.Ping.$Properties|null);

            /** PathMessage over. */
            over?: (porthole.site.Over.$Properties|null);

            /** PathMessage body. */
            body?: ("join"|"joined"|"refused"|"challenge"|"proof"|"carry"|"ack"|"ping"|"over");

            /**
             * Encodes the specified PathMessage message. Does not implicitly {@link porthole.site.PathMessage.verify|verify} messages.
             * @param message PathMessage message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.site.PathMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a PathMessage message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.site.PathMessage & porthole.site.PathMessage.$Shape} PathMessage
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.site.PathMessage & porthole.site.PathMessage.$Shape;
        }

        namespace PathMessage {

            /** Properties of a PathMessage. */
            interface $Properties {

                /** PathMessage join */
                join?: (porthole.site.Join.$Properties|null);

                /** PathMessage joined */
                joined?: (porthole.site.Joined.$Properties|null);

                /** PathMessage refused */
                refused?: (porthole.site.Refused.$Properties|null);

                /** PathMessage challenge */
                challenge?: (porthole.site.Challenge.$Properties|null);

                /** PathMessage proof */
                proof?: (porthole.site.Proof.$Properties|null);

                /** PathMessage carry */
                carry?: (porthole.site.Carry.$Properties|null);

                /** PathMessage ack */
                ack?: (porthole.site.Ack.$Properties|null);

                /** PathMessage ping */
                ping?: (porthole.site.Ping.$Properties|null);

                /** PathMessage over */
                over?: (porthole.site.Over.$Properties|null);

                /** PathMessage body */
                body?: ("join"|"joined"|"refused"|"challenge"|"proof"|"carry"|"ack"|"ping"|"over");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a PathMessage. */
            type $Shape = {
              join?: porthole.site.Join.$Shape|null;
              joined?: porthole.site.Joined.$Shape|null;
              refused?: porthole.site.Refused.$Shape|null;
              challenge?: porthole.site.Challenge.$Shape|null;
              proof?: porthole.site.Proof.$Shape|null;
              carry?: porthole.site.Carry.$Shape|null;
              ack?: porthole.site.Ack.$Shape|null;
              ping?: porthole.site.Ping.$Shape|null;
              over?: porthole.site.Over.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ body?: undefined; join?: null; joined?: null; refused?: null; challenge?: null; proof?: null; carry?: null; ack?: null; ping?: null; over?: null }|{ body?: "join"; join: porthole.site.Join.$Shape; joined?: null; refused?: null; challenge?: null; proof?: null; carry?: null; ack?: null; ping?: null; over?: null }|{ body?: "joined"; join?: null; joined: porthole.site.Joined.$Shape; refused?: null; challenge?: null; proof?: null; carry?: null; ack?: null; ping?: null; over?: null }|{ body?: "refused"; join?: null; joined?: null; refused: porthole.site.Refused.$Shape; challenge?: null; proof?: null; carry?: null; ack?: null; ping?: null; over?: null }|{ body?: "challenge"; join?: null; joined?: null; refused?: null; challenge: porthole.site.Challenge.$Shape; proof?: null; carry?: null; ack?: null; ping?: null; over?: null }|{ body?: "proof"; join?: null; joined?: null; refused?: null; challenge?: null; proof: porthole.site.Proof.$Shape; carry?: null; ack?: null; ping?: null; over?: null }|{ body?: "carry"; join?: null; joined?: null; refused?: null; challenge?: null; proof?: null; carry: porthole.site.Carry.$Shape; ack?: null; ping?: null; over?: null }|{ body?: "ack"; join?: null; joined?: null; refused?: null; challenge?: null; proof?: null; carry?: null; ack: porthole.site.Ack.$Shape; ping?: null; over?: null }|{ body?: "ping"; join?: null; joined?: null; refused?: null; challenge?: null; proof?: null; carry?: null; ack?: null; ping: porthole.site.Ping.$Shape; over?: null }|{ body?: "over"; join?: null; joined?: null; refused?: null; challenge?: null; proof?: null; carry?: null; ack?: null; ping?: null; over: porthole.site.Over.$Shape })
            );
        }

        /**
         * Properties of a Join.
         * @deprecated Use porthole.site.Join.$Properties instead.
         */
        interface IJoin extends porthole.site.Join.$Properties {
        }

        /** Represents a Join. */
        class Join {

            /**
             * Constructs a new Join.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.site.Join.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Join session. */
            session: Uint8Array;

            /** Join received. */
            received: number;

            /** Join token. */
            token: Uint8Array;

            /**
             * Encodes the specified Join message. Does not implicitly {@link porthole.site.Join.verify|verify} messages.
             * @param message Join message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.site.Join.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Join message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.site.Join & porthole.site.Join.$Shape} Join
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.site.Join & porthole.site.Join.$Shape;
        }

        namespace Join {

            /** Properties of a Join. */
            interface $Properties {

                /** Join session */
                session?: (Uint8Array|null);

                /** Join received */
                received?: (number|null);

                /** Join token */
                token?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Join. */
            type $Shape = porthole.site.Join.$Properties;
        }

        /**
         * Properties of a Joined.
         * @deprecated Use porthole.site.Joined.$Properties instead.
         */
        interface IJoined extends porthole.site.Joined.$Properties {
        }

        /** Represents a Joined. */
        class Joined {

            /**
             * Constructs a new Joined.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.site.Joined.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Joined session. */
            session: Uint8Array;

            /** Joined received. */
            received: number;

            /**
             * Encodes the specified Joined message. Does not implicitly {@link porthole.site.Joined.verify|verify} messages.
             * @param message Joined message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.site.Joined.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Joined message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.site.Joined & porthole.site.Joined.$Shape} Joined
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.site.Joined & porthole.site.Joined.$Shape;
        }

        namespace Joined {

            /** Properties of a Joined. */
            interface $Properties {

                /** Joined session */
                session?: (Uint8Array|null);

                /** Joined received */
                received?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Joined. */
            type $Shape = porthole.site.Joined.$Properties;
        }

        /**
         * Properties of a Refused.
         * @deprecated Use porthole.site.Refused.$Properties instead.
         */
        interface IRefused extends porthole.site.Refused.$Properties {
        }

        /** Represents a Refused. */
        class Refused {

            /**
             * Constructs a new Refused.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.site.Refused.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Refused code. */
            code: string;

            /** Refused message. */
            message: string;

            /**
             * Encodes the specified Refused message. Does not implicitly {@link porthole.site.Refused.verify|verify} messages.
             * @param message Refused message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.site.Refused.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Refused message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.site.Refused & porthole.site.Refused.$Shape} Refused
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.site.Refused & porthole.site.Refused.$Shape;
        }

        namespace Refused {

            /** Properties of a Refused. */
            interface $Properties {

                /** Refused code */
                code?: (string|null);

                /** Refused message */
                message?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Refused. */
            type $Shape = porthole.site.Refused.$Properties;
        }

        /**
         * Properties of a Challenge.
         * @deprecated Use porthole.site.Challenge.$Properties instead.
         */
        interface IChallenge extends porthole.site.Challenge.$Properties {
        }

        /** Represents a Challenge. */
        class Challenge {

            /**
             * Constructs a new Challenge.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.site.Challenge.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Challenge code. */
            code: string;

            /** Challenge message. */
            message: string;

            /** Challenge salt. */
            salt: Uint8Array;

            /** Challenge cost. */
            cost: number;

            /**
             * Encodes the specified Challenge message. Does not implicitly {@link porthole.site.Challenge.verify|verify} messages.
             * @param message Challenge message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.site.Challenge.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Challenge message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.site.Challenge & porthole.site.Challenge.$Shape} Challenge
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.site.Challenge & porthole.site.Challenge.$Shape;
        }

        namespace Challenge {

            /** Properties of a Challenge. */
            interface $Properties {

                /** Challenge code */
                code?: (string|null);

                /** Challenge message */
                message?: (string|null);

                /** Challenge salt */
                salt?: (Uint8Array|null);

                /** Challenge cost */
                cost?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Challenge. */
            type $Shape = porthole.site.Challenge.$Properties;
        }

        /**
         * Properties of a Proof.
         * @deprecated Use porthole.site.Proof.$Properties instead.
         */
        interface IProof extends porthole.site.Proof.$Properties {
        }

        /** Represents a Proof. */
        class Proof {

            /**
             * Constructs a new Proof.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.site.Proof.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Proof password. */
            password: Uint8Array;

            /**
             * Encodes the specified Proof message. Does not implicitly {@link porthole.site.Proof.verify|verify} messages.
             * @param message Proof message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.site.Proof.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Proof message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.site.Proof & porthole.site.Proof.$Shape} Proof
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.site.Proof & porthole.site.Proof.$Shape;
        }

        namespace Proof {

            /** Properties of a Proof. */
            interface $Properties {

                /** Proof password */
                password?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Proof. */
            type $Shape = porthole.site.Proof.$Properties;
        }

        /**
         * Properties of a Carry.
         * @deprecated Use porthole.site.Carry.$Properties instead.
         */
        interface ICarry extends porthole.site.Carry.$Properties {
        }

        /** Represents a Carry. */
        class Carry {

            /**
             * Constructs a new Carry.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.site.Carry.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Carry move. */
            move: number;

            /** Carry next. */
            next: number;

            /** Carry received. */
            received: number;

            /** Carry sound. */
            sound: boolean;

            /**
             * Encodes the specified Carry message. Does not implicitly {@link porthole.site.Carry.verify|verify} messages.
             * @param message Carry message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.site.Carry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Carry message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.site.Carry & porthole.site.Carry.$Shape} Carry
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.site.Carry & porthole.site.Carry.$Shape;
        }

        namespace Carry {

            /** Properties of a Carry. */
            interface $Properties {

                /** Carry move */
                move?: (number|null);

                /** Carry next */
                next?: (number|null);

                /** Carry received */
                received?: (number|null);

                /** Carry sound */
                sound?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Carry. */
            type $Shape = porthole.site.Carry.$Properties;
        }

        /**
         * Properties of an Ack.
         * @deprecated Use porthole.site.Ack.$Properties instead.
         */
        interface IAck extends porthole.site.Ack.$Properties {
        }

        /** Represents an Ack. */
        class Ack {

            /**
             * Constructs a new Ack.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.site.Ack.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Ack received. */
            received: number;

            /**
             * Encodes the specified Ack message. Does not implicitly {@link porthole.site.Ack.verify|verify} messages.
             * @param message Ack message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.site.Ack.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Ack message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.site.Ack & porthole.site.Ack.$Shape} Ack
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.site.Ack & porthole.site.Ack.$Shape;
        }

        namespace Ack {

            /** Properties of an Ack. */
            interface $Properties {

                /** Ack received */
                received?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Ack. */
            type $Shape = porthole.site.Ack.$Properties;
        }

        /**
         * Properties of a Ping.
         * @deprecated Use porthole.site.Ping.$Properties instead.
         */
        interface IPing extends porthole.site.Ping.$Properties {
        }

        /** Represents a Ping. */
        class Ping {

            /**
             * Constructs a new Ping.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.site.Ping.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Ping id. */
            id: number;

            /** Ping answer. */
            answer: boolean;

            /** Ping suspect. */
            suspect: boolean;

            /**
             * Encodes the specified Ping message. Does not implicitly {@link porthole.site.Ping.verify|verify} messages.
             * @param message Ping message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.site.Ping.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Ping message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.site.Ping & porthole.site.Ping.$Shape} Ping
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.site.Ping & porthole.site.Ping.$Shape;
        }

        namespace Ping {

            /** Properties of a Ping. */
            interface $Properties {

                /** Ping id */
                id?: (number|null);

                /** Ping answer */
                answer?: (boolean|null);

                /** Ping suspect */
                suspect?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Ping. */
            type $Shape = porthole.site.Ping.$Properties;
        }

        /**
         * Properties of an Over.
         * @deprecated Use porthole.site.Over.$Properties instead.
         */
        interface IOver extends porthole.site.Over.$Properties {
        }

        /** Represents an Over. */
        class Over {

            /**
             * Constructs a new Over.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.site.Over.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Over code. */
            code: string;

            /** Over message. */
            message: string;

            /**
             * Encodes the specified Over message. Does not implicitly {@link porthole.site.Over.verify|verify} messages.
             * @param message Over message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.site.Over.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Over message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.site.Over & porthole.site.Over.$Shape} Over
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.site.Over & porthole.site.Over.$Shape;
        }

        namespace Over {

            /** Properties of an Over. */
            interface $Properties {

                /** Over code */
                code?: (string|null);

                /** Over message */
                message?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Over. */
            type $Shape = porthole.site.Over.$Properties;
        }
    }

    /** Namespace rendezvous. */
    namespace rendezvous {

        /**
         * Properties of an Address.
         * @deprecated Use porthole.rendezvous.Address.$Properties instead.
         */
        interface IAddress extends porthole.rendezvous.Address.$Properties {
        }

        /** Represents an Address. */
        class Address {

            /**
             * Constructs a new Address.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.Address.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Address ip. */
            ip: string;

            /** Address port. */
            port: number;

            /**
             * Encodes the specified Address message. Does not implicitly {@link porthole.rendezvous.Address.verify|verify} messages.
             * @param message Address message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.Address.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Address message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Address & porthole.rendezvous.Address.$Shape} Address
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Address & porthole.rendezvous.Address.$Shape;
        }

        namespace Address {

            /** Properties of an Address. */
            interface $Properties {

                /** Address ip */
                ip?: (string|null);

                /** Address port */
                port?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Address. */
            type $Shape = porthole.rendezvous.Address.$Properties;
        }

        /**
         * Properties of a Welcome.
         * @deprecated Use porthole.rendezvous.Welcome.$Properties instead.
         */
        interface IWelcome extends porthole.rendezvous.Welcome.$Properties {
        }

        /** Represents a Welcome. */
        class Welcome {

            /**
             * Constructs a new Welcome.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.Welcome.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Welcome version. */
            version: number;

            /** Welcome nonce. */
            nonce: Uint8Array;

            /** Welcome observed. */
            observed?: (porthole.rendezvous.Address.$Properties|null);

            /** Welcome stunPort. */
            stunPort: number;

            /** Welcome relayPort. */
            relayPort: number;

            /** Welcome stunTcp. */
            stunTcp: porthole.rendezvous.Address.$Properties[];

            /** Welcome stunUdp. */
            stunUdp: porthole.rendezvous.Address.$Properties[];

            /**
             * Encodes the specified Welcome message. Does not implicitly {@link porthole.rendezvous.Welcome.verify|verify} messages.
             * @param message Welcome message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.Welcome.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Welcome message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Welcome & porthole.rendezvous.Welcome.$Shape} Welcome
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Welcome & porthole.rendezvous.Welcome.$Shape;
        }

        namespace Welcome {

            /** Properties of a Welcome. */
            interface $Properties {

                /** Welcome version */
                version?: (number|null);

                /** Welcome nonce */
                nonce?: (Uint8Array|null);

                /** Welcome observed */
                observed?: (porthole.rendezvous.Address.$Properties|null);

                /** Welcome stunPort */
                stunPort?: (number|null);

                /** Welcome relayPort */
                relayPort?: (number|null);

                /** Welcome stunTcp */
                stunTcp?: (porthole.rendezvous.Address.$Properties[]|null);

                /** Welcome stunUdp */
                stunUdp?: (porthole.rendezvous.Address.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Welcome. */
            type $Shape = porthole.rendezvous.Welcome.$Properties;
        }

        /**
         * Properties of a Nat.
         * @deprecated Use porthole.rendezvous.Nat.$Properties instead.
         */
        interface INat extends porthole.rendezvous.Nat.$Properties {
        }

        /** Represents a Nat. */
        class Nat {

            /**
             * Constructs a new Nat.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.Nat.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Nat behindNat. */
            behindNat: porthole.rendezvous.Nat.Found;

            /** Nat tcp. */
            tcp?: (porthole.rendezvous.Nat.Tcp.$Properties|null);

            /** Nat udp. */
            udp?: (porthole.rendezvous.Nat.Udp.$Properties|null);

            /** Nat udpBlocked. */
            udpBlocked: boolean;

            /** Nat noIpv6. */
            noIpv6: boolean;

            /** Nat ipv6Unsolicited. */
            ipv6Unsolicited: porthole.rendezvous.Nat.Unsolicited;

            /**
             * Encodes the specified Nat message. Does not implicitly {@link porthole.rendezvous.Nat.verify|verify} messages.
             * @param message Nat message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.Nat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Nat message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Nat & porthole.rendezvous.Nat.$Shape} Nat
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Nat & porthole.rendezvous.Nat.$Shape;
        }

        namespace Nat {

            /** Properties of a Nat. */
            interface $Properties {

                /** Nat behindNat */
                behindNat?: (porthole.rendezvous.Nat.Found|null);

                /** Nat tcp */
                tcp?: (porthole.rendezvous.Nat.Tcp.$Properties|null);

                /** Nat udp */
                udp?: (porthole.rendezvous.Nat.Udp.$Properties|null);

                /** Nat udpBlocked */
                udpBlocked?: (boolean|null);

                /** Nat noIpv6 */
                noIpv6?: (boolean|null);

                /** Nat ipv6Unsolicited */
                ipv6Unsolicited?: (porthole.rendezvous.Nat.Unsolicited|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Nat. */
            type $Shape = porthole.rendezvous.Nat.$Properties;

            /**
             * Properties of a Mapping.
             * @deprecated Use porthole.rendezvous.Nat.Mapping.$Properties instead.
             */
            interface IMapping extends porthole.rendezvous.Nat.Mapping.$Properties {
            }

            /** Represents a Mapping. */
            class Mapping {

                /**
                 * Constructs a new Mapping.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: porthole.rendezvous.Nat.Mapping.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Mapping behaviour. */
                behaviour: porthole.rendezvous.Nat.Behaviour;

                /** Mapping step. */
                step: number;

                /** Mapping patternless. */
                patternless: boolean;

                /**
                 * Encodes the specified Mapping message. Does not implicitly {@link porthole.rendezvous.Nat.Mapping.verify|verify} messages.
                 * @param message Mapping message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: porthole.rendezvous.Nat.Mapping.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Mapping message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {porthole.rendezvous.Nat.Mapping & porthole.rendezvous.Nat.Mapping.$Shape} Mapping
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Nat.Mapping & porthole.rendezvous.Nat.Mapping.$Shape;
            }

            namespace Mapping {

                /** Properties of a Mapping. */
                interface $Properties {

                    /** Mapping behaviour */
                    behaviour?: (porthole.rendezvous.Nat.Behaviour|null);

                    /** Mapping step */
                    step?: (number|null);

                    /** Mapping patternless */
                    patternless?: (boolean|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Mapping. */
                type $Shape = porthole.rendezvous.Nat.Mapping.$Properties;
            }

            /**
             * Properties of a Tcp.
             * @deprecated Use porthole.rendezvous.Nat.Tcp.$Properties instead.
             */
            interface ITcp extends porthole.rendezvous.Nat.Tcp.$Properties {
            }

            /** Represents a Tcp. */
            class Tcp {

                /**
                 * Constructs a new Tcp.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: porthole.rendezvous.Nat.Tcp.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Tcp mapping. */
                mapping?: (porthole.rendezvous.Nat.Mapping.$Properties|null);

                /** Tcp filtering. */
                filtering: porthole.rendezvous.Nat.Behaviour;

                /** Tcp unsolicited. */
                unsolicited: porthole.rendezvous.Nat.Unsolicited;

                /** Tcp synOutSynIn. */
                synOutSynIn: porthole.rendezvous.Nat.Found;

                /** Tcp freshSequence. */
                freshSequence: porthole.rendezvous.Nat.Found;

                /** Tcp timeExceededCloses. */
                timeExceededCloses: porthole.rendezvous.Nat.Found;

                /** Tcp resetCloses. */
                resetCloses: porthole.rendezvous.Nat.Found;

                /** Tcp hops. */
                hops: number;

                /** Tcp hairpin. */
                hairpin: porthole.rendezvous.Nat.Found;

                /**
                 * Encodes the specified Tcp message. Does not implicitly {@link porthole.rendezvous.Nat.Tcp.verify|verify} messages.
                 * @param message Tcp message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: porthole.rendezvous.Nat.Tcp.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Tcp message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {porthole.rendezvous.Nat.Tcp & porthole.rendezvous.Nat.Tcp.$Shape} Tcp
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Nat.Tcp & porthole.rendezvous.Nat.Tcp.$Shape;
            }

            namespace Tcp {

                /** Properties of a Tcp. */
                interface $Properties {

                    /** Tcp mapping */
                    mapping?: (porthole.rendezvous.Nat.Mapping.$Properties|null);

                    /** Tcp filtering */
                    filtering?: (porthole.rendezvous.Nat.Behaviour|null);

                    /** Tcp unsolicited */
                    unsolicited?: (porthole.rendezvous.Nat.Unsolicited|null);

                    /** Tcp synOutSynIn */
                    synOutSynIn?: (porthole.rendezvous.Nat.Found|null);

                    /** Tcp freshSequence */
                    freshSequence?: (porthole.rendezvous.Nat.Found|null);

                    /** Tcp timeExceededCloses */
                    timeExceededCloses?: (porthole.rendezvous.Nat.Found|null);

                    /** Tcp resetCloses */
                    resetCloses?: (porthole.rendezvous.Nat.Found|null);

                    /** Tcp hops */
                    hops?: (number|null);

                    /** Tcp hairpin */
                    hairpin?: (porthole.rendezvous.Nat.Found|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Tcp. */
                type $Shape = porthole.rendezvous.Nat.Tcp.$Properties;
            }

            /**
             * Properties of an Udp.
             * @deprecated Use porthole.rendezvous.Nat.Udp.$Properties instead.
             */
            interface IUdp extends porthole.rendezvous.Nat.Udp.$Properties {
            }

            /** Represents an Udp. */
            class Udp {

                /**
                 * Constructs a new Udp.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: porthole.rendezvous.Nat.Udp.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Udp mapping. */
                mapping?: (porthole.rendezvous.Nat.Mapping.$Properties|null);

                /** Udp filtering. */
                filtering: porthole.rendezvous.Nat.Behaviour;

                /**
                 * Encodes the specified Udp message. Does not implicitly {@link porthole.rendezvous.Nat.Udp.verify|verify} messages.
                 * @param message Udp message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: porthole.rendezvous.Nat.Udp.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Udp message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {porthole.rendezvous.Nat.Udp & porthole.rendezvous.Nat.Udp.$Shape} Udp
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Nat.Udp & porthole.rendezvous.Nat.Udp.$Shape;
            }

            namespace Udp {

                /** Properties of an Udp. */
                interface $Properties {

                    /** Udp mapping */
                    mapping?: (porthole.rendezvous.Nat.Mapping.$Properties|null);

                    /** Udp filtering */
                    filtering?: (porthole.rendezvous.Nat.Behaviour|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Udp. */
                type $Shape = porthole.rendezvous.Nat.Udp.$Properties;
            }

            /** Behaviour enum. */
            enum Behaviour {

                /** UNEXAMINED value */
                UNEXAMINED = 0,

                /** ENDPOINT_INDEPENDENT value */
                ENDPOINT_INDEPENDENT = 1,

                /** ADDRESS_DEPENDENT value */
                ADDRESS_DEPENDENT = 2,

                /** ADDRESS_AND_PORT_DEPENDENT value */
                ADDRESS_AND_PORT_DEPENDENT = 3
            }

            /** Unsolicited enum. */
            enum Unsolicited {

                /** UNASKED value */
                UNASKED = 0,

                /** SILENCE value */
                SILENCE = 1,

                /** RST value */
                RST = 2,

                /** ICMP value */
                ICMP = 3,

                /** ACCEPTED value */
                ACCEPTED = 4
            }

            /** Found enum. */
            enum Found {

                /** UNKNOWN value */
                UNKNOWN = 0,

                /** NO value */
                NO = 1,

                /** YES value */
                YES = 2
            }
        }

        /**
         * Properties of a SiteCard.
         * @deprecated Use porthole.rendezvous.SiteCard.$Properties instead.
         */
        interface ISiteCard extends porthole.rendezvous.SiteCard.$Properties {
        }

        /** Represents a SiteCard. */
        class SiteCard {

            /**
             * Constructs a new SiteCard.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.SiteCard.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SiteCard title. */
            title: string;

            /** SiteCard owner. */
            owner: string;

            /** SiteCard purpose. */
            purpose: string;

            /** SiteCard contact. */
            contact: string;

            /** SiteCard keywords. */
            keywords: string[];

            /**
             * Encodes the specified SiteCard message. Does not implicitly {@link porthole.rendezvous.SiteCard.verify|verify} messages.
             * @param message SiteCard message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.SiteCard.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SiteCard message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.SiteCard & porthole.rendezvous.SiteCard.$Shape} SiteCard
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.SiteCard & porthole.rendezvous.SiteCard.$Shape;
        }

        namespace SiteCard {

            /** Properties of a SiteCard. */
            interface $Properties {

                /** SiteCard title */
                title?: (string|null);

                /** SiteCard owner */
                owner?: (string|null);

                /** SiteCard purpose */
                purpose?: (string|null);

                /** SiteCard contact */
                contact?: (string|null);

                /** SiteCard keywords */
                keywords?: (string[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SiteCard. */
            type $Shape = porthole.rendezvous.SiteCard.$Properties;
        }

        /**
         * Properties of a Register.
         * @deprecated Use porthole.rendezvous.Register.$Properties instead.
         */
        interface IRegister extends porthole.rendezvous.Register.$Properties {
        }

        /** Represents a Register. */
        class Register {

            /**
             * Constructs a new Register.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.Register.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Register publicKey. */
            publicKey: Uint8Array;

            /** Register signature. */
            signature: Uint8Array;

            /** Register name. */
            name: string;

            /** Register card. */
            card?: (porthole.rendezvous.SiteCard.$Properties|null);

            /** Register localAddresses. */
            localAddresses: string[];

            /** Register strategies. */
            strategies: string[];

            /** Register unlisted. */
            unlisted: boolean;

            /** Register nat. */
            nat?: (porthole.rendezvous.Nat.$Properties|null);

            /** Register instance. */
            instance: Uint8Array;

            /** Register registration. */
            registration: number;

            /** Register inbox. */
            inbox?: (porthole.rendezvous.Register.Inbox.$Properties|null);

            /**
             * Encodes the specified Register message. Does not implicitly {@link porthole.rendezvous.Register.verify|verify} messages.
             * @param message Register message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.Register.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Register message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Register & porthole.rendezvous.Register.$Shape} Register
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Register & porthole.rendezvous.Register.$Shape;
        }

        namespace Register {

            /** Properties of a Register. */
            interface $Properties {

                /** Register publicKey */
                publicKey?: (Uint8Array|null);

                /** Register signature */
                signature?: (Uint8Array|null);

                /** Register name */
                name?: (string|null);

                /** Register card */
                card?: (porthole.rendezvous.SiteCard.$Properties|null);

                /** Register localAddresses */
                localAddresses?: (string[]|null);

                /** Register strategies */
                strategies?: (string[]|null);

                /** Register unlisted */
                unlisted?: (boolean|null);

                /** Register nat */
                nat?: (porthole.rendezvous.Nat.$Properties|null);

                /** Register instance */
                instance?: (Uint8Array|null);

                /** Register registration */
                registration?: (number|null);

                /** Register inbox */
                inbox?: (porthole.rendezvous.Register.Inbox.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Register. */
            type $Shape = porthole.rendezvous.Register.$Properties;

            /**
             * Properties of an Inbox.
             * @deprecated Use porthole.rendezvous.Register.Inbox.$Properties instead.
             */
            interface IInbox extends porthole.rendezvous.Register.Inbox.$Properties {
            }

            /** Represents an Inbox. */
            class Inbox {

                /**
                 * Constructs a new Inbox.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: porthole.rendezvous.Register.Inbox.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Inbox patterns. */
                patterns: string[];

                /** Inbox messages. */
                messages: number;

                /** Inbox seconds. */
                seconds: number;

                /**
                 * Encodes the specified Inbox message. Does not implicitly {@link porthole.rendezvous.Register.Inbox.verify|verify} messages.
                 * @param message Inbox message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: porthole.rendezvous.Register.Inbox.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Inbox message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {porthole.rendezvous.Register.Inbox & porthole.rendezvous.Register.Inbox.$Shape} Inbox
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Register.Inbox & porthole.rendezvous.Register.Inbox.$Shape;
            }

            namespace Inbox {

                /** Properties of an Inbox. */
                interface $Properties {

                    /** Inbox patterns */
                    patterns?: (string[]|null);

                    /** Inbox messages */
                    messages?: (number|null);

                    /** Inbox seconds */
                    seconds?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Inbox. */
                type $Shape = porthole.rendezvous.Register.Inbox.$Properties;
            }
        }

        /**
         * Properties of a Registered.
         * @deprecated Use porthole.rendezvous.Registered.$Properties instead.
         */
        interface IRegistered extends porthole.rendezvous.Registered.$Properties {
        }

        /** Represents a Registered. */
        class Registered {

            /**
             * Constructs a new Registered.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.Registered.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Registered site. */
            site: string;

            /** Registered name. */
            name: string;

            /** Registered link. */
            link: string;

            /** Registered behindNat. */
            behindNat: boolean;

            /** Registered inbox. */
            inbox?: (porthole.rendezvous.Registered.Inbox.$Properties|null);

            /**
             * Encodes the specified Registered message. Does not implicitly {@link porthole.rendezvous.Registered.verify|verify} messages.
             * @param message Registered message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.Registered.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Registered message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Registered & porthole.rendezvous.Registered.$Shape} Registered
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Registered & porthole.rendezvous.Registered.$Shape;
        }

        namespace Registered {

            /** Properties of a Registered. */
            interface $Properties {

                /** Registered site */
                site?: (string|null);

                /** Registered name */
                name?: (string|null);

                /** Registered link */
                link?: (string|null);

                /** Registered behindNat */
                behindNat?: (boolean|null);

                /** Registered inbox */
                inbox?: (porthole.rendezvous.Registered.Inbox.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Registered. */
            type $Shape = porthole.rendezvous.Registered.$Properties;

            /**
             * Properties of an Inbox.
             * @deprecated Use porthole.rendezvous.Registered.Inbox.$Properties instead.
             */
            interface IInbox extends porthole.rendezvous.Registered.Inbox.$Properties {
            }

            /** Represents an Inbox. */
            class Inbox {

                /**
                 * Constructs a new Inbox.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: porthole.rendezvous.Registered.Inbox.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Inbox waiting. */
                waiting: number;

                /**
                 * Encodes the specified Inbox message. Does not implicitly {@link porthole.rendezvous.Registered.Inbox.verify|verify} messages.
                 * @param message Inbox message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: porthole.rendezvous.Registered.Inbox.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Inbox message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {porthole.rendezvous.Registered.Inbox & porthole.rendezvous.Registered.Inbox.$Shape} Inbox
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Registered.Inbox & porthole.rendezvous.Registered.Inbox.$Shape;
            }

            namespace Inbox {

                /** Properties of an Inbox. */
                interface $Properties {

                    /** Inbox waiting */
                    waiting?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Inbox. */
                type $Shape = porthole.rendezvous.Registered.Inbox.$Properties;
            }
        }

        /**
         * Properties of a Find.
         * @deprecated Use porthole.rendezvous.Find.$Properties instead.
         */
        interface IFind extends porthole.rendezvous.Find.$Properties {
        }

        /** Represents a Find. */
        class Find {

            /**
             * Constructs a new Find.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.Find.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Find link. */
            link: string;

            /**
             * Encodes the specified Find message. Does not implicitly {@link porthole.rendezvous.Find.verify|verify} messages.
             * @param message Find message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.Find.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Find message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Find & porthole.rendezvous.Find.$Shape} Find
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Find & porthole.rendezvous.Find.$Shape;
        }

        namespace Find {

            /** Properties of a Find. */
            interface $Properties {

                /** Find link */
                link?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Find. */
            type $Shape = porthole.rendezvous.Find.$Properties;
        }

        /**
         * Properties of a SiteStatus.
         * @deprecated Use porthole.rendezvous.SiteStatus.$Properties instead.
         */
        interface ISiteStatus extends porthole.rendezvous.SiteStatus.$Properties {
        }

        /** Represents a SiteStatus. */
        class SiteStatus {

            /**
             * Constructs a new SiteStatus.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.SiteStatus.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SiteStatus site. */
            site: string;

            /** SiteStatus name. */
            name: string;

            /** SiteStatus card. */
            card?: (porthole.rendezvous.SiteCard.$Properties|null);

            /** SiteStatus online. */
            online: boolean;

            /** SiteStatus link. */
            link: string;

            /**
             * Encodes the specified SiteStatus message. Does not implicitly {@link porthole.rendezvous.SiteStatus.verify|verify} messages.
             * @param message SiteStatus message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.SiteStatus.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SiteStatus message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.SiteStatus & porthole.rendezvous.SiteStatus.$Shape} SiteStatus
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.SiteStatus & porthole.rendezvous.SiteStatus.$Shape;
        }

        namespace SiteStatus {

            /** Properties of a SiteStatus. */
            interface $Properties {

                /** SiteStatus site */
                site?: (string|null);

                /** SiteStatus name */
                name?: (string|null);

                /** SiteStatus card */
                card?: (porthole.rendezvous.SiteCard.$Properties|null);

                /** SiteStatus online */
                online?: (boolean|null);

                /** SiteStatus link */
                link?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SiteStatus. */
            type $Shape = porthole.rendezvous.SiteStatus.$Properties;
        }

        /**
         * Properties of an Introduce.
         * @deprecated Use porthole.rendezvous.Introduce.$Properties instead.
         */
        interface IIntroduce extends porthole.rendezvous.Introduce.$Properties {
        }

        /** Represents an Introduce. */
        class Introduce {

            /**
             * Constructs a new Introduce.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.Introduce.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Introduce link. */
            link: string;

            /** Introduce strategies. */
            strategies: string[];

            /** Introduce nat. */
            nat?: (porthole.rendezvous.Nat.$Properties|null);

            /**
             * Encodes the specified Introduce message. Does not implicitly {@link porthole.rendezvous.Introduce.verify|verify} messages.
             * @param message Introduce message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.Introduce.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Introduce message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Introduce & porthole.rendezvous.Introduce.$Shape} Introduce
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Introduce & porthole.rendezvous.Introduce.$Shape;
        }

        namespace Introduce {

            /** Properties of an Introduce. */
            interface $Properties {

                /** Introduce link */
                link?: (string|null);

                /** Introduce strategies */
                strategies?: (string[]|null);

                /** Introduce nat */
                nat?: (porthole.rendezvous.Nat.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Introduce. */
            type $Shape = porthole.rendezvous.Introduce.$Properties;
        }

        /**
         * Properties of an Examined.
         * @deprecated Use porthole.rendezvous.Examined.$Properties instead.
         */
        interface IExamined extends porthole.rendezvous.Examined.$Properties {
        }

        /** Represents an Examined. */
        class Examined {

            /**
             * Constructs a new Examined.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.Examined.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Examined nat. */
            nat?: (porthole.rendezvous.Nat.$Properties|null);

            /**
             * Encodes the specified Examined message. Does not implicitly {@link porthole.rendezvous.Examined.verify|verify} messages.
             * @param message Examined message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.Examined.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Examined message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Examined & porthole.rendezvous.Examined.$Shape} Examined
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Examined & porthole.rendezvous.Examined.$Shape;
        }

        namespace Examined {

            /** Properties of an Examined. */
            interface $Properties {

                /** Examined nat */
                nat?: (porthole.rendezvous.Nat.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Examined. */
            type $Shape = porthole.rendezvous.Examined.$Properties;
        }

        /**
         * Properties of an Exam.
         * @deprecated Use porthole.rendezvous.Exam.$Properties instead.
         */
        interface IExam extends porthole.rendezvous.Exam.$Properties {
        }

        /** Represents an Exam. */
        class Exam {

            /**
             * Constructs a new Exam.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.Exam.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Exam begin. */
            begin: boolean;

            /** Exam callbacks. */
            callbacks: porthole.rendezvous.Exam.Callback.$Properties[];

            /**
             * Encodes the specified Exam message. Does not implicitly {@link porthole.rendezvous.Exam.verify|verify} messages.
             * @param message Exam message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.Exam.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Exam message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Exam & porthole.rendezvous.Exam.$Shape} Exam
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Exam & porthole.rendezvous.Exam.$Shape;
        }

        namespace Exam {

            /** Properties of an Exam. */
            interface $Properties {

                /** Exam begin */
                begin?: (boolean|null);

                /** Exam callbacks */
                callbacks?: (porthole.rendezvous.Exam.Callback.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Exam. */
            type $Shape = porthole.rendezvous.Exam.$Properties;

            /**
             * Properties of a Callback.
             * @deprecated Use porthole.rendezvous.Exam.Callback.$Properties instead.
             */
            interface ICallback extends porthole.rendezvous.Exam.Callback.$Properties {
            }

            /** Represents a Callback. */
            class Callback {

                /**
                 * Constructs a new Callback.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: porthole.rendezvous.Exam.Callback.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Callback port. */
                port: number;

                /** Callback from. */
                from: porthole.rendezvous.Exam.From;

                /** Callback slot. */
                slot: number;

                /** Callback udp. */
                udp: boolean;

                /** Callback waitMs. */
                waitMs: number;

                /** Callback ipv6. */
                ipv6: boolean;

                /**
                 * Encodes the specified Callback message. Does not implicitly {@link porthole.rendezvous.Exam.Callback.verify|verify} messages.
                 * @param message Callback message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: porthole.rendezvous.Exam.Callback.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Callback message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {porthole.rendezvous.Exam.Callback & porthole.rendezvous.Exam.Callback.$Shape} Callback
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Exam.Callback & porthole.rendezvous.Exam.Callback.$Shape;
            }

            namespace Callback {

                /** Properties of a Callback. */
                interface $Properties {

                    /** Callback port */
                    port?: (number|null);

                    /** Callback from */
                    from?: (porthole.rendezvous.Exam.From|null);

                    /** Callback slot */
                    slot?: (number|null);

                    /** Callback udp */
                    udp?: (boolean|null);

                    /** Callback waitMs */
                    waitMs?: (number|null);

                    /** Callback ipv6 */
                    ipv6?: (boolean|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Callback. */
                type $Shape = porthole.rendezvous.Exam.Callback.$Properties;
            }

            /** From enum. */
            enum From {

                /** SLOT value */
                SLOT = 0,

                /** OTHER_PORT value */
                OTHER_PORT = 1,

                /** OTHER_ADDRESS value */
                OTHER_ADDRESS = 2
            }
        }

        /**
         * Properties of an Examination.
         * @deprecated Use porthole.rendezvous.Examination.$Properties instead.
         */
        interface IExamination extends porthole.rendezvous.Examination.$Properties {
        }

        /** Represents an Examination. */
        class Examination {

            /**
             * Constructs a new Examination.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.Examination.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Examination token. */
            token: string;

            /** Examination slots. */
            slots: porthole.rendezvous.Address.$Properties[];

            /** Examination resets. */
            resets: porthole.rendezvous.Address.$Properties[];

            /** Examination probes. */
            probes: porthole.rendezvous.Examination.Probe.$Properties[];

            /** Examination outcomes. */
            outcomes: porthole.rendezvous.Examination.Outcome[];

            /** Examination other. */
            other?: (porthole.rendezvous.Address.$Properties|null);

            /**
             * Encodes the specified Examination message. Does not implicitly {@link porthole.rendezvous.Examination.verify|verify} messages.
             * @param message Examination message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.Examination.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Examination message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Examination & porthole.rendezvous.Examination.$Shape} Examination
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Examination & porthole.rendezvous.Examination.$Shape;
        }

        namespace Examination {

            /** Properties of an Examination. */
            interface $Properties {

                /** Examination token */
                token?: (string|null);

                /** Examination slots */
                slots?: (porthole.rendezvous.Address.$Properties[]|null);

                /** Examination resets */
                resets?: (porthole.rendezvous.Address.$Properties[]|null);

                /** Examination probes */
                probes?: (porthole.rendezvous.Examination.Probe.$Properties[]|null);

                /** Examination outcomes */
                outcomes?: (porthole.rendezvous.Examination.Outcome[]|null);

                /** Examination other */
                other?: (porthole.rendezvous.Address.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Examination. */
            type $Shape = porthole.rendezvous.Examination.$Properties;

            /**
             * Properties of a Probe.
             * @deprecated Use porthole.rendezvous.Examination.Probe.$Properties instead.
             */
            interface IProbe extends porthole.rendezvous.Examination.Probe.$Properties {
            }

            /** Represents a Probe. */
            class Probe {

                /**
                 * Constructs a new Probe.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: porthole.rendezvous.Examination.Probe.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Probe probePort. */
                probePort: number;

                /** Probe port. */
                port: number;

                /**
                 * Encodes the specified Probe message. Does not implicitly {@link porthole.rendezvous.Examination.Probe.verify|verify} messages.
                 * @param message Probe message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: porthole.rendezvous.Examination.Probe.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Probe message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {porthole.rendezvous.Examination.Probe & porthole.rendezvous.Examination.Probe.$Shape} Probe
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Examination.Probe & porthole.rendezvous.Examination.Probe.$Shape;
            }

            namespace Probe {

                /** Properties of a Probe. */
                interface $Properties {

                    /** Probe probePort */
                    probePort?: (number|null);

                    /** Probe port */
                    port?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Probe. */
                type $Shape = porthole.rendezvous.Examination.Probe.$Properties;
            }

            /** Outcome enum. */
            enum Outcome {

                /** SILENCE value */
                SILENCE = 0,

                /** CONNECTED value */
                CONNECTED = 1,

                /** RST value */
                RST = 2,

                /** ICMP value */
                ICMP = 3,

                /** SENT value */
                SENT = 4,

                /** UNABLE value */
                UNABLE = 5
            }
        }

        /**
         * Properties of an Introduction.
         * @deprecated Use porthole.rendezvous.Introduction.$Properties instead.
         */
        interface IIntroduction extends porthole.rendezvous.Introduction.$Properties {
        }

        /** Represents an Introduction. */
        class Introduction {

            /**
             * Constructs a new Introduction.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.Introduction.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Introduction call. */
            call: string;

            /** Introduction role. */
            role: porthole.rendezvous.Introduction.Role;

            /** Introduction site. */
            site: string;

            /** Introduction peer. */
            peer?: (porthole.rendezvous.Address.$Properties|null);

            /** Introduction strategies. */
            strategies: string[];

            /** Introduction relay. */
            relay?: (porthole.rendezvous.RelayTicket.$Properties|null);

            /** Introduction peerNat. */
            peerNat?: (porthole.rendezvous.Nat.$Properties|null);

            /** Introduction peerOther. */
            peerOther?: (porthole.rendezvous.Address.$Properties|null);

            /**
             * Encodes the specified Introduction message. Does not implicitly {@link porthole.rendezvous.Introduction.verify|verify} messages.
             * @param message Introduction message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.Introduction.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Introduction message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Introduction & porthole.rendezvous.Introduction.$Shape} Introduction
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Introduction & porthole.rendezvous.Introduction.$Shape;
        }

        namespace Introduction {

            /** Properties of an Introduction. */
            interface $Properties {

                /** Introduction call */
                call?: (string|null);

                /** Introduction role */
                role?: (porthole.rendezvous.Introduction.Role|null);

                /** Introduction site */
                site?: (string|null);

                /** Introduction peer */
                peer?: (porthole.rendezvous.Address.$Properties|null);

                /** Introduction strategies */
                strategies?: (string[]|null);

                /** Introduction relay */
                relay?: (porthole.rendezvous.RelayTicket.$Properties|null);

                /** Introduction peerNat */
                peerNat?: (porthole.rendezvous.Nat.$Properties|null);

                /** Introduction peerOther */
                peerOther?: (porthole.rendezvous.Address.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Introduction. */
            type $Shape = porthole.rendezvous.Introduction.$Properties;

            /** Role enum. */
            enum Role {

                /** CALLER value */
                CALLER = 0,

                /** CALLEE value */
                CALLEE = 1
            }
        }

        /**
         * Properties of a RelayTicket.
         * @deprecated Use porthole.rendezvous.RelayTicket.$Properties instead.
         */
        interface IRelayTicket extends porthole.rendezvous.RelayTicket.$Properties {
        }

        /** Represents a RelayTicket. */
        class RelayTicket {

            /**
             * Constructs a new RelayTicket.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.RelayTicket.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RelayTicket token. */
            token: string;

            /**
             * Encodes the specified RelayTicket message. Does not implicitly {@link porthole.rendezvous.RelayTicket.verify|verify} messages.
             * @param message RelayTicket message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.RelayTicket.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RelayTicket message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.RelayTicket & porthole.rendezvous.RelayTicket.$Shape} RelayTicket
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.RelayTicket & porthole.rendezvous.RelayTicket.$Shape;
        }

        namespace RelayTicket {

            /** Properties of a RelayTicket. */
            interface $Properties {

                /** RelayTicket token */
                token?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RelayTicket. */
            type $Shape = porthole.rendezvous.RelayTicket.$Properties;
        }

        /**
         * Properties of a Note.
         * @deprecated Use porthole.rendezvous.Note.$Properties instead.
         */
        interface INote extends porthole.rendezvous.Note.$Properties {
        }

        /** Represents a Note. */
        class Note {

            /**
             * Constructs a new Note.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.Note.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Note call. */
            call: string;

            /** Note strategy. */
            strategy: string;

            /** Note kind. */
            kind: porthole.rendezvous.Note.Kind;

            /** Note payload. */
            payload: Uint8Array;

            /**
             * Encodes the specified Note message. Does not implicitly {@link porthole.rendezvous.Note.verify|verify} messages.
             * @param message Note message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.Note.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Note message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Note & porthole.rendezvous.Note.$Shape} Note
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Note & porthole.rendezvous.Note.$Shape;
        }

        namespace Note {

            /** Properties of a Note. */
            interface $Properties {

                /** Note call */
                call?: (string|null);

                /** Note strategy */
                strategy?: (string|null);

                /** Note kind */
                kind?: (porthole.rendezvous.Note.Kind|null);

                /** Note payload */
                payload?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Note. */
            type $Shape = porthole.rendezvous.Note.$Properties;

            /** Kind enum. */
            enum Kind {

                /** DATA value */
                DATA = 0,

                /** ATTEMPT value */
                ATTEMPT = 1,

                /** FAILED value */
                FAILED = 2
            }
        }

        /**
         * Properties of a Hangup.
         * @deprecated Use porthole.rendezvous.Hangup.$Properties instead.
         */
        interface IHangup extends porthole.rendezvous.Hangup.$Properties {
        }

        /** Represents a Hangup. */
        class Hangup {

            /**
             * Constructs a new Hangup.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.Hangup.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Hangup call. */
            call: string;

            /** Hangup code. */
            code: string;

            /** Hangup message. */
            message: string;

            /**
             * Encodes the specified Hangup message. Does not implicitly {@link porthole.rendezvous.Hangup.verify|verify} messages.
             * @param message Hangup message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.Hangup.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Hangup message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Hangup & porthole.rendezvous.Hangup.$Shape} Hangup
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Hangup & porthole.rendezvous.Hangup.$Shape;
        }

        namespace Hangup {

            /** Properties of a Hangup. */
            interface $Properties {

                /** Hangup call */
                call?: (string|null);

                /** Hangup code */
                code?: (string|null);

                /** Hangup message */
                message?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Hangup. */
            type $Shape = porthole.rendezvous.Hangup.$Properties;
        }

        /**
         * Properties of a Problem.
         * @deprecated Use porthole.rendezvous.Problem.$Properties instead.
         */
        interface IProblem extends porthole.rendezvous.Problem.$Properties {
        }

        /** Represents a Problem. */
        class Problem {

            /**
             * Constructs a new Problem.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.Problem.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Problem code. */
            code: string;

            /** Problem message. */
            message: string;

            /**
             * Encodes the specified Problem message. Does not implicitly {@link porthole.rendezvous.Problem.verify|verify} messages.
             * @param message Problem message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.Problem.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Problem message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Problem & porthole.rendezvous.Problem.$Shape} Problem
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Problem & porthole.rendezvous.Problem.$Shape;
        }

        namespace Problem {

            /** Properties of a Problem. */
            interface $Properties {

                /** Problem code */
                code?: (string|null);

                /** Problem message */
                message?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Problem. */
            type $Shape = porthole.rendezvous.Problem.$Properties;
        }

        /**
         * Properties of an Answer.
         * @deprecated Use porthole.rendezvous.Answer.$Properties instead.
         */
        interface IAnswer extends porthole.rendezvous.Answer.$Properties {
        }

        /** Represents an Answer. */
        class Answer {

            /**
             * Constructs a new Answer.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.Answer.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Answer problem. */
            problem?: (porthole.rendezvous.Problem.$Properties|null);

            /** Answer registered. */
            registered?: (porthole.rendezvous.Registered.$Properties|null);

            /** Answer status. */
            status?: (porthole.rendezvous.SiteStatus.$Properties|null);

            /** Answer introduction. */
            introduction?: (porthole.rendezvous.Introduction.$Properties|null);

            /** Answer examination. */
            examination?: (porthole.rendezvous.Examination.$Properties|null);

            /** Answer inbox. */
            inbox?: (porthole.rendezvous.InboxBatch.$Properties|null);

            /** Answer result. */
            result?: ("problem"|"registered"|"status"|"introduction"|"examination"|"inbox");

            /**
             * Encodes the specified Answer message. Does not implicitly {@link porthole.rendezvous.Answer.verify|verify} messages.
             * @param message Answer message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.Answer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Answer message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.Answer & porthole.rendezvous.Answer.$Shape} Answer
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.Answer & porthole.rendezvous.Answer.$Shape;
        }

        namespace Answer {

            /** Properties of an Answer. */
            interface $Properties {

                /** Answer problem */
                problem?: (porthole.rendezvous.Problem.$Properties|null);

                /** Answer registered */
                registered?: (porthole.rendezvous.Registered.$Properties|null);

                /** Answer status */
                status?: (porthole.rendezvous.SiteStatus.$Properties|null);

                /** Answer introduction */
                introduction?: (porthole.rendezvous.Introduction.$Properties|null);

                /** Answer examination */
                examination?: (porthole.rendezvous.Examination.$Properties|null);

                /** Answer inbox */
                inbox?: (porthole.rendezvous.InboxBatch.$Properties|null);

                /** Answer result */
                result?: ("problem"|"registered"|"status"|"introduction"|"examination"|"inbox");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of an Answer. */
            type $Shape = {
              problem?: porthole.rendezvous.Problem.$Shape|null;
              registered?: porthole.rendezvous.Registered.$Shape|null;
              status?: porthole.rendezvous.SiteStatus.$Shape|null;
              introduction?: porthole.rendezvous.Introduction.$Shape|null;
              examination?: porthole.rendezvous.Examination.$Shape|null;
              inbox?: porthole.rendezvous.InboxBatch.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ result?: undefined; problem?: null; registered?: null; status?: null; introduction?: null; examination?: null; inbox?: null }|{ result?: "problem"; problem: porthole.rendezvous.Problem.$Shape; registered?: null; status?: null; introduction?: null; examination?: null; inbox?: null }|{ result?: "registered"; problem?: null; registered: porthole.rendezvous.Registered.$Shape; status?: null; introduction?: null; examination?: null; inbox?: null }|{ result?: "status"; problem?: null; registered?: null; status: porthole.rendezvous.SiteStatus.$Shape; introduction?: null; examination?: null; inbox?: null }|{ result?: "introduction"; problem?: null; registered?: null; status?: null; introduction: porthole.rendezvous.Introduction.$Shape; examination?: null; inbox?: null }|{ result?: "examination"; problem?: null; registered?: null; status?: null; introduction?: null; examination: porthole.rendezvous.Examination.$Shape; inbox?: null }|{ result?: "inbox"; problem?: null; registered?: null; status?: null; introduction?: null; examination?: null; inbox: porthole.rendezvous.InboxBatch.$Shape })
            );
        }

        /**
         * Properties of an InboxTake.
         * @deprecated Use porthole.rendezvous.InboxTake.$Properties instead.
         */
        interface IInboxTake extends porthole.rendezvous.InboxTake.$Properties {
        }

        /** Represents an InboxTake. */
        class InboxTake {

            /**
             * Constructs a new InboxTake.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.InboxTake.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** InboxTake series. */
            series: Uint8Array;

            /** InboxTake done. */
            done: number;

            /** InboxTake offset. */
            offset: number;

            /**
             * Encodes the specified InboxTake message. Does not implicitly {@link porthole.rendezvous.InboxTake.verify|verify} messages.
             * @param message InboxTake message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.InboxTake.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an InboxTake message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.InboxTake & porthole.rendezvous.InboxTake.$Shape} InboxTake
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.InboxTake & porthole.rendezvous.InboxTake.$Shape;
        }

        namespace InboxTake {

            /** Properties of an InboxTake. */
            interface $Properties {

                /** InboxTake series */
                series?: (Uint8Array|null);

                /** InboxTake done */
                done?: (number|null);

                /** InboxTake offset */
                offset?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an InboxTake. */
            type $Shape = porthole.rendezvous.InboxTake.$Properties;
        }

        /**
         * Properties of an InboxBatch.
         * @deprecated Use porthole.rendezvous.InboxBatch.$Properties instead.
         */
        interface IInboxBatch extends porthole.rendezvous.InboxBatch.$Properties {
        }

        /** Represents an InboxBatch. */
        class InboxBatch {

            /**
             * Constructs a new InboxBatch.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.InboxBatch.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** InboxBatch series. */
            series: Uint8Array;

            /** InboxBatch waiting. */
            waiting: number;

            /** InboxBatch items. */
            items: porthole.rendezvous.InboxBatch.Item.$Properties[];

            /**
             * Encodes the specified InboxBatch message. Does not implicitly {@link porthole.rendezvous.InboxBatch.verify|verify} messages.
             * @param message InboxBatch message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.InboxBatch.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an InboxBatch message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.InboxBatch & porthole.rendezvous.InboxBatch.$Shape} InboxBatch
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.InboxBatch & porthole.rendezvous.InboxBatch.$Shape;
        }

        namespace InboxBatch {

            /** Properties of an InboxBatch. */
            interface $Properties {

                /** InboxBatch series */
                series?: (Uint8Array|null);

                /** InboxBatch waiting */
                waiting?: (number|null);

                /** InboxBatch items */
                items?: (porthole.rendezvous.InboxBatch.Item.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an InboxBatch. */
            type $Shape = porthole.rendezvous.InboxBatch.$Properties;

            /**
             * Properties of an Item.
             * @deprecated Use porthole.rendezvous.InboxBatch.Item.$Properties instead.
             */
            interface IItem extends porthole.rendezvous.InboxBatch.Item.$Properties {
            }

            /** Represents an Item. */
            class Item {

                /**
                 * Constructs a new Item.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: porthole.rendezvous.InboxBatch.Item.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Item number. */
                number: number;

                /** Item size. */
                size: number;

                /** Item box. */
                box: Uint8Array;

                /**
                 * Encodes the specified Item message. Does not implicitly {@link porthole.rendezvous.InboxBatch.Item.verify|verify} messages.
                 * @param message Item message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: porthole.rendezvous.InboxBatch.Item.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Item message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {porthole.rendezvous.InboxBatch.Item & porthole.rendezvous.InboxBatch.Item.$Shape} Item
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.InboxBatch.Item & porthole.rendezvous.InboxBatch.Item.$Shape;
            }

            namespace Item {

                /** Properties of an Item. */
                interface $Properties {

                    /** Item number */
                    number?: (number|null);

                    /** Item size */
                    size?: (number|null);

                    /** Item box */
                    box?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Item. */
                type $Shape = porthole.rendezvous.InboxBatch.Item.$Properties;
            }
        }

        /**
         * Properties of an InboxRequest.
         * @deprecated Use porthole.rendezvous.InboxRequest.$Properties instead.
         */
        interface IInboxRequest extends porthole.rendezvous.InboxRequest.$Properties {
        }

        /** Represents an InboxRequest. */
        class InboxRequest {

            /**
             * Constructs a new InboxRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.InboxRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** InboxRequest received. */
            received: string;

            /** InboxRequest method. */
            method: string;

            /** InboxRequest target. */
            target: string;

            /** InboxRequest authority. */
            authority: string;

            /** InboxRequest fields. */
            fields: porthole.rendezvous.InboxRequest.Field.$Properties[];

            /** InboxRequest body. */
            body: Uint8Array;

            /**
             * Encodes the specified InboxRequest message. Does not implicitly {@link porthole.rendezvous.InboxRequest.verify|verify} messages.
             * @param message InboxRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.InboxRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an InboxRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.InboxRequest & porthole.rendezvous.InboxRequest.$Shape} InboxRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.InboxRequest & porthole.rendezvous.InboxRequest.$Shape;
        }

        namespace InboxRequest {

            /** Properties of an InboxRequest. */
            interface $Properties {

                /** InboxRequest received */
                received?: (string|null);

                /** InboxRequest method */
                method?: (string|null);

                /** InboxRequest target */
                target?: (string|null);

                /** InboxRequest authority */
                authority?: (string|null);

                /** InboxRequest fields */
                fields?: (porthole.rendezvous.InboxRequest.Field.$Properties[]|null);

                /** InboxRequest body */
                body?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an InboxRequest. */
            type $Shape = porthole.rendezvous.InboxRequest.$Properties;

            /**
             * Properties of a Field.
             * @deprecated Use porthole.rendezvous.InboxRequest.Field.$Properties instead.
             */
            interface IField extends porthole.rendezvous.InboxRequest.Field.$Properties {
            }

            /** Represents a Field. */
            class Field {

                /**
                 * Constructs a new Field.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: porthole.rendezvous.InboxRequest.Field.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Field name. */
                name: string;

                /** Field value. */
                value: string;

                /**
                 * Encodes the specified Field message. Does not implicitly {@link porthole.rendezvous.InboxRequest.Field.verify|verify} messages.
                 * @param message Field message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: porthole.rendezvous.InboxRequest.Field.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Field message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {porthole.rendezvous.InboxRequest.Field & porthole.rendezvous.InboxRequest.Field.$Shape} Field
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.InboxRequest.Field & porthole.rendezvous.InboxRequest.Field.$Shape;
            }

            namespace Field {

                /** Properties of a Field. */
                interface $Properties {

                    /** Field name */
                    name?: (string|null);

                    /** Field value */
                    value?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Field. */
                type $Shape = porthole.rendezvous.InboxRequest.Field.$Properties;
            }
        }

        /**
         * Properties of a RelayJoin.
         * @deprecated Use porthole.rendezvous.RelayJoin.$Properties instead.
         */
        interface IRelayJoin extends porthole.rendezvous.RelayJoin.$Properties {
        }

        /** Represents a RelayJoin. */
        class RelayJoin {

            /**
             * Constructs a new RelayJoin.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.RelayJoin.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RelayJoin token. */
            token: string;

            /**
             * Encodes the specified RelayJoin message. Does not implicitly {@link porthole.rendezvous.RelayJoin.verify|verify} messages.
             * @param message RelayJoin message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.RelayJoin.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RelayJoin message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.RelayJoin & porthole.rendezvous.RelayJoin.$Shape} RelayJoin
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.RelayJoin & porthole.rendezvous.RelayJoin.$Shape;
        }

        namespace RelayJoin {

            /** Properties of a RelayJoin. */
            interface $Properties {

                /** RelayJoin token */
                token?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RelayJoin. */
            type $Shape = porthole.rendezvous.RelayJoin.$Properties;
        }

        /**
         * Properties of a RelayAnswer.
         * @deprecated Use porthole.rendezvous.RelayAnswer.$Properties instead.
         */
        interface IRelayAnswer extends porthole.rendezvous.RelayAnswer.$Properties {
        }

        /** Represents a RelayAnswer. */
        class RelayAnswer {

            /**
             * Constructs a new RelayAnswer.
             * @param [properties] Properties to set
             */
            constructor(properties?: porthole.rendezvous.RelayAnswer.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RelayAnswer problem. */
            problem?: (porthole.rendezvous.Problem.$Properties|null);

            /**
             * Encodes the specified RelayAnswer message. Does not implicitly {@link porthole.rendezvous.RelayAnswer.verify|verify} messages.
             * @param message RelayAnswer message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: porthole.rendezvous.RelayAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RelayAnswer message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {porthole.rendezvous.RelayAnswer & porthole.rendezvous.RelayAnswer.$Shape} RelayAnswer
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): porthole.rendezvous.RelayAnswer & porthole.rendezvous.RelayAnswer.$Shape;
        }

        namespace RelayAnswer {

            /** Properties of a RelayAnswer. */
            interface $Properties {

                /** RelayAnswer problem */
                problem?: (porthole.rendezvous.Problem.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RelayAnswer. */
            type $Shape = porthole.rendezvous.RelayAnswer.$Properties;
        }
    }
}
