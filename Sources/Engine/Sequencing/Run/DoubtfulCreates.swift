internal import CivilTime
internal import Ledger
internal import Salesforce
internal import Spool
internal import SyncModel

/// Creates that were sent twice, since the first answer was lost: what Salesforce then calls a double may be our own record.
///
/// It is ours if our user created it since the intent was stored and it holds what we sent (durability.md).
struct DoubtfulCreates: Sendable {
    let delivery: ChangeDelivery
    let ready: ReadySpool
    let rows: Range<Int>
    let intent: Intent
    private let description: ObjectDescription

    init(delivery: ChangeDelivery, ready: ReadySpool, rows: Range<Int>, intent: Intent) throws {
        self.delivery = delivery
        self.ready = ready
        self.rows = rows
        self.intent = intent
        description = try delivery.objects.object(ready.object)
    }

    /// Accepts those of the doubtful rows whose record turns out to be ours; the others stay refused.
    func clearUp(_ doubt: Set<Int>, _ fates: inout RowFates) async throws {
        let doubled = doubt.filter { fates.failures[$0]?.code == "DUPLICATE_VALUE" }.sorted()
        guard !doubled.isEmpty else { return }
        let user = try await delivery.client.identity().userID
        for place in doubled where try await isOurs(rows.lowerBound + place, user) {
            fates.failures[place] = nil
            fates.accept(place)
        }
    }

    // MARK: - Implementation

    private func isOurs(_ row: Int, _ user: String) async throws -> Bool {
        let values = try ready.values(of: row)
        let unique = values.first { name, value in
            !value.isEmpty && (description.field(name)?.isUnique ?? false)
        }
        guard let unique, let field = description.field(unique.key) else { return false }
        let compared = values.keys.filter { !$0.contains(".") && isComparable($0) }.sorted()
        let columns = Set(["Id", "CreatedById", "CreatedDate"] + compared).sorted().joined(separator: ", ")
        let value = isBare(field.type) ? unique.value : SOQL.quoted(unique.value)
        let soql = "SELECT \(columns) FROM \(description.name) WHERE \(field.name) = \(value)"
        let found = try await delivery.context.reaching { try await delivery.client.query(soql, atMost: 2) }
        guard found.count == 1, let record = found.first,
            record.text("CreatedById").flatMap(RecordID.long) == RecordID.long(user),
            isRecent(record.text("CreatedDate"))
        else { return false }
        return compared.allSatisfy { isSame(values[$0] ?? "", record.text($0) ?? "", description.field($0)?.type) }
    }

    /// Whether the record is not older than our intent; the two clocks may differ a little.
    private func isRecent(_ text: String?) -> Bool {
        guard let text, let created = Timestamp(salesforce: text), let begun = intent.created else { return false }
        return created >= begun - Self.clockDifference
    }

    private static let clockDifference = Duration.seconds(300)

    /// Types whose text is the same on both ways; of others (moments, addresses) Salesforce has forms of its own.
    private func isComparable(_ name: String) -> Bool {
        guard let field = description.field(name), !field.isCalculated else { return false }
        switch field.type {
        case .string, .textarea, .email, .url, .picklist, .combobox, .multipicklist, .boolean, .int, .long, .double,
            .currency, .percent, .date, .id, .reference:
            return true
        case .phone, .encryptedstring, .datetime, .time, .base64, .address, .location, .anyType, .complexvalue:
            return false
        }
    }

    private func isBare(_ type: FieldType) -> Bool {
        switch type {
        case .boolean, .int, .long, .double, .currency, .percent, .date, .datetime: true
        case .id, .reference, .string, .textarea, .phone, .url, .email, .encryptedstring, .picklist, .combobox,
            .multipicklist, .time, .base64, .address, .location, .anyType, .complexvalue:
            false
        }
    }

    private func isSame(_ sent: String, _ held: String, _ type: FieldType?) -> Bool {
        if sent == held { return true }
        if let sent = Double(sent), let held = Double(held), type.map(isBare) ?? false { return sent == held }
        if type == .email { return sent.lowercased() == held.lowercased() }
        return false
    }
}
