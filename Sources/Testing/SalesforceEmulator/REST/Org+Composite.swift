extension Org {
    /// Everything below `/composite`.
    func composite(_ rest: RESTCall) throws(RESTError) -> Answer {
        switch rest.path.dropFirst().first {
        case nil:
            if rest.call.method == "GET" {
                return .json(
                    .members([
                        "tree": .string("\(rest.base)/composite/tree"),
                        "batch": .string("\(rest.base)/composite/batch"),
                        "sobjects": .string("\(rest.base)/composite/sobjects"),
                        "graph": .string("\(rest.base)/composite/graph"),
                    ])
                )
            }
            try allow(["POST"], rest)
            return try compositeCall(rest)
        case "sobjects": return try collections(rest)
        case "batch":
            try allow(["POST"], rest)
            return try compositeBatch(rest)
        case "tree":
            try allow(["POST"], rest)
            guard rest.path.count == 3 else { throw .notFound }
            return try tree(try object(rest.path[2], rest), rest)
        case "graph":
            try allow(["POST"], rest)
            return try graphs(rest)
        default: throw .notFound
        }
    }

    /// One part of a composite, answered as a call of its own without counting as one.
    func part(
        _ method: String,
        _ url: String,
        _ body: JSONValue?,
        _ headers: [(name: String, value: String)],
        _ rest: RESTCall
    ) -> Answer {
        let halves = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var call = rest.call
        call.method = method
        call.path = String(halves.first ?? "")
        call.segments = call.path.split(separator: "/").map { percentDecoded($0, plusIsBlank: false) ?? String($0) }
        call.query = halves.count > 1 ? formPairs(halves[1]) ?? [] : []
        call.body = body.map { $0.encoded() } ?? []
        call.headers = headers.map { ($0.name.lowercased(), $0.value) } + [("content-type", "application/json")]
        guard call.segments.count >= 3, call.segments[0] == "services", call.segments[1] == "data",
            call.segments[2].hasPrefix("v"), let number = Int(call.segments[2].dropFirst().prefix { $0 != "." }),
            Self.versions.contains(number)
        else { return errorAnswer(.notFound) }
        var inner = rest
        inner.call = call
        inner.version = "\(number).0"
        inner.path = Array(call.segments.dropFirst(3))
        inner.context = context(of: rest.session, call)
        if inner.path.first == "composite", inner.path.dropFirst().first != "sobjects" {
            return errorAnswer(RESTError(400, "INVALID_INPUT", "A composite resource cannot be a part of another"))
        }
        do throws(RESTError) {
            return try resource(inner)
        } catch {
            return errorAnswer(error)
        }
    }

    // MARK: - Implementation

    private func errorAnswer(_ error: RESTError) -> Answer { .json(.array([errorJSON(error)]), status: error.status) }

    private func compositeBatch(_ rest: RESTCall) throws(RESTError) -> Answer {
        try requireJSON(rest)
        let body = try rest.json()
        guard let requests = body["batchRequests"]?.array else {
            throw RESTError(400, "MISSING_ARGUMENT", "batchRequests is required")
        }
        guard requests.count <= 25 else {
            throw RESTError(400, "INVALID_BATCH_SIZE", "A batch can contain at most 25 requests")
        }
        let halts = body["haltOnError"]?.bool ?? false
        var results: [JSONValue] = []
        var hasErrors = false
        for request in requests {
            if hasErrors, halts {
                let error = RESTError(
                    412,
                    "BATCH_PROCESSING_HALTED",
                    "Batch processing was halted because an earlier request failed"
                )
                results.append(.members(["statusCode": .int(412), "result": .array([error.json])]))
                continue
            }
            _ = limits.take("DailyApiRequests", now: clock.now)
            guard let method = request["method"]?.string, let url = request["url"]?.string else {
                throw RESTError(400, "INVALID_BATCH_REQUEST", "method and url are required")
            }
            let full =
                url.hasPrefix("/services/data")
                ? url : "/services/data/\(url.hasPrefix("/") ? String(url.dropFirst()) : url)"
            let answer = part(method.uppercased(), full, request["richInput"], [], rest)
            if answer.status >= 400 { hasErrors = true }
            results.append(.members(["statusCode": .int(answer.status), "result": value(of: answer)]))
        }
        return .json(.members(["hasErrors": .bool(hasErrors), "results": .array(results)]))
    }

    /// The body of an answer as JSON; null when it has none.
    func value(of answer: Answer) -> JSONValue {
        if answer.body.isEmpty { return .null }
        // Bodies of ours are JSON; others are shown as their text.
        return (try? JSONReader.read(answer.body)) ?? .string(String(decoding: answer.body, as: UTF8.self))
    }
}
