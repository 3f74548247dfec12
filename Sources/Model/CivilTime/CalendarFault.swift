/// Why a calendar event, a cron line or a time span cannot be used, and where in its text.
package struct CalendarFault: Error, Sendable, Equatable {
    package enum Code: String, Sendable {
        /// The text is not in the grammar.
        case syntax
        /// A number that its component does not take.
        case outOfRange
        /// `Sat..Mon`.
        case wrappingWeekdays
        /// `09:00..17:00`.
        case ambiguousRange
        case neverElapses
        /// More often than once a minute.
        case tooOften
        case unknownZone
    }

    package var code: Code
    /// What was being read: `calendar`, `cron`, `time span`.
    package var noun: String
    package var text: String
    /// What is wrong, without the text and the place.
    package var message: String
    /// Bytes of the text before the place that is meant.
    package var offset: Int
    /// What to write instead, where that can be told.
    package var hint: String?

    package init(code: Code, noun: String, text: String, message: String, offset: Int, hint: String? = nil) {
        self.code = code
        self.noun = noun
        self.text = text
        self.message = message
        self.offset = offset
        self.hint = hint
    }

    /// The character that is meant, the first being 1.
    package var column: Int { String(decoding: text.utf8.prefix(offset), as: UTF8.self).count + 1 }
}

extension CalendarFault: CustomStringConvertible {
    package var description: String {
        "cannot use \(noun) \"\(text)\": \(message) (at character \(column))" + (hint.map { "; \($0)" } ?? "")
    }
}

/// Something that is no error and that the author of an expression should know.
package struct CalendarNote: Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// `09:00..17` names minutes.
        case minuteRange
        /// Every time lies in the past.
        case noMoreElapses
        case noZone
        /// An elapse is moved, left out or repeated by a clock change.
        case clockChange
    }

    package var code: Code
    package var description: String

    package init(code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
