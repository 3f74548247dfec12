import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// What a failed exchange means: which error, and whether the request could have reached Salesforce.
enum TransportFault {
    /// The error that a cause amounts to; `hasAnswer` says that the answer had begun when it came.
    static func error(for cause: any Error, action: String, hasAnswer: Bool) -> SalesforceError {
        typealias Code = SalesforceError.Code
        let (kind, code, message, wasSent) = meaning(of: cause)
        return SalesforceError(
            kind: kind,
            code: code,
            message: hasAnswer ? "while the answer came: \(message)" : message,
            action: action,
            wasSent: hasAnswer ? .unknown : wasSent
        )
    }

    static func isCancellation(_ cause: any Error) -> Bool {
        cause is CancellationError || cause as? HTTPClientError == .cancelled
    }

    // MARK: - Implementation

    private typealias Meaning = (SalesforceError.Kind, String, String, SalesforceError.Effect)

    private static func meaning(of cause: any Error) -> Meaning {
        typealias Code = SalesforceError.Code
        switch cause {
        case let fault as HTTPClientError: return meaning(of: fault)
        case let fault as NIOConnectionError: return (.transport, Code.connectionFailed, describe(fault), .no)
        case let fault as ChannelError:
            if case .connectTimeout = fault { return (.timeout, Code.timeout, "no connection in time", .no) }
            return (.transport, Code.connectionLost, "the connection broke (\(fault))", .unknown)
        case let fault as IOError:
            // The same errors end a connection that stood, when its way is gone: then the request may have arrived.
            let neverConnected = isOfConnecting(fault)
            let code = neverConnected ? Code.connectionFailed : Code.connectionLost
            return (.transport, code, words(of: fault), neverConnected ? .no : .unknown)
        case let fault as NIOSSLError:
            if case .handshakeFailed(let why) = fault {
                return (
                    .transport, Code.tlsFailed, SafeExcerpt.safe("the TLS handshake failed: \(why)", length: 400), .no
                )
            }
            return (.transport, Code.connectionLost, SafeExcerpt.safe("\(fault)", length: 300), .unknown)
        case let fault as NIOSSLExtraError:
            return (.transport, Code.tlsFailed, SafeExcerpt.safe("\(fault)", length: 400), .no)
        default: return (.transport, Code.connectionLost, SafeExcerpt.safe("\(cause)", length: 300), .unknown)
        }
    }

    private static func meaning(of fault: HTTPClientError) -> Meaning {
        typealias Code = SalesforceError.Code
        switch fault {
        case .connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout, .httpProxyHandshakeTimeout,
            .socksHandshakeTimeout:
            return (.timeout, Code.timeout, "no connection in time", .no)
        case .deadlineExceeded, .readTimeout, .writeTimeout:
            return (.timeout, Code.timeout, "no answer in time", .unknown)
        case .proxyAuthenticationRequired, .invalidProxyResponse:
            return (.transport, Code.connectionFailed, "the proxy refused: \(fault.shortDescription)", .no)
        case .alreadyShutdown: return (.refusedHere, Code.shutDown, "the client is shut down", .no)
        case .bodyLengthMismatch:
            return (.refusedHere, Code.uploadFailed, "the upload is not as long as announced", .unknown)
        case .remoteConnectionClosed:
            return (.transport, Code.connectionLost, "the connection was closed before the answer was whole", .unknown)
        default: return (.transport, Code.connectionLost, fault.shortDescription, .unknown)
        }
    }

    /// The kernel's own words, without what the library was doing when it heard them.
    private static func words(of fault: IOError) -> String {
        String(cString: strerror(fault.errnoCode)).lowercased()
    }

    /// Whether the kernel refused to connect, in the words of the library, which names the call that failed.
    private static func isOfConnecting(_ fault: IOError) -> Bool {
        let words = fault.description
        // A refusal that is seen before that call is asked. On a connection that stands it comes from a read or a write,
        // after more minutes than a request has.
        if fault.errnoCode == ECONNREFUSED, words.contains("connection reset") { return true }
        return words.contains("connect(") || words.contains("non-blocking connect")
    }

    private static func describe(_ fault: NIOConnectionError) -> String {
        let tried = fault.connectionErrors.first.map { ($0.error as? IOError).map(words) ?? "\($0.error)" }
        let why =
            tried ?? fault.dnsAError.map { "\($0)" } ?? fault.dnsAAAAError.map { "\($0)" } ?? "no address answered"
        return SafeExcerpt.safe("cannot reach \(fault.host):\(fault.port): \(why)", length: 400)
    }
}
