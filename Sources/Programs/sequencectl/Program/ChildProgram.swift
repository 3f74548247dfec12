import ControlProtocol
import Glibc

/// Another program, run to its end: what it writes to standard output is kept, its errors go where ours go.
enum ChildProgram {
    /// Runs it.
    ///
    /// - Parameters:
    ///   - path: where it is; a bare name is looked for as a shell does.
    ///   - arguments: behind its name.
    /// - Returns: what it wrote, and its exit code; 128 and the signal's number when one ended it.
    /// - Throws: `ControlFault` when it could not be run.
    static func run(_ path: String, _ arguments: [String]) throws -> (output: [UInt8], exitCode: Int32) {
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
        let output = everything(from: ends[0])
        var ending: Int32 = 0
        while waitpid(process, &ending, 0) < 0, errno == EINTR {}
        // Ended by itself: the code is in the second byte.
        return (output, ending & 0x7F == 0 ? (ending >> 8) & 0xFF : 128 + (ending & 0x7F))
    }

    // MARK: - Implementation

    private static func everything(from descriptor: Int32) -> [UInt8] {
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return output }
            output += buffer[..<count]
        }
    }

    private static func failure(_ path: String) -> ControlFault {
        ControlFault(.failed, "cannot run \(path): \(String(cString: strerror(errno)))")
    }
}
