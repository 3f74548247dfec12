/// Reads digits and marks off the front of ASCII text.
struct ASCIIScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    var isAtEnd: Bool { position == bytes.count }

    mutating func digits(_ count: Int) -> Int? {
        guard position + count <= bytes.count else { return nil }
        var number = 0
        for offset in position..<position + count {
            guard case let digit = bytes[offset] &- 48, digit < 10 else { return nil }
            number = number * 10 + Int(digit)
        }
        position += count
        return number
    }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }
}

extension ASCIIScanner {
    /// `2026-03-01`, as days since 1970.
    mutating func civilDay() -> Int? {
        guard let year = digits(4), take("-"), let month = digits(2), take("-"), let day = digits(2) else { return nil }
        let civil = CivilDay(year: year, month: month, day: day)
        return civil.isReal && (1700...4000).contains(year) ? civil.number : nil
    }

    /// `10:15`, `10:15:30`, `10:15:30.123`, as milliseconds after midnight.
    mutating func clockTime() -> Int? {
        guard let hour = digits(2), take(":"), let minute = digits(2), hour < 24, minute < 60 else { return nil }
        var milliseconds = (hour * 60 + minute) * 60_000
        guard take(":") else { return milliseconds }
        guard let second = digits(2), second < 60 else { return nil }
        milliseconds += second * 1000
        guard take(".") else { return milliseconds }
        var scale = 100
        var count = 0
        while let digit = digits(1) {
            milliseconds += digit * scale
            scale /= 10
            count += 1
        }
        return count > 0 ? milliseconds : nil
    }

    /// `Z`, `+01:00`, `-0800` or nothing, as milliseconds to take off.
    mutating func zone() -> Int? {
        if isAtEnd || take("Z") { return 0 }
        let sign = take("+") ? 1 : take("-") ? -1 : 0
        guard sign != 0, let hours = digits(2) else { return nil }
        _ = take(":")
        guard let minutes = digits(2), hours < 24, minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes) * 60_000
    }
}

/// `2026-03-01` (a trailing `Z` is tolerated), as days since 1970.
func readDay(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var scanner = ASCIIScanner(bytes: bytes)
    guard let day = scanner.civilDay() else { return nil }
    _ = scanner.take("Z")
    return scanner.isAtEnd ? day : nil
}

/// `2026-03-01T10:15:30.000Z` and its relatives; also a bare day, which means midnight.
func readInstant(_ bytes: UnsafeBufferPointer<UInt8>) -> Instant? {
    var scanner = ASCIIScanner(bytes: bytes)
    guard let day = scanner.civilDay() else { return nil }
    if scanner.isAtEnd { return Instant(milliseconds: Int64(day) * 86_400_000) }
    guard scanner.take("T") || scanner.take(" "), let time = scanner.clockTime(), let zone = scanner.zone(),
        scanner.isAtEnd
    else { return nil }
    return Instant(milliseconds: Int64(day) * 86_400_000 + Int64(time) - Int64(zone))
}

func readInstant(_ text: String) -> Instant? {
    var text = text
    return text.withUTF8 { readInstant($0) }
}

/// `10:15:30.000Z`, as milliseconds after midnight.
func readClockTime(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var scanner = ASCIIScanner(bytes: bytes)
    guard let time = scanner.clockTime() else { return nil }
    _ = scanner.take("Z")
    return scanner.isAtEnd ? time : nil
}
