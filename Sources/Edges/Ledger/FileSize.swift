import Glibc

/// What a file takes.
enum FileSize {
    /// 0 for one that is not there.
    static func bytes(at path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }
}
