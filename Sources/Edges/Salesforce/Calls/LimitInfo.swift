/// What `Sforce-Limit-Info` says with each answer (reference 02-rest, response headers).
///
/// The counts are approximate.
package struct LimitInfo: Sendable, Equatable {
    /// Calls of the whole org in the last 24 hours.
    package var used: Int
    package var allowed: Int
    /// Calls of this app, where the org bounds it.
    package var appUsed: Int?
    package var appAllowed: Int?
    package var appName: String?

    package init(used: Int, allowed: Int, appUsed: Int? = nil, appAllowed: Int? = nil, appName: String? = nil) {
        self.used = used
        self.allowed = allowed
        self.appUsed = appUsed
        self.appAllowed = appAllowed
        self.appName = appName
    }
}

extension LimitInfo {
    /// Reads `api-usage=25/5000; per-app-api-usage=17/250(appName=sample-app)`; nil if it is not of this form.
    package init?(header: String) {
        var org: (used: Int, allowed: Int)?
        var app: (used: Int, allowed: Int, name: String?)?
        for part in header.split(whereSeparator: { $0 == ";" || $0 == "," }) {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            let usage = pair[1].prefix { $0 != "(" }
            let counts = usage.split(separator: "/").map { Int($0.trimmed) }
            guard counts.count == 2, let used = counts[0], let allowed = counts[1], used >= 0, allowed >= 0 else {
                continue
            }
            switch String(pair[0].trimmed).lowercased() {
            case "api-usage": org = (used, allowed)
            case "per-app-api-usage":
                let note = pair[1].dropFirst(usage.count).trimmed
                let name = note.hasPrefix("(appName=") && note.hasSuffix(")") ? note.dropFirst(9).dropLast() : nil
                app = (used, allowed, name.map(String.init))
            default: continue
            }
        }
        guard let org else { return nil }
        self.init(
            used: org.used,
            allowed: org.allowed,
            appUsed: app?.used,
            appAllowed: app?.allowed,
            appName: app?.name
        )
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        let start = drop { $0 == " " }
        guard let last = start.lastIndex(where: { $0 != " " }) else { return "" }
        return start[...last]
    }
}
