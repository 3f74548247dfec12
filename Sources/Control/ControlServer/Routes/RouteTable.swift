import ControlProtocol

/// Every path that is served.
enum RouteTable {
    static let routes = open + reading + lists + runs + windows + definitions + destinations + state

    /// The route for a method and a path.
    ///
    /// - Throws: `ControlFault`: `notFound` for a path that is not served, `methodNotAllowed` for one that is, otherwise.
    static func route(method: String, path: String) throws -> Route {
        guard let there = byPath[path] else {
            throw ControlFault(
                .notFound,
                ControlPath.unknownPath + path,
                hint: "docs/openapi.yaml lists them"
            )
        }
        guard let route = there.first(where: { $0.method.rawValue == method }) else {
            let allowed = methods(of: path).joined(separator: ", ")
            throw ControlFault(
                .methodNotAllowed,
                "cannot answer: \(path) is not for \(method)",
                hint: "it is for \(allowed)"
            )
        }
        return route
    }

    /// The methods that a path is for.
    static func methods(of path: String) -> [String] {
        byPath[path]?.map(\.method.rawValue) ?? []
    }

    /// A path as one of a small closed set of names: `start`, `state/backup`; `unknown` for one that is not served.
    static func verb(of path: String) -> String {
        byPath[path] == nil ? "unknown" : String(path.dropFirst("/v1/".count))
    }

    /// Whether the path is for everybody who can connect.
    static func isOpen(_ path: String) -> Bool {
        byPath[path]?.allSatisfy { $0.least == nil } ?? false
    }

    private static let byPath = Dictionary(grouping: routes, by: \.path)

    /// For everybody who can connect.
    private static let open: [Route] = [
        .get(ControlPath.health, least: nil) {
            HealthAnswer(healthy: await $1.isHealthy(), role: $0.caller.role?.rawValue)
        },
        .get(ControlPath.version, least: nil) { request, _ in VersionAnswer(version: request.version) },
    ]

    private static let reading: [Route] = [
        .get(ControlPath.status, takes: ["name"]) { try await $1.status(names: $0.all("name"), caller: $0.caller) },
        .get(ControlPath.why, takes: ["target"]) { try await $1.why($0.required("target"), caller: $0.caller) },
        .stream(ControlPath.events, takes: ["after", "last", "follow"]) { request, daemon in
            let follow = try request.flag("follow")
            let after = try request.number("after", in: 0...Int64.max)
            return .events(
                try await daemon.events(
                    after: after,
                    last: try request.number("last", in: 0...1_000_000),
                    follow: follow,
                    caller: request.caller
                ),
                isEndless: follow
            )
        },
        .stream(ControlPath.metrics) { .text(type: ControlPath.metricsType, try await $1.metrics(caller: $0.caller)) },
    ]

    private static let lists: [Route] = [
        .get(ControlPath.sequences) { try await $1.sequences(caller: $0.caller) },
        .get(ControlPath.syncs) { try await $1.syncs(caller: $0.caller) },
        .get(ControlPath.schedules) { try await $1.schedules(caller: $0.caller) },
        .get(ControlPath.destinations) { try await $1.destinations(caller: $0.caller) },
        .get(ControlPath.runs, takes: ["target", "limit", "before"]) {
            try await $1.runs(
                of: $0.text("target"),
                limit: $0.number("limit", in: 1...10_000) ?? 20,
                before: $0.text("before"),
                caller: $0.caller
            )
        },
    ]
}
