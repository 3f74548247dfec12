extension Org {
    /// `POST /composite` (reference 02 §7.1).
    func compositeCall(_ rest: RESTCall) throws(RESTError) -> Answer {
        try requireJSON(rest)
        let body = try rest.json()
        guard let requests = body["compositeRequest"]?.array else {
            throw RESTError(400, "MISSING_ARGUMENT", "compositeRequest is required")
        }
        guard requests.count <= 25 else {
            throw RESTError(400, "LIMIT_EXCEEDED", "A composite request can contain at most 25 subrequests")
        }
        let (results, _) = try subrequests(requests, allOrNone: body["allOrNone"]?.bool ?? false, rest)
        return .json(.members(["compositeResponse": .array(results)]))
    }

    /// `POST /composite/graph` (reference 02 §7.3): each graph holds together or not at all.
    func graphs(_ rest: RESTCall) throws(RESTError) -> Answer {
        try requireJSON(rest)
        guard let graphs = try rest.json()["graphs"]?.array else {
            throw RESTError(400, "MISSING_ARGUMENT", "graphs is required")
        }
        guard graphs.count <= 75, graphs.reduce(0, { $0 + ($1["compositeRequest"]?.array?.count ?? 0) }) <= 500 else {
            throw RESTError(400, "LIMIT_EXCEEDED", "A payload can contain at most 75 graphs with 500 nodes")
        }
        var answers: [JSONValue] = []
        var failures = 0
        for graph in graphs {
            let nodes = graph["compositeRequest"]?.array ?? []
            try checkGraph(nodes)
            let (results, failed) =
                failures < 14 ? try subrequests(nodes, allOrNone: true, rest) : (unprocessed(nodes), true)
            if failed { failures += 1 }
            answers.append(
                .members([
                    "graphId": graph["graphId"] ?? .null,
                    "graphResponse": .members(["compositeResponse": .array(results)]), "isSuccessful": .bool(!failed),
                ])
            )
        }
        return .json(.members(["graphs": .array(answers)]))
    }

    // MARK: - Implementation

    /// A graph holds records alone, of at most 15 kinds (reference 02 §7.3).
    private func checkGraph(_ nodes: [JSONValue]) throws(RESTError) {
        var kinds: Set<String> = []
        for node in nodes {
            let parts = (node["url"]?.string ?? "").prefix { $0 != "?" }.split(separator: "/")
            guard parts.count > 4, parts[3] == "sobjects" else {
                throw RESTError(
                    400,
                    "INVALID_INPUT",
                    "Only sObject resources can be nodes of a graph: \(node["url"]?.string ?? "")"
                )
            }
            kinds.insert("\(node["method"]?.string ?? "") \(parts[4])")
        }
        guard kinds.count <= 15 else {
            throw RESTError(400, "LIMIT_EXCEEDED", "A graph can contain at most 15 different kinds of nodes")
        }
    }

    /// The answers of a graph that came after too many failures.
    private func unprocessed(_ nodes: [JSONValue]) -> [JSONValue] {
        nodes.map { node in
            .members([
                "body": value(of: halted("The graph was not processed because too many graphs before it failed.")),
                "httpHeaders": .object([]), "httpStatusCode": .int(400), "referenceId": node["referenceId"] ?? .null,
            ])
        }
    }

    private struct Subrequest {
        var method: String
        var url: String
        var reference: String
        var body: JSONValue?
        var headers: [(name: String, value: String)]
    }

    private func subrequests(
        _ requests: [JSONValue],
        allOrNone: Bool,
        _ rest: RESTCall
    ) throws(RESTError) -> ([JSONValue], failed: Bool) {
        var parsed: [Subrequest] = []
        for request in requests {
            let item = try subrequest(request)
            if parsed.contains(where: { $0.reference == item.reference }) {
                throw RESTError(400, "INVALID_INPUT", "Duplicate reference ID: \(item.reference)")
            }
            parsed.append(item)
        }
        let heavy = parsed.count { $0.url.contains("/query") || $0.url.contains("/composite/sobjects") }
        guard heavy <= 5 else {
            throw RESTError(
                400,
                "LIMIT_EXCEEDED",
                "A composite request can contain at most 5 query or sObject Collections subrequests"
            )
        }
        var answers: [Answer] = []
        var failed = false
        undoable {
            var known: [String: JSONValue] = [:]
            for item in parsed {
                let answer: Answer
                if failed, allOrNone {
                    answer = halted(
                        "The transaction was rolled back since another operation in the same transaction failed."
                    )
                } else {
                    answer = perform(item, known, rest)
                    known[item.reference] = answer.status < 400 ? value(of: answer) : nil
                }
                if answer.status >= 400 { failed = true }
                answers.append(answer)
            }
            return !(failed && allOrNone)
        }
        if failed, allOrNone {
            answers = answers.map {
                $0.status < 400
                    ? halted("The transaction was rolled back since another operation in the same transaction failed.")
                    : $0
            }
        }
        let shown = zip(parsed, answers).map { item, answer -> JSONValue in
            let told = answer.headers.filter { ["Location", "ETag", "Last-Modified"].contains($0.name) }
            let shownHeaders = answer.status == 304 ? told : told.filter { $0.name == "Location" }
            return .members([
                "body": value(of: answer),
                "httpHeaders": .object(shownHeaders.map { JSONMember(name: $0.name, value: .string($0.value)) }),
                "httpStatusCode": .int(answer.status), "referenceId": .string(item.reference),
            ])
        }
        return (shown, failed)
    }

    private func subrequest(_ json: JSONValue) throws(RESTError) -> Subrequest {
        guard let method = json["method"]?.string, let url = json["url"]?.string,
            let reference = json["referenceId"]?.string
        else {
            throw RESTError(400, "INVALID_INPUT", "method, url and referenceId are required in each subrequest")
        }
        guard !reference.isEmpty,
            reference.utf8.allSatisfy({
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95
            })
        else { throw RESTError(400, "INVALID_INPUT", "Provided referenceId ('\(reference)') has an invalid character") }
        let headers = (json["httpHeaders"]?.members ?? []).map { (name: $0.name, value: $0.value.string ?? "") }
        if let header = headers.first(where: {
            ["accept", "authorization", "content-type"].contains($0.name.lowercased())
        }) {
            throw RESTError(400, "INVALID_INPUT", "The header \(header.name) cannot be set in a subrequest")
        }
        return Subrequest(
            method: method.uppercased(),
            url: url,
            reference: reference,
            body: json["body"],
            headers: headers
        )
    }

    private func halted(_ why: String) -> Answer {
        .json(.array([.members(["errorCode": .string("PROCESSING_HALTED"), "message": .string(why)])]), status: 400)
    }

    private func perform(_ item: Subrequest, _ known: [String: JSONValue], _ rest: RESTCall) -> Answer {
        do throws(UnknownReference) {
            let url = try filled(item.url, known)
            let body = try item.body.map { body throws(UnknownReference) in try filled(body, known) }
            return part(item.method, url, body, item.headers, rest)
        } catch {
            return halted(
                "Invalid reference specified. No value for \(error.path) found in \(error.path.prefix { $0 != "." && $0 != "[" }). "
            )
        }
    }

    private struct UnknownReference: Error {
        var path: String
    }

    private func filled(_ json: JSONValue, _ known: [String: JSONValue]) throws(UnknownReference) -> JSONValue {
        switch json {
        case .string(let text): return .string(try filled(text, known))
        case .array(let items):
            var out: [JSONValue] = []
            for item in items { out.append(try filled(item, known)) }
            return .array(out)
        case .object(let members):
            var out: [JSONMember] = []
            for member in members { out.append(JSONMember(name: member.name, value: try filled(member.value, known))) }
            return .object(out)
        case .null, .bool, .number: return json
        }
    }

    /// `@{acc.id}` replaced by what the subrequest `acc` answered.
    private func filled(_ text: String, _ known: [String: JSONValue]) throws(UnknownReference) -> String {
        var out = ""
        var rest = text[...]
        while let mark = rest.firstRange(of: "@{"), let end = rest[mark.upperBound...].firstIndex(of: "}") {
            out += rest[..<mark.lowerBound]
            let path = String(rest[mark.upperBound..<end])
            guard let value = lookUp(path, known) else { throw UnknownReference(path: path) }
            out += value
            rest = rest[rest.index(after: end)...]
        }
        return out + rest
    }

    private func lookUp(_ path: String, _ known: [String: JSONValue]) -> String? {
        let steps = path.replacing("[", with: ".").replacing("]", with: "").split(separator: ".").map(String.init)
        guard let first = steps.first, var value = known[first] else { return nil }
        for step in steps.dropFirst() {
            if let index = Int(step), let items = value.array {
                guard items.indices.contains(index) else { return nil }
                value = items[index]
            } else if let member = value.members?.first(where: { $0.name.lowercased() == step.lowercased() }) {
                value = member.value
            } else {
                return nil
            }
        }
        switch value {
        case .string(let text), .number(let text): return text
        case .bool(let bool): return bool ? "true" : "false"
        case .null, .array, .object: return nil
        }
    }
}
