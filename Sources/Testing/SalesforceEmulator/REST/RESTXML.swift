/// A JSON answer as REST's XML: objects become elements, lists repeat their element.
func restXML(_ json: JSONValue) -> [UInt8] {
    var out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
    switch json {
    case .array(let items) where items.contains { $0["errorCode"] != nil }:
        out += "<Errors>" + items.map { element("Error", $0) }.joined() + "</Errors>"
    case .array(let items): out += "<list>" + items.map { element("item", $0) }.joined() + "</list>"
    case .object(let members):
        let root =
            json["records"] != nil
            ? "QueryResult" : json["success"] != nil ? "Result" : json["attributes"]?["type"]?.string ?? "Response"
        out += "<\(root)>" + members.map { element($0.name, $0.value) }.joined() + "</\(root)>"
    case .null, .bool, .number, .string: out += element("value", json)
    }
    return Array(out.utf8)
}

private func element(_ name: String, _ value: JSONValue) -> String {
    switch value {
    case .null: "<\(name) xsi:nil=\"true\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"/>"
    case .bool(let bool): "<\(name)>\(bool)</\(name)>"
    case .number(let text): "<\(name)>\(text)</\(name)>"
    case .string(let string): "<\(name)>\(escapedXML(string))</\(name)>"
    case .array(let items): items.map { element(name, $0) }.joined()
    case .object(let members): "<\(name)>" + members.map { element($0.name, $0.value) }.joined() + "</\(name)>"
    }
}
