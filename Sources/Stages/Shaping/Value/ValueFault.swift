/// Why a value cannot stand in its field.
enum ValueFault: Sendable, Equatable {
    case notABoolean
    case notADate
    case notADateTime
    case noZone
    case notATime
    case notANumber
    case outsideRange
    case tooLong(limit: Int)
    case notUTF8
    case notOnPicklist
    case tooManyValues(limit: Int)
    case badEmail
    case malformedID
    case wrongIDType
    case notBase64
    case unknownRecordType(nearest: String?)

    /// Salesforce's own code (reference 08-errors-and-limits, A3).
    var code: String {
        switch self {
        case .notABoolean, .notADate, .notADateTime, .noZone, .notATime, .notANumber, .notBase64:
            "INVALID_TYPE_ON_FIELD_IN_RECORD"
        case .outsideRange: "NUMBER_OUTSIDE_VALID_RANGE"
        case .tooLong: "STRING_TOO_LONG"
        case .notUTF8: "TEXT_DATA_OUTSIDE_SUPPORTED_CHARSET"
        case .notOnPicklist: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
        case .tooManyValues: "TOO_MANY_ENUM_VALUE"
        case .badEmail: "INVALID_EMAIL_ADDRESS"
        case .malformedID, .wrongIDType: "MALFORMED_ID"
        case .unknownRecordType: "INVALID_CROSS_REFERENCE_KEY"
        }
    }

    /// Whether the value can be said all the same, so that Salesforce may decide.
    ///
    /// JSON of a wrong type fails the whole request, with the rows beside it (reference 08, `JSON_PARSER_ERROR`).
    func canBeSaid(inCSV: Bool) -> Bool {
        switch self {
        case .tooLong, .notOnPicklist, .tooManyValues, .badEmail, .malformedID, .wrongIDType: true
        case .notABoolean, .notADate, .notADateTime, .noZone, .notATime, .notANumber, .outsideRange: inCSV
        case .notUTF8, .notBase64, .unknownRecordType: false
        }
    }

    /// In words, after the field's label, with the value as the source wrote it.
    func message(label: String, value: String) -> String {
        let shown = value.count > 80 ? value.prefix(80) + "…" : value[...]
        let said =
            switch self {
            case .notABoolean: "value not of required type: \(shown) (true, false, t, f, 1, 0, yes or no)"
            case .notADate: "value not of required type: \(shown) (a date is written 2026-03-01)"
            case .notADateTime: "value not of required type: \(shown) (a datetime is written 2026-03-01T10:15:30Z)"
            case .noZone: "no zone in \(shown): give the model a timezone, or the column an offset"
            case .notATime: "value not of required type: \(shown) (a time is written 10:15:30, without an offset)"
            case .notANumber: "value not of required type: \(shown) (a number is written 1234.5)"
            case .outsideRange: "value outside of valid range on numeric field: \(shown)"
            case .tooLong(let limit): "data value too large: \(shown) (max length=\(limit))"
            case .notUTF8: "text is not UTF-8"
            case .notOnPicklist: "bad value for restricted picklist field: \(shown)"
            case .tooManyValues(let limit): "more than \(limit) values selected"
            case .badEmail: "invalid email address: \(shown)"
            case .malformedID: "malformed id \(shown)"
            case .wrongIDType: "id value of incorrect type: \(shown)"
            case .notBase64: "value not of required type: neither base64 nor bytes in \\x form"
            case .unknownRecordType(let nearest):
                "no record type with the developer name \(shown)" + (nearest.map { ", did you mean \($0)?" } ?? "")
            }
        return "\(label): \(said)"
    }
}
