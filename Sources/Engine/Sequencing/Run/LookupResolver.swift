internal import DelimitedText
internal import Salesforce
internal import Shaping
internal import Spool
internal import SyncModel

/// Asks Salesforce, in bulk, the questions that must be answered before rows can be shaped.
struct LookupResolver: Sendable {
    let context: RunContext
    let client: SalesforceClient
    let destination: String

    /// Hears of every record that was found: the place of its question, its value there, and its columns.
    typealias Listener = (_ question: Int, _ value: String, _ text: (String) -> String?) -> Void

    /// Collects the distinct values from the changes and asks for them.
    ///
    /// `isAsked` chooses among the selected rows. `columns` are asked for beside those of the questions, of this object only, for `heard`.
    func answers(
        to shaper: Shaper,
        for diff: DiffResult,
        _ selection: ChangeShaping.Selection,
        where isAsked: @escaping @Sendable (Change) -> Bool = { _ in true },
        columns: [String] = [],
        heard: Listener? = nil
    ) async throws -> LookupAnswers {
        var answers = LookupAnswers(questions: shaper.questions)
        if shaper.questions.isEmpty { return answers }
        var needs = try await BlockingThread.run(named: "lookups") {
            var shaper = shaper
            var needs = LookupNeeds(questions: shaper.questions)
            let reader = try diff.changes()
            while let change = try reader.next() {
                guard (change.changeClass == .removed) == (selection == .removed), isAsked(change) else { continue }
                shaper.collect(&needs, of: change)
            }
            return needs
        }
        for (index, question) in shaper.questions.enumerated() {
            let isLink = index != shaper.matchQuestion
            let place = "\(destination)|\(question.object)|\(question.field)".lowercased()
            if isLink {
                for (value, id) in await context.lookups.known(place)
                where needs.remove(folded: value, question: index) {
                    answers.add(id: id, for: value, to: index)
                }
            }
            let wanted = needs.values(of: index).map { String(decoding: $0, as: UTF8.self) }
            if wanted.isEmpty { continue }
            let also = question.object == shaper.object ? columns : []
            var found: [[UInt8]: String] = [:]
            try await records(of: question, wanted, also) { id, value, text in
                var filled: UInt64 = 0
                for (bit, field) in question.filledFields.enumerated() where text(field) != nil {
                    filled |= 1 << UInt64(bit)
                }
                guard let folded = needs.folded(value, question: index) else { return }
                answers.add(id: id, filled: filled, for: Array(value.utf8), to: index)
                if isLink { found[folded] = found[folded] == nil ? id : "" }
                if !isLink { heard?(index, value, text) }
            }
            if isLink { await context.lookups.keep(found.filter { !$0.value.isEmpty }, of: place) }
            // Of an upsert the rows whose record is new are no news.
            if isLink || shaper.form.operation == .update { answers.note(missesAmong: wanted, of: index) }
        }
        return answers
    }

    /// Asks for the records of an object that have one of these values, by what is cheapest.
    func records(
        of question: LookupQuestion,
        _ values: [String],
        _ columns: [String] = [],
        _ body: (_ id: String, _ value: String, _ text: (String) -> String?) -> Void
    ) async throws {
        // The Id itself asked for by Id comes back in its long form, which is what a value is compared with.
        let selected = Set(["Id", question.field] + question.filledFields + columns).sorted()
        let select = "SELECT \(selected.joined(separator: ", ")) FROM \(question.object)"
        let course = try await LookupCourse.choose(
            values: values.count,
            bytes: values.reduce(0) { $0 + $1.utf8.count },
            records: {
                try await context.reaching {
                    try await client.count("SELECT COUNT() FROM \(question.object) WHERE \(question.field) != null")
                }
            }
        )
        func take(_ records: [SObjectRecord]) {
            for record in records {
                guard let id = record.id, let value = record.text(question.field) else { continue }
                body(id, value) { record.text($0) }
            }
        }
        let literals = values.map { literal($0, question.type) }
        switch course {
        case .queries:
            for chunk in Self.chunks(literals, most: LookupCourse.valuesAQuery) {
                let soql = "\(select) WHERE \(question.field) IN (\(chunk.joined(separator: ",")))"
                // Taken when all of it is there: what a broken answer had brought would count twice.
                let found = try await context.reaching {
                    var records: [SObjectRecord] = []
                    try await client.query(soql) { records += $0 }
                    return records
                }
                take(found)
            }
        case .composite:
            let queries = Self.chunks(literals, most: LookupCourse.valuesALongQuery).map {
                "\(select) WHERE \(question.field) IN (\($0.joined(separator: ",")))"
            }
            for chunk in Self.chunks(queries, most: LookupCourse.queriesACall, characters: .max) {
                for answer in try await context.reaching({ try await client.queries(chunk) }) { take(answer) }
            }
        case .job:
            try await job("\(select) WHERE \(question.field) != null", selected, question.field, body)
        }
    }

    // MARK: - Implementation

    /// Reads the whole object by one Bulk query job.
    private func job(
        _ soql: String,
        _ columns: [String],
        _ field: String,
        _ body: (_ id: String, _ value: String, _ text: (String) -> String?) -> Void
    ) async throws {
        var job = try await context.reaching { try await client.createQueryJob(soql) }
        var pause = Duration.milliseconds(50)
        while !job.state.isFinal {
            if try await context.signal.wait(pause, on: context.clock) {
                _ = try await client.abortQueryJob(job.id)
                throw StoppedOnRequest()
            }
            pause = min(pause * 2, .seconds(10))
            let id = job.id
            job = try await context.reaching { try await client.queryJob(id) }
        }
        guard job.state == .jobComplete else {
            throw EngineError(
                code: .source,
                subject: "look up \(field)",
                detail: "query job \(job.id) ended as \(job.state.rawValue): \(job.errorMessage ?? "no reason given")",
                isTransient: true
            )
        }
        _ = try await client.results(ofQueryJob: job.id) { names, record in
            var texts: [String: String] = [:]
            for name in columns {
                guard let index = names.index(of: name), index < record.count, !record[index].isEmpty else { continue }
                texts[name.lowercased()] = record.text(index)
            }
            guard let id = texts["id"], let value = texts[field.lowercased()] else { return }
            body(id, value) { texts[$0.lowercased()] }
        }
        try await client.deleteQueryJob(job.id)
    }

    /// A value as a query says it.
    func literal(_ value: String, _ type: FieldType) -> String {
        switch type {
        case .boolean, .int, .long, .double, .currency, .percent, .date, .datetime: value
        case .id, .reference, .string, .textarea, .phone, .url, .email, .encryptedstring, .picklist, .combobox,
            .multipicklist, .time,
            .base64, .address, .location, .anyType, .complexvalue:
            SOQL.quoted(value)
        }
    }

    /// Cuts a list into parts of so many at most, and of so many characters.
    private static func chunks(
        _ texts: [String],
        most: Int,
        characters: Int = LookupCourse.charactersALongQuery
    ) -> [[String]] {
        var chunks: [[String]] = []
        var chunk: [String] = []
        var length = 0
        for text in texts {
            if chunk.count == most || (length + text.utf8.count > characters && !chunk.isEmpty) {
                chunks.append(chunk)
                chunk.removeAll(keepingCapacity: true)
                length = 0
            }
            chunk.append(text)
            length += text.utf8.count + 1
        }
        if !chunk.isEmpty { chunks.append(chunk) }
        return chunks
    }
}
