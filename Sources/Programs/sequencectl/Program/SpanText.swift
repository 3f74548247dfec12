import ArgumentParser
import CivilTime

/// Spans on the command line: `30s`, `5min`, `1h 30min`, as systemd writes them.
enum SpanText {
    /// Reads a span; a bare number is seconds.
    @Sendable static func duration(_ text: String) throws -> Duration {
        do {
            return try Duration(span: text)
        } catch {
            throw ValidationError(error.description)
        }
    }
}
