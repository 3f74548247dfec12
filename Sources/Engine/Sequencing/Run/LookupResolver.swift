internal import Salesforce
internal import Shaping
internal import Spool
internal import SyncModel

/// Asks Salesforce, in bulk, the questions that must be answered before rows can be shaped.
struct LookupResolver: Sendable {
    let client: SalesforceClient

    /// Collects the distinct values from the changes and asks for them, some hundred a call.
    func answers(
        to shaper: Shaper,
        for diff: DiffResult,
        _ selection: ChangeShaping.Selection
    ) async throws -> LookupAnswers {
        var answers = LookupAnswers(questions: shaper.questions)
        if shaper.questions.isEmpty { return answers }
        let needs = try await BlockingThread.run(named: "lookups") {
            var shaper = shaper
            var needs = LookupNeeds(questions: shaper.questions)
            let reader = try diff.changes()
            while let change = try reader.next() {
                guard (change.changeClass == .removed) == (selection == .removed) else { continue }
                shaper.collect(&needs, of: change)
            }
            return needs
        }
        for (index, question) in shaper.questions.enumerated() {
            var chunk: [String] = []
            for value in needs.values(of: index) {
                chunk.append(literal(String(decoding: value, as: UTF8.self), question.type))
                if chunk.count == Self.valuesACall {
                    try await ask(question, chunk, index, &answers)
                    chunk.removeAll()
                }
            }
            if !chunk.isEmpty { try await ask(question, chunk, index, &answers) }
        }
        return answers
    }

    // MARK: - Implementation

    private func ask(
        _ question: LookupQuestion,
        _ literals: [String],
        _ index: Int,
        _ answers: inout LookupAnswers
    ) async throws {
        // The Id itself asked for by Id comes back in its long form, which is what a value is compared with.
        let columns = Set(["Id", question.field] + question.filledFields)
        let soql =
            "SELECT \(columns.sorted().joined(separator: ", ")) FROM \(question.object)"
            + " WHERE \(question.field) IN (\(literals.joined(separator: ",")))"
        var found: [(id: String, value: String, filled: UInt64)] = []
        try await client.query(soql) { page in
            for record in page {
                guard let id = record.id, let value = record.text(question.field) else { continue }
                var filled: UInt64 = 0
                for (bit, field) in question.filledFields.enumerated() where record.text(field) != nil {
                    filled |= 1 << UInt64(bit)
                }
                found.append((id, value, filled))
            }
        }
        for record in found {
            answers.add(id: record.id, filled: record.filled, for: Array(record.value.utf8), to: index)
        }
    }

    private func literal(_ value: String, _ type: FieldType) -> String {
        switch type {
        case .boolean, .int, .long, .double, .currency, .percent, .date, .datetime: value
        case .id, .reference, .string, .textarea, .phone, .url, .email, .encryptedstring, .picklist, .combobox,
            .multipicklist, .time,
            .base64, .address, .location, .anyType, .complexvalue:
            SOQL.quoted(value)
        }
    }

    /// Some 300 keys keep a query's address below Salesforce's bound (reference 05, 7).
    private static let valuesACall = 300
}
