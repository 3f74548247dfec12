import Foundation

/// Rows from a CSV file through the daemon into the emulator: a first delivery, then a run in which nothing has changed.
@main
struct Bench {
    struct Figure: Codable {
        var name: String
        var value: Double
        var unit: String
    }

    static func main() throws {
        let arguments = CommandLine.arguments
        let bin = arguments.count > 1 ? arguments[1] : "../.build/release"
        let rows = arguments.count > 2 ? Int(arguments[2].filter { $0 != "_" }) ?? 1_000_000 : 1_000_000
        let work = NSTemporaryDirectory() + "sequenced-bench-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: work) }
        let figures = try measure(bin: bin, rows: rows, work: work)
        for figure in figures {
            print(
                figure.name.padding(toLength: 46, withPad: " ", startingAt: 0),
                String(format: "%12.2f", figure.value),
                figure.unit
            )
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try FileManager.default.createDirectory(atPath: "results", withIntermediateDirectories: true)
        try encoder.encode(figures).write(to: URL(fileURLWithPath: "results/latest.json"))
    }

    private static func measure(bin: String, rows: Int, work: String) throws -> [Figure] {
        let log = work + "/log"
        FileManager.default.createFile(atPath: log, contents: nil)
        guard let output = FileHandle(forWritingAtPath: log) else { throw CocoaError(.fileWriteUnknown) }
        let emulatorOutput = work + "/emulator"
        FileManager.default.createFile(atPath: emulatorOutput, contents: nil)
        guard let heard = FileHandle(forWritingAtPath: emulatorOutput) else { throw CocoaError(.fileWriteUnknown) }
        let emulator = try Program(bin + "/salesforce-emulator", ["--listen", "127.0.0.1:0", "--quiet"], output: heard)
        defer { emulator.stop() }
        var address: String?
        while address == nil {
            usleep(50_000)
            let text = try String(contentsOfFile: emulatorOutput, encoding: .utf8)
            address = text.split(separator: "\n").first { $0.hasPrefix("listening on ") }.map {
                String($0.dropFirst(13))
            }
        }
        try Files.write(to: work, rows: rows, address: address ?? "")
        let socket = work + "/control.sock"
        let daemon = try Program(
            bin + "/sequenced",
            ["--config", work + "/etc", "--state", work + "/state", "--socket", socket],
            environment: ["CREDENTIALS_DIRECTORY": work + "/credentials"],
            output: output
        )
        defer { daemon.stop() }
        while !FileManager.default.fileExists(atPath: socket) { usleep(50_000) }
        var figures: [Figure] = [Figure(name: "rows", value: Double(rows), unit: "")]
        for pass in ["first delivery", "unchanged run"] {
            let (cpu, emulatorCPU, begun) = (daemon.cpuSeconds, emulator.cpuSeconds, Date())
            let control = try Program(
                bin + "/sequencectl",
                ["--socket", socket, "start", "load", "--wait", "-o", "json"],
                output: output
            )
            control.waitUntilExit()
            figures += [
                Figure(name: "\(pass): wall", value: Date().timeIntervalSince(begun), unit: "s"),
                Figure(name: "\(pass): daemon CPU", value: daemon.cpuSeconds - cpu, unit: "s"),
                Figure(
                    name: "\(pass): rows per daemon CPU second",
                    value: Double(rows) / max(daemon.cpuSeconds - cpu, 0.01),
                    unit: ""
                ),
                Figure(name: "\(pass): emulator CPU", value: emulator.cpuSeconds - emulatorCPU, unit: "s"),
                Figure(name: "\(pass): daemon peak resident so far", value: daemon.peakMegabytes, unit: "MB"),
            ]
        }
        let counters = URL(string: "\(address ?? "")/emulator/counters").flatMap { try? Data(contentsOf: $0) } ?? Data()
        print("emulator:", String(decoding: counters, as: UTF8.self))
        return figures
    }
}
