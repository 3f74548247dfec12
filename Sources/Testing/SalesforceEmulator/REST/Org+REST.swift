/// A REST call inside a session: what is left of the path after the version, and who calls.
struct RESTCall {
    var call: Call
    /// `62.0`.
    var version: String
    /// The path's parts after `/services/data/vNN.0`.
    var path: [String]
    var session: Session
    var context: SaveContext
    /// Whether bytes are shown themselves, in base64, and not where they are read: SOAP's way.
    var holdsBytes = false

    var base: String { "/services/data/v\(version)" }
    var number: Double { Double(version) ?? 0 }

    func url(_ type: ObjectType, _ id: RecordID) -> String { "\(base)/sobjects/\(type.name)/\(id.long)" }

    /// The body as JSON.
    func json() throws(RESTError) -> JSONValue {
        if call.body.isEmpty { throw .noBody }
        if call.isXML { return try xml() }
        do throws(JSONFault) {
            return try JSONReader.read(call.body)
        } catch {
            throw RESTError(400, "JSON_PARSER_ERROR", error.message)
        }
    }

    /// A body of XML as the JSON that says the same: elements are members, repeated ones lists.
    private func xml() throws(RESTError) -> JSONValue {
        do throws(XMLFault) {
            return Self.value(of: try XMLReader.read(call.body))
        } catch {
            throw RESTError(400, "XML_PARSER_ERROR", error.message)
        }
    }

    private static func value(of node: XMLNode) -> JSONValue {
        if node.isNil { return .null }
        if node.children.isEmpty { return .string(node.text) }
        var members: [JSONMember] = []
        var places: [String: Int] = [:]
        var lists: [Int: [JSONValue]] = [:]
        for child in node.children {
            if let index = places[child.name] {
                lists[index, default: [members[index].value]].append(value(of: child))
            } else {
                places[child.name] = members.count
                members.append(JSONMember(name: child.name, value: value(of: child)))
            }
        }
        for (index, values) in lists { members[index].value = .array(values) }
        return .object(members)
    }
}

extension Org {
    static let versions = 41...67

    /// Answers everything below `/services/data`.
    func rest(_ call: Call) -> (kind: String, Answer) {
        guard call.segments.count > 2 else {
            guard ["GET", "HEAD"].contains(call.method) else {
                let error = RESTError.method(call.method, allowed: "GET,HEAD")
                return ("rest", Answer.json(.array([error.json]), status: error.status).with("Allow", "GET,HEAD"))
            }
            return ("rest", .json(versionList, pretty: isPretty(call)))
        }
        let kind = restKind(call)
        let (path, form) = pathAndForm(call)
        do throws(RESTError) {
            let version = call.segments[2]
            guard version.hasPrefix("v"), version.hasSuffix(".0"), let number = Int(version.dropFirst().dropLast(2))
            else {
                throw .notFound
            }
            if (20..<Self.versions.lowerBound).contains(number) {
                throw RESTError(410, "UNSUPPORTED_API_VERSION", "The requested API version has been retired")
            }
            guard Self.versions.contains(number) else { throw .notFound }
            let session = try bearer(call)
            if users[session.user.lowercased()]?.lacks.contains("api_enabled") == true {
                throw RESTError(403, "API_CURRENTLY_DISABLED", "API is disabled for this User")
            }
            guard limits.take("DailyApiRequests", now: clock.now) else {
                throw RESTError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
            }
            guard
                session.scope.isEmpty
                    || session.scope.split(separator: " ").contains(where: { $0 == "api" || $0 == "full" })
            else {
                throw RESTError(403, "INVALID_SESSION_ID", "This session is not valid for use with the REST API")
            }
            let rest = RESTCall(
                call: call,
                version: "\(number).0",
                path: path,
                session: session,
                context: context(of: session, call)
            )
            var answer = try resource(rest)
            answer = inWantedForm(answer, call, form)
            return (kind, withLimits(answer))
        } catch {
            var answer = Answer.json(.array([errorJSON(error)]), status: error.status)
            if error.status == 405, let allowed = error.message.split(separator: " ").last {
                answer = answer.with("Allow", String(allowed))
            }
            return (kind, withLimits(inWantedForm(answer, call, form)))
        }
    }

    /// Answers one resource; also for the parts of composites.
    func resource(_ rest: RESTCall) throws(RESTError) -> Answer {
        let path = rest.path
        switch path.first {
        case nil:
            try allow(["GET", "HEAD"], rest)
            return .json(resourceList(rest))
        case "sobjects": return try sobjects(rest)
        case "query", "queryAll": return try query(rest)
        case "limits": return try limitsResource(rest)
        case "jobs": return try jobs(rest)
        case "composite": return try composite(rest)
        case "tooling": return try tooling(rest)
        case "search", "parameterizedSearch": return try search(rest)
        default: return try page(rest)
        }
    }

    func allow(_ methods: [String], _ rest: RESTCall) throws(RESTError) {
        guard methods.contains(rest.call.method) else {
            throw .method(rest.call.method, allowed: methods.joined(separator: ","))
        }
    }

    /// The object a path names, unless the user may not see it.
    func object(_ name: String, _ rest: RESTCall) throws(RESTError) -> ObjectType {
        guard let type = schema[name], !isHidden(type, rest.session), !type.isToolingOnly else { throw .notFound }
        return type
    }

    func isHidden(_ type: ObjectType, _ session: Session) -> Bool {
        users[session.user.lowercased()]?.hiddenObjects.contains(type.name) ?? false
    }

    func errorJSON(_ error: RESTError) -> JSONValue {
        guard let found = error.duplicates else { return error.json }
        var json = error.json
        json.remove("fields")
        guard case .object(let members) = json else { return json }
        return .object([JSONMember(name: "duplicateResut", value: duplicateJSON(found, "62.0"))] + members)
    }

    // MARK: - Implementation

    private var versionList: JSONValue {
        .array(
            Self.versions.map { number in
                let year = 24 + (number - 60) / 3 - (number < 60 && (number - 60) % 3 != 0 ? 1 : 0)
                let season = ["Spring '\(year)", "Summer '\(year)", "Winter '\(year + 1)"][((number - 60) % 3 + 3) % 3]
                return .members([
                    "label": .string(season), "url": .string("/services/data/v\(number).0"),
                    "version": .string("\(number).0"),
                ])
            }
        )
    }

    private func resourceList(_ rest: RESTCall) -> JSONValue {
        let names = [
            "tooling", "query", "queryAll", "search", "parameterizedSearch", "sobjects", "limits", "composite", "jobs",
            "recent", "actions", "process", "tabs", "theme", "quickActions", "appMenu", "compactLayouts",
        ]
        var members = names.map { JSONMember(name: $0, value: .string("\(rest.base)/\($0)")) }
        if let user = users[rest.session.user.lowercased()] {
            members.append(JSONMember(name: "identity", value: .string(identityURL(user, rest.call))))
        }
        return .object(members)
    }

    private func isPretty(_ call: Call) -> Bool { call.header("x-prettyprint") == "1" }

    private func withLimits(_ answer: Answer) -> Answer {
        let usage = limits.usage("DailyApiRequests", now: clock.now)
        return answer.with("Sforce-Limit-Info", "api-usage=\(usage.used)/\(usage.maximum)")
            .with("Cache-Control", "no-cache,must-revalidate,max-age=0,no-store,private")
    }

    /// The path below the version, and the form that its last part asks for: `Account.json`, `describe.xml`.
    ///
    /// An external id that ends so means itself.
    private func pathAndForm(_ call: Call) -> (path: [String], form: String?) {
        var path = Array(call.segments.dropFirst(3))
        guard let last = path.last, let dot = last.lastIndex(of: "."), dot > last.startIndex,
            !(path.first == "sobjects" && path.count > 3)
        else { return (path, nil) }
        let form = last[last.index(after: dot)...].lowercased()
        guard form == "json" || form == "xml" else { return (path, nil) }
        path[path.count - 1] = String(last[..<dot])
        return (path, form)
    }

    /// JSON, spaced when that was asked for, or XML by the path or by `Accept`.
    private func inWantedForm(_ answer: Answer, _ call: Call, _ form: String?) -> Answer {
        guard answer.headers.contains(where: { $0.value.hasPrefix("application/json") }) else { return answer }
        let accept = call.header("accept")?.lowercased() ?? ""
        let wantsXML =
            form == "xml" || form == nil && (accept.hasPrefix("application/xml") || accept.hasPrefix("text/xml"))
        guard isPretty(call) || wantsXML, let json = try? JSONReader.read(answer.body) else { return answer }
        var copy = answer
        if wantsXML {
            copy.headers = copy.headers.map {
                $0.value.hasPrefix("application/json") ? ($0.name, "application/xml;charset=UTF-8") : $0
            }
            copy.body = restXML(json)
        } else {
            copy.body = json.encoded(pretty: true)
        }
        return copy
    }

    private func restKind(_ call: Call) -> String {
        switch call.segments.dropFirst(3).first {
        case "query", "queryAll": "query"
        case "jobs": "bulk2"
        case "composite": "composite"
        case "tooling": "tooling"
        case "sobjects": call.segments.last == "describe" || call.segments.count == 4 ? "describe" : "sobjects"
        case "limits": "limits"
        default: "rest"
        }
    }
}
