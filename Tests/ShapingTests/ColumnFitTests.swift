import SyncModel
import Testing

@testable import Shaping

@Suite struct `A column's type` {
    private static let boolean = ColumnType("boolean", "t")
    private static let whole = ColumnType("integer", "1", "20260301")
    private static let day = ColumnType("date", "2026-03-01")
    private static let local = ColumnType("timestamp without time zone", "2026-03-01 10:15:30")
    private static let instant = ColumnType("timestamp with time zone", "2026-03-01 10:15:30+00")

    private func misfit(_ type: ColumnType, _ field: FieldType, zone: LocalZone? = nil) -> String? {
        type.misfit(into: FieldDescription(name: "F__c", type: field, length: 18, precision: 18), zone: zone)
    }

    @Test(arguments: [
        (boolean, FieldType.boolean), (whole, .boolean), (whole, .double), (whole, .date), (day, .date), (local, .date),
        (instant, .datetime), (day, .string), (boolean, .picklist), (whole, .reference),
    ])
    func `fits where the field takes some of its values`(_ type: ColumnType, _ field: FieldType) {
        #expect(misfit(type, field) == nil)
    }

    @Test(arguments: [
        (boolean, FieldType.double), (boolean, .date), (day, .boolean), (day, .currency), (instant, .int),
        (instant, .time), (boolean, .datetime),
    ])
    func `does not fit where it takes none, and the words say what to do`(_ type: ColumnType, _ field: FieldType) {
        let words = misfit(type, field) ?? ""
        #expect(words.hasPrefix("\(type.name) does not fit F__c: "), "\(words)")
        #expect(words.hasSuffix("cast it in the model's query"), "\(words)")
    }

    @Test func `without a zone fits a datetime where the model has one`() {
        #expect(misfit(Self.local, .datetime)?.contains("give the model a timezone") == true)
        #expect(misfit(Self.local, .datetime, zone: .utc) == nil)
        #expect(misfit(Self.day, .datetime, zone: .utc) == nil)
    }
}
