internal import DelimitedText
internal import Foundation
internal import Salesforce
internal import Shaping
internal import Spool
internal import SyncModel

/// Holds the rows of one spool against what Salesforce has, by one Bulk query over the object.
struct AdoptionComparison {
    let ready: ReadySpool
    let sync: SyncDefinition
    let object: ObjectDescription

    /// One bit a row: Salesforce holds it as it is.
    private(set) var accepted: [UInt8]
    private(set) var acceptedCount = 0
    private(set) var missing: [Int] = []
    private(set) var different: [Int] = []

    init(ready: ReadySpool, sync: SyncDefinition, object: ObjectDescription) {
        self.ready = ready
        self.sync = sync
        self.object = object
        accepted = [UInt8](repeating: 0, count: (ready.spool.count + 7) / 8)
    }

    /// Takes every row as held, unasked.
    mutating func acceptAll() {
        for row in 0..<ready.spool.count { accept(row) }
    }

    /// Asks Salesforce for all records of the object, and compares.
    ///
    /// - Throws: `EngineError` for a sync whose rows can't be found in Salesforce; `SalesforceError`.
    mutating func ask(_ client: SalesforceClient, _ context: RunContext) async throws {
        guard let match = sync.match?.field else {
            throw EngineError(
                code: .mapping,
                subject: "sync \(sync.name)",
                detail: "its rows can't be looked up in Salesforce without `match:`",
                hint: "sequencectl adopt \(sync.name), without --check, takes them all as delivered"
            )
        }
        let isCaseSensitive = object.field(match)?.isCaseSensitive ?? false
        let places = try index(isCaseSensitive)
        let values = ready.columns.filter { $0.lowercased() != match.lowercased() }
        let columns = [match] + values
        let kinds = values.map { object.field($0)?.type }
        var found = [UInt8](repeating: 0, count: ready.spool.count)
        let soql = "SELECT \(columns.joined(separator: ", ")) FROM \(ready.object) WHERE \(match) != null"
        let job = try await ended(client.createQueryJob(soql), client, context)
        var folded: [UInt8] = []
        _ = try await client.results(ofQueryJob: job.id) { header, record in
            guard let key = header.index(of: match), key < record.count,
                let row = places[MatchFolding.hash(record[key], caseSensitive: isCaseSensitive, scratch: &folded)]
            else { return }
            // A second record with the same match value: it can't be told which is meant.
            if found[row] != 0 {
                found[row] = 2
                return
            }
            let own = try ready.values(of: row)
            let same = zip(values, kinds).allSatisfy { name, kind in
                // What is not in the payload is left alone, whatever the field holds; so is an empty cell in CSV.
                guard let wanted = own[name], ready.isJSON || !wanted.isEmpty else { return true }
                guard let column = header.index(of: name), column < record.count else { return false }
                return Self.isEqual(wanted.isEmpty ? "#N/A" : wanted, record.text(column), kind)
            }
            found[row] = same || ready.operation == .insert ? 1 : 2
        }
        // Left to expire when it can't be deleted.
        try? await client.deleteQueryJob(job.id)
        for row in 0..<ready.spool.count {
            switch found[row] {
            case 0: missing.append(row)
            case 1: accept(row)
            default: different.append(row)
            }
        }
    }

    // MARK: - Implementation

    private mutating func accept(_ row: Int) {
        accepted[row >> 3] |= 1 << UInt8(row & 7)
        acceptedCount += 1
    }

    /// Rows by the hash of their match value.
    private func index(_ isCaseSensitive: Bool) throws -> [UInt64: Int] {
        var places: [UInt64: Int] = [:]
        places.reserveCapacity(ready.spool.count)
        var folded: [UInt8] = []
        try ready.spool.forEachRow(in: 0..<ready.spool.count) { row, _, _, _, match in
            places[MatchFolding.hash(match, caseSensitive: isCaseSensitive, scratch: &folded)] = row
        }
        return places
    }

    private func ended(_ job: IngestJob, _ client: SalesforceClient, _ context: RunContext) async throws -> IngestJob {
        var job = job
        var pause = Duration.milliseconds(100)
        while !job.state.isFinal {
            if try await context.signal.wait(pause, on: context.clock) { throw StoppedOnRequest() }
            let id = job.id
            job = try await context.reaching { try await client.queryJob(id) }
            pause = min(pause * 2, .seconds(10))
        }
        guard job.state == .jobComplete else {
            throw EngineError(
                code: .destination,
                subject: "the records of \(ready.object)",
                detail: job.errorMessage ?? "query job \(job.id) ended as \(job.state.rawValue)"
            )
        }
        return job
    }

    /// Whether what would be sent is what is held: numbers and times by their value, all else by its text.
    static func isEqual(_ wanted: String, _ held: String, _ type: FieldType?) -> Bool {
        if wanted == "#N/A" { return held.isEmpty || (type == .boolean && held == "false") }
        if wanted == held { return true }
        switch type {
        case .int, .long, .double, .currency, .percent:
            guard let left = Decimal(string: wanted), let right = Decimal(string: held) else { return false }
            return left == right
        case .boolean: return wanted.lowercased() == held.lowercased()
        case .datetime, .time, .date: return moment(wanted) == moment(held)
        case .id, .reference: return wanted.prefix(15) == held.prefix(15) && !wanted.isEmpty
        case .multipicklist: return Set(wanted.split(separator: ";")) == Set(held.split(separator: ";"))
        case .email: return wanted.lowercased() == held.lowercased()
        default: return false
        }
    }

    /// A time without its form: `2026-01-01T00:00:00.000Z` and `2026-01-01T00:00:00.000+0000` are one.
    private static func moment(_ text: String) -> String {
        var text = text
        for zero in ["+00:00", "+0000", "Z"] where text.hasSuffix(zero) { text = String(text.dropLast(zero.count)) }
        while text.contains("."), text.hasSuffix("0") || text.hasSuffix(".") {
            let isPoint = text.hasSuffix(".")
            text.removeLast()
            if isPoint { break }
        }
        return text
    }
}
