/// Rows to be saved in one transaction: a matrix of values, and what is known of each row.
struct RowBlock {
    enum Identity {
        case none
        case id(RecordID)
        /// An id of another org: right in form, but nothing has it.
        case foreign
        case malformed(String)
    }

    /// The field position that each column writes.
    var columns: [Int]
    /// Row after row; nil leaves the field alone.
    var cells: [Value?] = []
    var identities: [Identity] = []
    var failures: [SaveError?] = []

    var count: Int { identities.count }

    init(columns: [Int]) { self.columns = columns }

    func value(_ row: Int, _ column: Int) -> Value? { cells[row * columns.count + column] }

    mutating func add(_ values: [Value?], identity: Identity, failure: SaveError?) {
        cells.append(contentsOf: values)
        identities.append(identity)
        failures.append(failure)
    }
}

extension RowBlock.Identity {
    init(_ text: String, of type: ObjectType) {
        switch RecordID.read(text) {
        case .id(let id): self = id.prefix == type.keyPrefix ? .id(id) : .malformed(text)
        case .foreign(let prefix): self = prefix == type.keyPrefix ? .foreign : .malformed(text)
        case .malformed: self = text.isEmpty ? .none : .malformed(text)
        }
    }
}

/// How rows meet records.
enum SaveOperation: Sendable, Equatable {
    case insert
    case update
    /// By the field at this position; 0 is the id itself.
    case upsert(key: Int)
}

/// In whose name and under which headers rows are saved.
struct SaveContext: Sendable {
    var user: RecordID
    var readOnly: Set<String> = []
    /// Fields (`Account.Phone`) and objects that the user does not see.
    var hidden: Set<String> = []
    var denied: [String: Set<RecordRight>] = [:]
    /// `Sforce-Duplicate-Rule-Header: allowSave=true`.
    var allowsDuplicates = false
    /// The transaction or batch that holds the locks it takes.
    var locker = 0
    var isAsynchronous = false

    func lacks(_ right: RecordRight, on type: ObjectType) -> Bool { denied[type.name]?.contains(right) ?? false }
}
