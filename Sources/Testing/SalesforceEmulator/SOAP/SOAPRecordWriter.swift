/// Writes REST's JSON as SOAP has it, for one of the two schemas.
///
/// In the partner schema a record is an `sObject` with its type and id before the fields that were asked for; in the
/// enterprise schema the element's type says what it is, and nothing else is added.
struct SOAPRecordWriter {
    static let enterpriseSpace = "urn:enterprise.soap.sforce.com"

    let schema: Schema
    let isEnterprise: Bool

    /// A page of a query.
    func page(_ json: JSONValue) -> String {
        let next = json["nextRecordsUrl"]?.string?.split(separator: "/").last.map(String.init)
        let locator = next.map { "<queryLocator>\($0)</queryLocator>" } ?? "<queryLocator xsi:nil=\"true\"/>"
        let records = (json["records"]?.array ?? []).map { record($0, as: "records") }.joined()
        let size = json["totalSize"]?.integer ?? 0
        return "<done>\(json["done"]?.bool ?? true)</done>\(locator)\(records)<size>\(size)</size>"
    }

    func record(_ json: JSONValue, as name: String, prefix: String = "") -> String {
        let typeName = json["attributes"]?["type"]?.string ?? ""
        let fields = (json.members ?? []).filter { $0.name != "attributes" }.map {
            field($0.name, $0.value, of: schema[typeName]?.field($0.name))
        }.joined()
        if isEnterprise, typeName != "AggregateResult" {
            return "<\(prefix)\(name) xsi:type=\"sf:\(typeName)\">\(fields)</\(prefix)\(name)>"
        }
        let id = json["Id"]?.string.map { "<sf:Id>\($0)</sf:Id>" } ?? "<sf:Id xsi:nil=\"true\"/>"
        return "<\(prefix)\(name) xsi:type=\"sf:sObject\"><sf:type>\(typeName)</sf:type>\(id)\(fields)"
            + "</\(prefix)\(name)>"
    }

    // MARK: - Implementation

    private func field(_ name: String, _ value: JSONValue, of field: Field?) -> String {
        switch value {
        case .null: return "<sf:\(name) xsi:nil=\"true\"/>"
        case .bool(let bool): return "<sf:\(name)>\(bool)</sf:\(name)>"
        case .number(let text): return "<sf:\(name)>\(text)</sf:\(name)>"
        case .string(let text):
            let shown = field?.type == .datetime ? text.replacing("+0000", with: "Z") : text
            return "<sf:\(name)>\(escapedXML(shown))</sf:\(name)>"
        case .array(let items): return items.map { self.field(name, $0, of: field) }.joined()
        case .object(let members):
            if value["attributes"] != nil { return record(value, as: name, prefix: "sf:") }
            if value["records"] != nil { return "<sf:\(name) xsi:type=\"QueryResult\">\(page(value))</sf:\(name)>" }
            let kind = field?.type == .location ? "location" : "address"
            let parts = members.map { part in
                part.value.isNull
                    ? "<\(part.name) xsi:nil=\"true\"/>"
                    : "<\(part.name)>\(escapedXML(part.value.string ?? part.value.double.map { "\($0)" } ?? ""))</\(part.name)>"
            }.joined()
            return "<sf:\(name) xsi:type=\"\(kind)\">\(parts)</sf:\(name)>"
        }
    }
}
