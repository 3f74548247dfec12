/// An error of the original Bulk API (reference 03 §7).
struct ClassicError: Error {
    var code: String
    var message: String
    var status = 400

    init(_ code: String, _ message: String, status: Int = 400) {
        self.code = code
        self.message = message
        self.status = status
    }

    func answer(json: Bool) -> Answer {
        if json {
            return Answer(
                status: status,
                headers: [("Content-Type", "application/json")],
                body: JSONValue.members(["exceptionCode": .string(code), "exceptionMessage": .string(message)])
                    .encoded()
            )
        }
        let text =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><error\n   xmlns=\"\(dataloadNamespace)\">\n <exceptionCode>\(code)"
            + "</exceptionCode>\n <exceptionMessage>\(escapedXML(message))</exceptionMessage>\n</error>"
        return .text(text, status: status, type: "application/xml")
    }
}

let dataloadNamespace = "http://www.force.com/2009/06/asyncapi/dataload"
