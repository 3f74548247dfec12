internal import CXXHash

/// XXH3, 64 bits, of bytes that come in pieces: the same as of all of them at once.
package final class FingerprintStream {
    private let state: OpaquePointer

    package init() {
        guard let state = XXH3_createState() else { preconditionFailure("there is no memory for a hash") }
        self.state = state
        startOver()
    }

    deinit {
        XXH3_freeState(state)
    }

    /// Begins anew, as if nothing had come yet.
    package func startOver() {
        XXH3_64bits_reset_withSeed(state, Fingerprint.seed)
    }

    package func take(_ bytes: UnsafeRawBufferPointer) {
        XXH3_64bits_update(state, bytes.baseAddress, bytes.count)
    }

    /// Of all that came.
    package var hash64: UInt64 { XXH3_64bits_digest(state) }
}
