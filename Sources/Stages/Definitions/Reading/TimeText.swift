internal import CivilTime

/// Spans, calendar events, cron lines and zones, read by the grammar of civil time.
enum TimeText {
    /// Longer ones would leave the calendar when they are added to an instant.
    private static let longestSpan: Duration = .seconds(100 * 31_557_600)

    static func span(_ text: String, least: Duration) -> ScalarReading {
        do {
            let span = try Duration(span: text)
            guard span >= least else { return .refused("at least \(least.spanText)", suggestion: nil) }
            guard span <= longestSpan else { return .refused("at most 100 years", suggestion: nil) }
            return .value(.span(span))
        } catch {
            return refused(error)
        }
    }

    static func calendar(_ text: String, context: ReadingContext) -> ScalarReading {
        do {
            let expression = try CalendarExpression(parsing: text)
            try expression.checkFrequency()
            if let zone = expression.zone, let problem = context.zoneCheck(zone) {
                return .refused(problem, suggestion: nil)
            }
            if let problem = context.calendarCheck(text) { return .refused(problem, suggestion: nil) }
            return .value(.text(text))
        } catch {
            return refused(error)
        }
    }

    static func cron(_ text: String) -> ScalarReading {
        do {
            _ = try CronExpression(parsing: text)
            return .value(.text(text))
        } catch {
            return refused(error)
        }
    }

    static func zone(_ text: String, context: ReadingContext) -> ScalarReading {
        let isName =
            text.utf8.first.map(isLetter) == true && text.utf8.count <= 100 && !text.contains("..")
            && text.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || "/_+-".utf8.contains($0) }
        guard isName else { return .refused(nil, suggestion: nil) }
        return context.zoneCheck(text).map { .refused($0, suggestion: nil) } ?? .value(.text(text))
    }

    /// What the author of a calendar event that is taken should know.
    static func notes(on text: String) -> [String] {
        guard case .some(let expression) = expression(text) else { return [] }
        return expression.notes.filter { $0.code != .noZone }.map(\.description)
    }

    static func namesZone(_ text: String) -> Bool { expression(text)?.zone != nil }

    // MARK: - Implementation

    private static func expression(_ text: String) -> CalendarExpression? {
        // A text that is none has been refused, with the reason, when it was read.
        try? CalendarExpression(parsing: text)
    }

    private static func refused(_ fault: CalendarFault) -> ScalarReading {
        .refused(
            "\(fault.message) (at character \(fault.column))" + (fault.hint.map { "; \($0)" } ?? ""),
            suggestion: nil
        )
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
