/// How a query shows a field: as it is stored, or as a person reads it.
enum ShownForm {
    case stored
    /// `toLabel(…)`: a picklist's label.
    case label
    /// `FORMAT(…)`: numbers, days and moments as in the United States, the locale of all users here.
    case local
}

extension Org {
    /// A value that a query found, in the form that it asked for.
    func shown(_ value: JSONValue, as form: ShownForm, _ field: Field) -> JSONValue {
        switch (form, value) {
        case (.label, .string(let text)) where field.type == .picklist || field.type == .multipicklist:
            let labels = schema.values(of: field).reduce(into: [:]) { $0[$1.name] = $1.label }
            return .string(text.split(separator: ";").map { labels[String($0)] ?? String($0) }.joined(separator: ";"))
        case (.local, .number(let text)): return .string(localNumber(text, field))
        case (.local, .string(let text)) where field.type == .date || field.type == .datetime:
            return readInstant(field.type == .date ? text + "T00:00:00Z" : text).map {
                .string(localTime($0, withClock: field.type == .datetime))
            } ?? value
        default: return value
        }
    }

    // MARK: - Implementation

    /// `$1,234.50`, `12.5%`, `10,000`.
    private func localNumber(_ text: String, _ field: Field) -> String {
        guard let number = Double(text) else { return text }
        let scale = field.type == .int || field.type == .long ? 0 : field.scale
        let units = (0..<scale).reduce(number.magnitude) { amount, _ in amount * 10 }.rounded()
        guard units < 1e18 else { return text }
        let digits = padded(Int(units), scale + 1)
        var whole = String(digits.dropLast(scale))
        var groups: [String] = []
        while whole.count > 3 {
            groups.insert(String(whole.suffix(3)), at: 0)
            whole.removeLast(3)
        }
        let shown = ([whole] + groups).joined(separator: ",") + (scale > 0 ? "." + digits.suffix(scale) : "")
        let sign = number < 0 && units > 0 ? "-" : ""
        switch field.type {
        case .currency: return "\(sign)$\(shown)"
        case .percent: return "\(sign)\(shown)%"
        default: return sign + shown
        }
    }

    /// `3/1/2026`, `3/1/2026, 1:05 PM`.
    private func localTime(_ moment: Instant, withClock: Bool) -> String {
        let day = CivilDay(moment.day)
        let date = "\(day.month)/\(day.day)/\(day.year)"
        guard withClock else { return date }
        let minutes = Int(moment.milliseconds - Int64(moment.day) * 86_400_000) / 60_000
        let hour = minutes / 60
        return "\(date), \((hour + 11) % 12 + 1):\(padded(minutes % 60, 2)) \(hour < 12 ? "AM" : "PM")"
    }
}
