extension CalendarParser {
    enum Unit {
        case value
        /// Two digits are a year of this century or the last.
        case year
        /// Of a chain of which only what follows tells what it is: it is read again then.
        case unknown
        /// With up to six decimals; kept in microseconds.
        case second
    }

    /// `*`, or items joined by commas; nil is `*`.
    mutating func parseChain(_ unit: Unit) throws(CalendarFault) -> [CalendarItem]? {
        if current == UInt8(ascii: "*") {
            position += 1
            guard current.map({ Self.separators.contains($0) }) ?? true else {
                let hint =
                    current == UInt8(ascii: "/") ? "write 0/\(word(position + 1..<end).prefix { $0.isNumber })" : nil
                throw fault("`*` stands alone", at: position, hint: hint)
            }
            return nil
        }
        var items: [CalendarItem] = []
        while true {
            guard items.count < Self.mostItems else {
                throw fault("more than \(Self.mostItems) items in a list", at: position)
            }
            items.append(try parseItem(unit))
            guard current == UInt8(ascii: ",") else { break }
            position += 1
        }
        if let next = current, !Self.separators.contains(next) {
            let isJoined =
                next | 0x20 == UInt8(ascii: "t") && position + 1 < end && Weekday.isDigit(bytes[position + 1])
            let hint = isJoined ? "a blank stands between date and time" : nil
            throw fault("unexpected `\(Character(UnicodeScalar(next)))`", at: position, hint: hint)
        }
        return items
    }

    // MARK: - Implementation

    /// systemd's own bound.
    private static let mostItems = 240
    private static let separators: [UInt8] = Array(" ,-~:".utf8)

    private mutating func parseItem(_ unit: Unit) throws(CalendarFault) -> CalendarItem {
        let start = position
        var item = CalendarItem(try parseNumber(unit).year(if: unit))
        let one = unit == .second ? 1_000_000 : 1
        if isAt("..") {
            position += 2
            let stop = try parseNumber(unit).year(if: unit)
            guard item.start <= stop || unit == .unknown else {
                throw fault("the range runs backwards", at: start, hint: "write it as two: first..last, and the rest")
            }
            item.stop = stop
            item.step = one
            if unit == .second, current != UInt8(ascii: "/"), stop - item.start < one {
                throw fault("a range of seconds spans at least one second", at: start)
            }
        }
        if current == UInt8(ascii: "/") {
            position += 1
            let offset = position
            let step = try parseNumber(unit)
            guard step > 0 else { throw fault("a repetition of 0 repeats nothing", at: offset, code: .outOfRange) }
            item.step = step
        }
        if let stop = item.stop, let step = item.step, unit != .unknown {
            let last = stop - (stop - item.start) % step
            item = last == item.start ? CalendarItem(item.start) : CalendarItem(item.start, through: last, by: step)
        }
        return item
    }

    private mutating func parseNumber(_ unit: Unit) throws(CalendarFault) -> Int {
        let start = position
        var value = 0
        while let byte = current, Weekday.isDigit(byte) {
            value = value * 10 + Int(byte - 0x30)
            guard value < 1_000_000 else { throw fault("the number is too large", at: start, code: .outOfRange) }
            position += 1
        }
        guard position > start else { throw missingNumber() }
        guard unit == .second else {
            if current == UInt8(ascii: "."), !isAt("..") { throw fault("only seconds have decimals", at: position) }
            return value
        }
        return value * 1_000_000 + (try parseDecimals())
    }

    private func missingNumber() -> CalendarFault {
        guard let byte = current else { return fault("a number is missing at the end", at: position) }
        if byte == UInt8(ascii: "*") { return fault("`*` stands alone, not in a list or range", at: position) }
        if Weekday.isLetter(byte) {
            let stop = bytes[position..<end].firstIndex { !Weekday.isLetter($0) } ?? end
            let found = word(position..<stop)
            let hint = CalendarShorthand(word: found) == nil ? nil : "\(found) stands alone, or with a zone"
            return fault("expected a number, not \"\(found)\"", at: position, hint: hint)
        }
        if byte == UInt8(ascii: " ") { return fault("unexpected blank", at: position) }
        return fault("expected a number, not `\(Character(UnicodeScalar(byte)))`", at: position)
    }

    /// Microseconds; the seventh decimal rounds.
    private mutating func parseDecimals() throws(CalendarFault) -> Int {
        guard current == UInt8(ascii: "."), !isAt("..") else { return 0 }
        position += 1
        guard let digit = current, Weekday.isDigit(digit) else { throw missingNumber() }
        var microseconds = 0
        var unit = 100_000
        var roundsUp = false
        while let byte = current, Weekday.isDigit(byte) {
            if unit > 0 {
                microseconds += Int(byte - 0x30) * unit
                unit /= 10
                if unit == 0, position + 1 < end, bytes[position + 1] >= 0x35, Weekday.isDigit(bytes[position + 1]) {
                    roundsUp = true
                }
            }
            position += 1
        }
        return microseconds + (roundsUp ? 1 : 0)
    }
}

extension Int {
    /// As a year: 70 to 99 are of the last century, 0 to 69 of this one.
    fileprivate func year(if unit: CalendarParser.Unit) -> Int {
        guard unit == .year, self < 100 else { return self }
        return self < 70 ? self + 2_000 : self + 1_900
    }
}

/// The names of weekdays, Monday being 0.
struct Weekday {
    var day: Int
    /// Bytes of the name that was found.
    var length: Int

    static let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    /// The weekday that these bytes begin with, in whatever case, short or in full.
    init?(prefixOf bytes: ArraySlice<UInt8>) {
        let start = bytes.prefix(9).map { $0 | 0x20 }
        for (day, name) in Self.fullNames.enumerated() {
            for candidate in [name[...], name.prefix(3)] where start.starts(with: candidate) {
                self.day = day
                length = candidate.count
                return
            }
        }
        return nil
    }

    static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static let fullNames: [[UInt8]] =
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].map { Array($0.utf8) }
}
