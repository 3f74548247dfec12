import Synchronization

/// How far an upload from memory has been read.
final class UploadPosition: Sendable {
    private static let pieceLength = 64 << 10

    private let position = Mutex(0)

    func next(of length: Int) -> Range<Int>? {
        position.withLock { position in
            guard position < length else { return nil }
            let range = position..<min(position + Self.pieceLength, length)
            position = range.upperBound
            return range
        }
    }
}
