/// Whether the bytes are UTF-8.
package func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var high: UInt64 = 0
    var offset = 0
    while offset &+ 8 <= bytes.count {
        high |= bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        offset &+= 8
    }
    while offset < bytes.count {
        high |= UInt64(bytes[offset])
        offset &+= 1
    }
    if high & 0x8080_8080_8080_8080 == 0 { return true }
    return bytes.withMemoryRebound(to: UInt8.self) { buffer in
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: buffer.span)
            return true
        } catch {
            return false
        }
    }
}
