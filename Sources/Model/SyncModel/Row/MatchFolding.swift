internal import Fingerprinting

/// How match values are compared: outer blanks trimmed, and case folded unless the field is case-sensitive.
///
/// Diffing, shaping and the matching of results all use this one, so that they agree on which values are the same.
package enum MatchFolding {
    /// Appends the folded form of a match value to `output`; nothing is appended for a value of blanks only.
    ///
    /// ASCII letters are lowered byte by byte. Text with other letters is lowered as a whole, by Unicode's rules.
    package static func folded(_ bytes: UnsafeRawBufferPointer, caseSensitive: Bool, into output: inout [UInt8]) {
        let trimmed = trimmed(bytes)
        if caseSensitive {
            output.append(contentsOf: trimmed)
            return
        }
        if trimmed.contains(where: { $0 >= 0x80 }) {
            output.append(contentsOf: String(decoding: trimmed, as: UTF8.self).lowercased().utf8)
            return
        }
        let start = output.count
        output.append(contentsOf: trimmed)
        output.withUnsafeMutableBufferPointer { bytes in
            for index in start..<bytes.count { bytes[index] = lowered(bytes[index]) }
        }
    }

    /// The hash of the folded value, never 0; `scratch` is room to work in, emptied first.
    package static func hash(_ bytes: UnsafeRawBufferPointer, caseSensitive: Bool, scratch: inout [UInt8]) -> UInt64 {
        scratch.removeAll(keepingCapacity: true)
        folded(bytes, caseSensitive: caseSensitive, into: &scratch)
        return max(scratch.withUnsafeBytes { Fingerprint.hash64($0) }, 1)
    }

    /// The value without the blanks at both ends: space, tab, line feed, vertical tab, form feed, carriage return.
    @inlinable
    package static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var start = 0
        var end = bytes.count
        while start < end, isBlank(bytes[start]) { start += 1 }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
    }

    /// Whether the byte is a blank that Salesforce trims.
    @inlinable
    package static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (byte >= 0x09 && byte <= 0x0D)
    }

    /// The byte, an ASCII capital as its small letter.
    @inlinable
    package static func lowered(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }
}
