import CivilTime
import Foundation
import Testing

/// `systemd-analyze calendar` of this host, which `make test` installs.
enum SystemdAnalyze {
    /// The next three elapses of each expression after `base`, to the second; nil: it has no answer.
    static func calendar(_ expressions: [String], _ base: Timestamp) throws -> [[Timestamp]?] {
        let (output, isWhole) = try run(expressions, base)
        let blocks = output.components(separatedBy: "\n\n").filter { $0.contains("Normalized form") }
        if isWhole, blocks.count == expressions.count { return blocks.map(elapses) }
        // One of them was refused: which one shows when each is asked alone.
        return try expressions.map { expression in
            let (output, isAnswered) = try run([expression], base)
            return isAnswered ? elapses(output) : nil
        }
    }

    // MARK: - Implementation

    private static func run(_ expressions: [String], _ base: Timestamp) throws -> (output: String, isWhole: Bool) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/systemd-analyze")
        let stamp = base.rfc3339.replacing("T", with: " ").replacing("Z", with: " UTC")
        process.arguments = ["calendar", "--base-time=\(stamp)", "--iterations=3", "--"] + expressions
        process.environment = ["TZ": "UTC"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (output, process.terminationStatus == 0)
    }

    private static func elapses(_ block: String) -> [Timestamp] {
        block.split(separator: "\n").compactMap { line in
            guard line.hasSuffix(" UTC"), line.contains("elapse:") || line.contains("Iter") else { return nil }
            return Timestamp(rfc3339: line.dropLast(4).suffix(19) + "Z")
        }
    }
}
