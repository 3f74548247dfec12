/// One way in for bytes that others wrote, and what must hold whatever they are.
///
/// The fuzzer calls it with what it makes up, the tests with what is kept of that.
package struct Reader: Sendable {
    /// As the command line and the folder of its corpus have it.
    package let name: String
    /// Reads the bytes; throws ``Surprise`` where the reader contradicts itself.
    ///
    /// Bytes that it refuses are no surprise.
    package let read: @Sendable ([UInt8]) async throws -> Void

    init(_ name: String, _ read: @escaping @Sendable ([UInt8]) async throws -> Void) {
        self.name = name
        self.read = read
    }

    package static let all = definitionReaders + delimitedReaders + answerReaders + controlReaders + emulatorReaders
}

/// A reader did what it must not do.
package struct Surprise: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    static func unless(_ holds: Bool, _ words: @autoclosure () -> String) throws {
        if !holds { throw Surprise(words()) }
    }
}
