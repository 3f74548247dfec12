import CHost
import Foundation
import Sequencing

/// The state folder, made if needed and held by this process alone.
struct StateLock {
    private let descriptor: Int32

    /// Makes or narrows the folder to its owner and takes the kernel's lock on it.
    ///
    /// - Throws: `StartFailure` that names the holder.
    init(folder: String) throws {
        do {
            try StateFolder.make(folder)
        } catch let error as EngineError {
            throw StartFailure(
                code: .stateFolder,
                message: "cannot make the state folder \(folder): \(error.detail)"
            )
        }
        guard chmod(folder, 0o700) == 0 else {
            throw StartFailure(
                code: .stateFolder,
                message: "cannot use the state folder \(folder): \(String(cString: strerror(errno)))"
            )
        }
        let path = folder + "/lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StartFailure(
                code: .stateFolder,
                message: "cannot write in the state folder \(folder): \(String(cString: strerror(errno)))"
            )
        }
        guard sequenced_lock_file(descriptor) == 0 else {
            var bytes = [UInt8](repeating: 0, count: 32)
            let count = max(0, pread(descriptor, &bytes, bytes.count, 0))
            let holder = String(decoding: bytes[..<count], as: UTF8.self).trimmingCharacters(
                in: .whitespacesAndNewlines
            )
            close(descriptor)
            throw StartFailure(
                code: .held,
                message:
                    "cannot use the state folder \(folder): another sequenced holds it (pid \(holder.isEmpty ? "unknown" : holder))"
            )
        }
        let pid = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, pid, pid.count, 0) == pid.count else {
            throw StartFailure(
                code: .stateFolder,
                message: "cannot write in the state folder \(folder): \(String(cString: strerror(errno)))"
            )
        }
    }
}
