import ArgumentParser
import ControlClient
import ControlProtocol

/// `metrics`: the daemon's metrics, in OpenMetrics text whatever the output format.
struct MetricsCommand: ReadingVerb {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "The daemon's metrics, as OpenMetrics text."
    )

    @OptionGroup var globals: GlobalOptions

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        let text = try await daemon.text(ControlPath.metrics)
        switch output.format {
        case .table, .wide: Output.write(text, to: 1)
        case .json, .yaml: try output.show(Document(metrics: String(decoding: text, as: UTF8.self))) { _ in [] }
        }
        return 0
    }

    /// The text as the one document that was asked for.
    private struct Document: Encodable {
        var schema = ControlCoding.schema
        var metrics: String
    }
}
