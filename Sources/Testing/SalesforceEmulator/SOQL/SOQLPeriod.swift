/// Date literals: each a range of days (reference 05 §2).
///
/// Weeks begin on Sunday, days at midnight UTC.
enum SOQLPeriod {
    static func isKnown(_ name: String) -> Bool { range(name, 1, today: 0) != nil }

    static func takesCount(_ name: String) -> Bool { name.contains("_N_") || name.hasPrefix("N_") }

    /// The days of the period, the last one left out.
    static func range(_ name: String, _ count: Int?, today: Int) -> Range<Int>? {
        switch name {
        case "TODAY": return today..<today + 1
        case "YESTERDAY": return today - 1..<today
        case "TOMORROW": return today + 1..<today + 2
        case "LAST_90_DAYS": return today - 90..<today + 1
        case "NEXT_90_DAYS": return today + 1..<today + 91
        default: break
        }
        let count = count ?? 1
        for unit in Unit.allCases {
            let singular = unit.rawValue
            let plural = "\(singular)S"
            switch name {
            case "LAST_\(singular)" where unit != .day: return unit.span(today, from: -1, to: 0)
            case "THIS_\(singular)" where unit != .day: return unit.span(today, from: 0, to: 1)
            case "NEXT_\(singular)" where unit != .day: return unit.span(today, from: 1, to: 2)
            case "LAST_N_\(plural)":
                return unit == .day ? today - count + 1..<today + 1 : unit.span(today, from: -count, to: 0)
            case "NEXT_N_\(plural)":
                return unit == .day ? today + 1..<today + count + 1 : unit.span(today, from: 1, to: count + 1)
            case "N_\(plural)_AGO":
                return unit == .day ? today - count..<today - count + 1 : unit.span(today, from: -count, to: 1 - count)
            default: continue
            }
        }
        return nil
    }

    private enum Unit: String, CaseIterable {
        case day = "DAY"
        case week = "WEEK"
        case month = "MONTH"
        case quarter = "QUARTER"
        case year = "YEAR"
        case fiscalQuarter = "FISCAL_QUARTER"
        case fiscalYear = "FISCAL_YEAR"

        func span(_ today: Int, from: Int, to: Int) -> Range<Int> {
            let first = start(today, shifted: from)
            return first..<max(first, start(today, shifted: to))
        }

        /// The first day of the unit that lies `count` units from today's.
        private func start(_ today: Int, shifted count: Int) -> Int {
            let civil = CivilDay(today)
            switch self {
            case .day: return today + count
            case .week: return today - (((today + 4) % 7) + 7) % 7 + count * 7
            case .month: return month(civil.year * 12 + civil.month - 1 + count)
            case .quarter, .fiscalQuarter: return month(civil.year * 12 + (civil.month - 1) / 3 * 3 + count * 3)
            case .year, .fiscalYear: return month((civil.year + count) * 12)
            }
        }

        private func month(_ months: Int) -> Int {
            CivilDay(
                year: Int(floorDivide(Int64(months), 12)),
                month: months - Int(floorDivide(Int64(months), 12)) * 12 + 1,
                day: 1
            ).number
        }
    }
}
