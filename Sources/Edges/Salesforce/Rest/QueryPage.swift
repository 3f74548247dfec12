/// A page of a query's answer.
struct QueryPage: Sendable {
    var records: [SObjectRecord]
    var totalSize: Int
    /// Nil on the last page.
    var nextRecordsURL: String?
}

extension QueryPage {
    init?(_ object: JSONObject) {
        guard let records = object["records"]?.array, let done = object["done"]?.bool else { return nil }
        let read = records.compactMap { $0.object.map(SObjectRecord.init) }
        let next = object["nextRecordsUrl"]?.string
        guard read.count == records.count, next.map(SalesforceRequest.isFollowable) != false, done == (next == nil)
        else { return nil }
        self.init(records: read, totalSize: object["totalSize"]?.int ?? read.count, nextRecordsURL: next)
    }

    init(_ answer: SalesforceAnswer) throws {
        guard let page = QueryPage(try answer.jsonObject()) else { throw answer.malformed("no page of records") }
        self = page
    }
}
