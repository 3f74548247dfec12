import CivilTime
import Glibc
import TerminalOutput

/// Times for people: on the local clock or in UTC, and as a distance from now.
struct TimeText {
    let now: Timestamp
    let isUTC: Bool

    /// `Mon 2026-03-02 02:30:00 CET`; `-` where there is none; what is no time, as it is.
    func clock(_ text: String?) -> String {
        guard let text else { return "-" }
        guard let time = Timestamp(rfc3339: text) else { return text }
        var seconds = time_t(time.seconds)
        var parts = tm()
        if isUTC { gmtime_r(&seconds, &parts) } else { localtime_r(&seconds, &parts) }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            guard let base = buffer.baseAddress else { return text }
            let length = strftime(
                base,
                buffer.count,
                isUTC ? "%a %Y-%m-%d %H:%M:%S UTC" : "%a %Y-%m-%d %H:%M:%S %Z",
                &parts
            )
            return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// `3h 12min ago`, `in 5min 2s`, `now`.
    func distance(_ text: String?) -> String {
        guard let text else { return "-" }
        guard let time = Timestamp(rfc3339: text) else { return text }
        let span = time - now
        if span > .seconds(-1), span < .seconds(1) { return "now" }
        return span < .zero ? "\((now - time).roughText) ago" : "in \(span.roughText)"
    }

    /// The time between two; up to now where the second is missing.
    func span(from start: String?, to end: String?) -> String {
        guard let start = start.flatMap({ Timestamp(rfc3339: $0) }) else { return "-" }
        let end = end.flatMap { Timestamp(rfc3339: $0) } ?? now
        return (end - start).roughText
    }
}
