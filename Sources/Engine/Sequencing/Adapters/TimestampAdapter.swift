internal import CivilTime
internal import Foundation

extension Timestamp {
    /// A moment as REST writes it: `2026-03-01T10:15:30.000+0000`; nil for a text of another form.
    init?(salesforce text: String) {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        guard let date = formatter.date(from: text.replacing("+0000", with: "Z")) else { return nil }
        self.init(microseconds: Int64(date.timeIntervalSince1970 * 1_000_000))
    }
}
