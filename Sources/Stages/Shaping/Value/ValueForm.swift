internal import SyncModel

/// The one text form of a field's type, and how JSON writes it.
///
/// The text is the same in both forms, so that a row may go by another API without counting as changed.
enum ValueForm: Sendable {
    case boolean
    case date
    case datetime(LocalZone?)
    case time
    case number(DecimalForm)
    case text(TextForm)
    case email(EmailForm, checked: Bool)
    case picklist(PicklistForm)
    case multipicklist(PicklistForm)
    case recordID(RecordIDForm)
    case recordType(RecordTypeForm)
    case base64

    /// Whether JSON writes the text without quotes.
    var isBareInJSON: Bool {
        switch self {
        case .boolean, .number: true
        case .date, .datetime, .time, .text, .email, .picklist, .multipicklist, .recordID, .recordType, .base64: false
        }
    }

    /// Appends the text of a trimmed value that is not empty.
    ///
    /// After a fault, what was appended is to be taken back.
    func append(
        _ input: UnsafeRawBufferPointer,
        scratch: inout [UInt8],
        to output: inout [UInt8]
    ) -> ValueFault? {
        switch self {
        case .boolean: BooleanForm.append(input, to: &output)
        case .date: CalendarForm.appendDate(input, to: &output)
        case .datetime(let zone): CalendarForm.appendDateTime(input, zone: zone, to: &output)
        case .time: CalendarForm.appendTime(input, to: &output)
        case .number(let form): form.append(input, to: &output)
        case .text(let form): form.append(input, to: &output)
        case .email(let form, let checked): form.append(input, checked: checked, to: &output)
        case .picklist(let form): form.append(input, to: &output)
        case .multipicklist(let form): form.appendSet(input, to: &output)
        case .recordID(let form): form.append(input, to: &output)
        case .recordType(let form): form.append(input, scratch: &scratch, to: &output)
        case .base64: Base64Form.append(input, to: &output)
        }
    }

    /// The form of a field; nil: no value can be written into a field of this type.
    ///
    /// `prefixes` are those of the Ids that a reference may hold; empty: any.
    init?(
        _ field: FieldDescription,
        truncates: Bool = false,
        isChecked: Bool,
        zone: LocalZone?,
        prefixes: [[UInt8]] = []
    ) {
        let text = TextForm(length: field.length, truncates: truncates)
        switch field.type {
        case .boolean: self = .boolean
        case .date: self = .date
        case .datetime: self = .datetime(zone)
        case .time: self = .time
        case .int: self = .number(DecimalForm(scale: 0, bounds: .int32))
        case .long: self = .number(DecimalForm(scale: 0, bounds: .int64))
        case .double, .currency, .percent:
            // Describe gives both as 0 where it knows neither.
            let isKnown = field.precision > 0
            let digits = isKnown ? max(field.precision - field.scale, 0) : DecimalForm.widest
            self = .number(DecimalForm(scale: isKnown ? field.scale : nil, bounds: .integerDigits(digits)))
        case .string, .textarea, .phone, .url, .encryptedstring, .combobox: self = .text(text)
        case .email: self = .email(EmailForm(text: text), checked: isChecked)
        case .picklist: self = .picklist(PicklistForm(field, isChecked: isChecked))
        case .multipicklist: self = .multipicklist(PicklistForm(field, isChecked: isChecked))
        case .id, .reference: self = .recordID(RecordIDForm(prefixes: prefixes))
        case .base64: self = .base64
        case .address, .location, .anyType, .complexvalue: return nil
        }
    }
}
