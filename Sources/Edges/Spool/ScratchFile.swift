internal import Glibc

/// Room on disk for as long as somebody holds it: the file has no name, so that nothing is left behind by a crash.
package final class ScratchFile: Sendable {
    private let file: SpoolDescriptor

    /// `path` names the file for a moment, and in messages.
    package init(path: String) throws {
        file = try SpoolDescriptor.create(path)
        try SpoolDescriptor.remove(path)
    }

    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
        try file.write(bytes, at: offset)
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        try file.read(into: buffer, at: offset)
    }
}
