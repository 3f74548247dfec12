import ControlClient
import ControlProtocol
import Glibc

/// The daemon's program, run on a state folder that no daemon holds: it writes one document and ends.
enum StoppedDaemon {
    /// Asks it.
    ///
    /// - Throws: `ControlFault` when it could not be run, or wrote no document: its own words have gone to stderr then.
    static func ask<Document: Decodable & Sendable>(
        _ arguments: [String],
        as type: Document.Type = Document.self
    ) throws -> (received: Received<Document>, exitCode: Int32) {
        let (bytes, exitCode) = try ChildProgram.run(path, arguments)
        guard !bytes.isEmpty else {
            throw ControlFault(.failed, "cannot look at the state: sequenced ended with exit code \(exitCode)")
        }
        return (Received(document: try ControlCoding.decode(type, from: bytes), bytes: bytes), exitCode)
    }

    // MARK: - Implementation

    /// Beside this program, where both are installed and built; else wherever the shell would find it.
    private static var path: String {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let own = String(decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        let beside = own.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/sequenced"
        return access(beside, X_OK) == 0 ? beside : "sequenced"
    }
}
