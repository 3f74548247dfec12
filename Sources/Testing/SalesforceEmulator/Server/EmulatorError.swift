import Glibc
import NIOCore

/// Why an emulator cannot start, or not end as it should.
package struct EmulatorError: Error, CustomStringConvertible, Sendable {
    /// What kind of fault it is.
    package enum Code: String, Sendable {
        case badOrg, badCertificate, noTLS, badData
        /// Where it should listen is nowhere on this machine.
        case badAddress
        /// Another program listens there.
        case addressTaken
        /// This user may not listen there.
        case notPermitted
        /// The machine has no room for one more listener, or something else of its own.
        case cannotListen
    }

    package var code: Code
    package var description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

extension EmulatorError {
    /// What it means that nothing could be made to listen at an address; nil for an error of something else.
    init?(listening error: any Error, on address: String) {
        let code: Code
        let why: String
        switch error {
        case is SocketAddressError, is SocketAddressError.UnknownHost:
            (code, why) = (
                .badAddress, "no address is known by that name; name one of this machine's, such as 127.0.0.1:0"
            )
        case let error as IOError:
            switch error.errnoCode {
            case EADDRINUSE:
                (code, why) = (
                    .addressTaken, "another program listens there; stop it, or name another port (0 takes a free one)"
                )
            case EADDRNOTAVAIL, EAFNOSUPPORT:
                (code, why) = (
                    .badAddress, "the address is not one of this machine's; name one that is, such as 127.0.0.1:0"
                )
            case EACCES, EPERM:
                (code, why) = (
                    .notPermitted, "this user may not take that port; name one above 1023 (0 takes a free one)"
                )
            default: (code, why) = (.cannotListen, String(cString: strerror(error.errnoCode)))
            }
        default: return nil
        }
        self.init(code, "cannot listen on \(address): \(why)")
    }
}
