import Dispatch
import Glibc
import Readers

/// `Fuzz READER [libFuzzer's own arguments]`; without arguments, the readers' names.
@main enum Fuzz {
    static func main() {
        guard CommandLine.arguments.count > 1 else {
            print(Reader.all.map(\.name).joined(separator: "\n"))
            return
        }
        // libFuzzer runs itself anew to merge, and hands on its own arguments only.
        let inherited = getenv("FUZZ_READER").map { String(cString: $0) }
        let name = inherited ?? CommandLine.arguments[1]
        setenv("FUZZ_READER", name, 1)
        guard let reader = Reader.all.first(where: { $0.name == name }) else {
            print("there is no reader \(name); there are: \(Reader.all.map(\.name).joined(separator: ", "))")
            exit(64)
        }
        chosen = reader
        var arguments = CommandLine.arguments.map { strdup($0) }
        if inherited == nil { arguments.remove(at: 1) }
        arguments.append(nil)
        var count = CInt(arguments.count - 1)
        let status = arguments.withUnsafeMutableBufferPointer { buffer in
            var start = buffer.baseAddress
            return runDriver(&count, &start) { start, count in Fuzz.take(start, count) }
        }
        exit(status)
    }

    /// Set once, before the driver starts.
    nonisolated(unsafe) private static var chosen = Reader.all[0]

    /// Reads one input; a crash, a hang, or the process's end is a finding.
    private static func take(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        let reader = chosen
        let bytes = Array(UnsafeBufferPointer(start: start, count: count))
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            do {
                try await reader.read(bytes)
            } catch {
                fatalError("\(reader.name): \(error)")
            }
            done.signal()
        }
        done.wait()
        return 0
    }
}

/// libFuzzer's entry for programs that have a `main` of their own (LLVM's documentation, "Using libFuzzer as a library").
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt
