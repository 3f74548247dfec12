package import SyncModel

/// What must be asked of Salesforce before rows can be shaped: which records of an object have these values in a field.
package struct LookupQuestion: Hashable, Sendable {
    package var object: String
    package var field: String
    /// The type of that field, which says how a value is written in a query.
    package var type: FieldType
    package var isCaseSensitive: Bool
    /// Fields that must be asked for with the Id, since it matters whether they are empty; their order is that of the
    /// bits of `filled` in the answer.
    package var filledFields: [String]

    package init(
        object: String,
        field: String,
        type: FieldType,
        isCaseSensitive: Bool = false,
        filledFields: [String] = []
    ) {
        self.object = object
        self.field = field
        self.type = type
        self.isCaseSensitive = isCaseSensitive
        self.filledFields = filledFields
    }
}

/// The distinct values to look for, question by question.
package struct LookupNeeds: Sendable {
    /// For each question, the value as it is written to Salesforce, by its folded form.
    private var values: [[[UInt8]: [UInt8]]]
    private let foldings: [LookupFolding]

    package init(questions: [LookupQuestion]) {
        values = Array(repeating: [:], count: questions.count)
        foldings = questions.map(LookupFolding.init)
    }

    package var isEmpty: Bool { values.allSatisfy(\.isEmpty) }

    package func count(of question: Int) -> Int { values[question].count }

    /// The values of a question, in no order, as text.
    package func values(of question: Int) -> some Sequence<[UInt8]> { values[question].values }

    /// The folded form of a value that Salesforce gave, if it is one that was asked for.
    package func folded(_ value: String, question: Int) -> [UInt8]? {
        let folded = foldings[question].folded(Array(value.utf8))
        return values[question][folded] == nil ? nil : folded
    }

    /// Takes a value away that is known already; false when it was not asked for.
    package mutating func remove(folded: [UInt8], question: Int) -> Bool {
        values[question].removeValue(forKey: folded) != nil
    }

    mutating func insert(_ value: ArraySlice<UInt8>, folded: [UInt8], question: Int) {
        if values[question][folded] == nil { values[question][folded] = Array(value) }
    }
}
