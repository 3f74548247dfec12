import Foundation

/// A program under measurement, as the kernel accounts for it.
final class Program {
    private let process = Process()

    init(_ path: String, _ arguments: [String], environment: [String: String] = [:], output: FileHandle) throws {
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    /// User and system time so far, in seconds (proc_pid_stat(5), fields 14 and 15).
    var cpuSeconds: Double {
        guard let text = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return 0 }
        let fields = text[end...].split(separator: " ")
        return (Double(fields[12]) ?? 0) / 100 + (Double(fields[13]) ?? 0) / 100
    }

    /// The most memory that was resident at any time, in megabytes of a million bytes (proc_pid_status(5), VmHWM).
    var peakMegabytes: Double {
        guard let text = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kibibytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({
                Double($0)
            })
        else { return 0 }
        return kibibytes * 1_024 / 1_000_000
    }

    func waitUntilExit() { process.waitUntilExit() }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}
