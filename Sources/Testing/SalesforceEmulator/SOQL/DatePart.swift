/// The date functions of SOQL: what they take out of a date or a moment, in GMT; the fiscal year is the calendar's.
enum DatePart: String {
    case calendarYear = "CALENDAR_YEAR"
    case calendarQuarter = "CALENDAR_QUARTER"
    case calendarMonth = "CALENDAR_MONTH"
    case fiscalYear = "FISCAL_YEAR"
    case fiscalQuarter = "FISCAL_QUARTER"
    case fiscalMonth = "FISCAL_MONTH"
    case weekInYear = "WEEK_IN_YEAR"
    case weekInMonth = "WEEK_IN_MONTH"
    case dayInYear = "DAY_IN_YEAR"
    case dayInMonth = "DAY_IN_MONTH"
    case dayInWeek = "DAY_IN_WEEK"
    case dayOnly = "DAY_ONLY"
    case hourInDay = "HOUR_IN_DAY"

    /// Of a value that is neither date nor moment, and of the hour of a date: null.
    func of(_ value: Value) -> Value {
        let day: Int
        var hour: Int?
        switch value {
        case .date(let number): day = Int(number)
        case .dateTime(let milliseconds):
            day = Instant(milliseconds: milliseconds).day
            hour = Int((milliseconds - Int64(day) * 86_400_000) / 3_600_000)
        default: return .null
        }
        let civil = CivilDay(day)
        switch self {
        case .calendarYear, .fiscalYear: return .number(Double(civil.year))
        case .calendarQuarter, .fiscalQuarter: return .number(Double((civil.month - 1) / 3 + 1))
        case .calendarMonth, .fiscalMonth: return .number(Double(civil.month))
        case .weekInYear: return .number(Double(dayInYear(civil, day) / 7 + 1))
        case .weekInMonth: return .number(Double((civil.day - 1) / 7 + 1))
        case .dayInYear: return .number(Double(dayInYear(civil, day) + 1))
        case .dayInMonth: return .number(Double(civil.day))
        // The first of January 1970 was a Thursday, the fifth day of a week that begins on Sunday.
        case .dayInWeek: return .number(Double(((day + 4) % 7 + 7) % 7 + 1))
        case .dayOnly: return .date(Int32(day))
        case .hourInDay: return hour.map { .number(Double($0)) } ?? .null
        }
    }

    /// The form in which its values are compared and shown.
    func form(of field: Field) -> Field {
        Field(name: field.name, label: field.label, type: self == .dayOnly ? .date : .int)
    }

    /// Whether it can be asked of a field.
    func fits(_ field: Field) -> Bool {
        switch self {
        case .dayOnly, .hourInDay: field.type == .datetime
        default: field.type == .date || field.type == .datetime
        }
    }

    private func dayInYear(_ civil: CivilDay, _ day: Int) -> Int {
        day - CivilDay(year: civil.year, month: 1, day: 1).number
    }
}
