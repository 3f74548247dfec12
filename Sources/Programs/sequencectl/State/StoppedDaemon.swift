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
        let (bytes, exitCode) = try run(path, arguments)
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

    private static func run(_ path: String, _ arguments: [String]) throws -> (output: [UInt8], exitCode: Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw failure(path) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        let status = posix_spawnp(&process, path, &actions, nil, &words, environ)
        close(ends[1])
        guard status == 0 else {
            errno = status
            throw failure(path)
        }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(ends[0], &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            output += buffer[..<count]
        }
        var ending: Int32 = 0
        while waitpid(process, &ending, 0) < 0, errno == EINTR {}
        // Ended by itself: the code is in the second byte.
        return (output, ending & 0x7F == 0 ? (ending >> 8) & 0xFF : 128 + (ending & 0x7F))
    }

    private static func failure(_ path: String) -> ControlFault {
        ControlFault(.failed, "cannot run \(path): \(String(cString: strerror(errno)))")
    }
}
