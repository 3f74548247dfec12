internal import CXXHash

/// The widths, the seed and the version of every hash that the state keeps; a new version is a re-read, not a resend.
package enum Fingerprint {
    /// Raised when what is hashed, or how, changes.
    package static let version: UInt32 = 1
    package static let seed: UInt64 = 0x5345_5155_454E_4345

    /// XXH3, 64 bits, of the bytes.
    package static func hash64(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        XXH3_64bits_withSeed(bytes.baseAddress, bytes.count, seed)
    }

    /// XXH3, 128 bits, of the bytes.
    package static func hash128(_ bytes: UnsafeRawBufferPointer) -> Hash128 {
        let hash = XXH3_128bits_withSeed(bytes.baseAddress, bytes.count, seed)
        return Hash128(high: hash.high64, low: hash.low64)
    }

    package static func hash64(_ text: String) -> UInt64 {
        var text = text
        return text.withUTF8 { hash64(UnsafeRawBufferPointer($0)) }
    }

    package static func hash128(_ text: String) -> Hash128 {
        var text = text
        return text.withUTF8 { hash128(UnsafeRawBufferPointer($0)) }
    }
}

/// A 128-bit hash, ordered by its high half first: the order of the snapshot and of its partitions.
package struct Hash128: Hashable, Comparable, Sendable {
    package var high: UInt64
    package var low: UInt64

    @inlinable
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    // Written out, so that other rooms have it in their loops: a derived one is called through its conformance.
    @inlinable
    package static func == (left: Hash128, right: Hash128) -> Bool {
        left.high == right.high && left.low == right.low
    }

    @inlinable
    package static func < (left: Hash128, right: Hash128) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}
