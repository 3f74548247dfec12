internal import CZlib
import NIOCore
import Synchronization

extension IngestUpload {
    /// The same data, packed by gzip and held in memory: for what is at most as long as a batch of the original Bulk API.
    ///
    /// Salesforce's limits hold for the data as they were (reference 03-bulk-v1, 1).
    ///
    /// Where there is no memory to pack in, they go as they are.
    ///
    /// - Throws: what reading throws.
    func packed() async throws -> IngestUpload {
        guard let packer = GzipPacker() else { return self }
        let read = try open()
        while let piece = try await read() { packer.take(piece) }
        var packed = IngestUpload(bytes: packer.finish())
        packed.isPacked = true
        return packed
    }
}

/// Packs bytes as they come.
private final class GzipPacker {
    private let stream: UnsafeMutablePointer<z_stream>
    private var output: [UInt8] = []
    private static let step = 64 << 10

    init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard sequenced_gzip_begin(stream, Z_BEST_SPEED) == Z_OK else { return nil }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    func take(_ piece: [UInt8]) {
        var piece = piece
        piece.withUnsafeMutableBufferPointer { bytes in
            stream.pointee.next_in = bytes.baseAddress
            stream.pointee.avail_in = UInt32(bytes.count)
            drain(Z_NO_FLUSH) { stream.pointee.avail_in == 0 && $0 > 0 }
        }
    }

    func finish() -> [UInt8] {
        drain(Z_FINISH) { $0 > 0 }
        return output
    }

    /// Deflates until there is nothing more to write: `isDone` is told how much room was left.
    private func drain(_ flush: Int32, until isDone: (UInt32) -> Bool) {
        var room: UInt32 = 0
        repeat {
            output.append(addingCapacity: Self.step) { (span: inout OutputSpan<UInt8>) in
                span.withUnsafeMutableBufferPointer { bytes, filled in
                    stream.pointee.next_out = bytes.baseAddress
                    stream.pointee.avail_out = UInt32(Self.step)
                    // With room and sound state, it only ever says that it went on or is at its end.
                    _ = deflate(stream, flush)
                    room = stream.pointee.avail_out
                    filled = Self.step - Int(room)
                }
            }
        } while !isDone(room)
    }
}

/// How fast uploads have gone, which says whether packing them saves time.
final class UploadPace: Sendable {
    private struct State {
        var isSlow = false
        var packed = 0
    }

    private let state = Mutex(State())
    /// Bytes a second above which the time that is saved is not worth the processor's: a link of 32 Mbit/s.
    static let quick = 4_000_000.0
    /// So much of an upload's time may be the way there and back, and Salesforce's own work.
    static let allowance = Duration.milliseconds(500)
    /// Shorter ones say more of the way there and back than of the link.
    static let shortest = 64 << 10
    /// So many packed ones later, it is looked again.
    static let lookedAgain = 64

    /// Whether the next upload of so many bytes is to be packed.
    func packs(_ length: Int) -> Bool {
        guard length >= Self.shortest else { return false }
        return state.withLock { state in
            guard state.isSlow else { return false }
            state.packed += 1
            guard state.packed < Self.lookedAgain else {
                state.packed = 0
                return false
            }
            return true
        }
    }

    /// Takes how long an upload took until it was answered.
    func took(_ upload: IngestUpload, _ time: Duration) {
        guard !upload.isPacked, upload.length >= Self.shortest else { return }
        let sending = (time - Self.allowance) / .seconds(1)
        let isSlow = sending > 0 && Double(upload.length) / sending < Self.quick
        state.withLock { $0.isSlow = isSlow }
    }
}
