import Foundation

/// Reads the users and connected apps of an `org.yaml`.
struct PeopleReader {
    let folder: String

    func addUser(_ item: YAMLPlace, to org: isolated Org) throws {
        let fields = try item.fields(
            "username",
            "password",
            "token",
            "first_name",
            "last_name",
            "profile",
            "read_only",
            "hidden_fields",
            "read_only_fields",
            "hidden_objects",
            "rights",
            "lacks",
            "active"
        )
        guard let username = try fields["username"]?.text() else { throw item.fault("needs a username") }
        var profile = 2
        if let wanted = fields["profile"] { profile = try number(ofProfile: wanted, org) }
        let given = try fields["first_name"]?.text() ?? username.split(separator: "@").first.map(String.init) ?? "Test"
        if org.users[username.lowercased()] == nil {
            org.addUser(
                username,
                password: try fields["password"]?.text() ?? "password",
                token: try fields["token"]?.text() ?? "",
                first: given,
                last: try fields["last_name"]?.text() ?? "User",
                profile: profile
            )
        }
        guard var user = org.users[username.lowercased()] else { return }
        if let password = fields["password"] { user.password = try password.text() }
        if let token = fields["token"] { user.token = try token.text() }
        user.readOnly = Set(try (fields["read_only"]?.texts() ?? []) + (fields["read_only_fields"]?.texts() ?? []))
        user.hiddenFields = Set(try fields["hidden_fields"]?.texts() ?? [])
        user.hiddenObjects = Set(try fields["hidden_objects"]?.texts() ?? [])
        for (name, place) in try fields["rights"]?.mapping() ?? [] {
            guard let type = org.schema[name] else { throw place.fault("names \(name), which is no object") }
            let words = try place.texts()
            let granted = words.compactMap(RecordRight.init)
            guard granted.count == words.count else { throw place.fault("may hold read, create, edit, delete") }
            if !granted.contains(.read) { user.hiddenObjects.insert(type.name) }
            user.denied[type.name] = Set(RecordRight.allCases).subtracting(granted)
        }
        user.lacks = Set(try fields["lacks"]?.texts() ?? [])
        guard user.lacks.isSubset(of: Credentials.permissions) else {
            throw item.fault("may lack \(Credentials.permissions.sorted().joined(separator: ", "))")
        }
        user.isActive = try fields["active"]?.flag() ?? true
        for name in user.readOnly.union(user.hiddenFields).union(user.hiddenObjects) where !isKnown(name, org) {
            throw item.fault("names \(name), which is neither an object nor a field")
        }
        org.users[username.lowercased()] = user
        for (id, app) in org.apps where app.users != nil { org.apps[id]?.users?.insert(username.lowercased()) }
    }

    func addApp(_ item: YAMLPlace, to org: isolated Org) throws {
        let fields = try item.fields(
            "client_id",
            "client_secret",
            "certificate",
            "certificates",
            "redirect_uris",
            "users",
            "run_as",
            "grants",
            "scopes",
            "require_secret"
        )
        guard let id = try fields["client_id"]?.text() else { throw item.fault("needs a client_id") }
        var app = ConnectedApp(id: id, secret: try fields["client_secret"]?.text())
        for place in try [fields["certificate"]].compactMap({ $0 }) + (fields["certificates"]?.list() ?? []) {
            let pem = try read(place)
            try org.check(certificate: pem)
            app.certificates.append(pem)
        }
        app.redirectURIs = try fields["redirect_uris"]?.texts() ?? []
        if let users = try fields["users"]?.texts() {
            for name in users where org.users[name.lowercased()] == nil {
                throw item.fault("names \(name), which is no user")
            }
            app.users = Set(users.map { $0.lowercased() })
        }
        app.runAs = try fields["run_as"]?.text() ?? (try fields["users"]?.texts())?.first
        if let runAs = app.runAs, org.users[runAs.lowercased()] == nil {
            throw item.fault("runs as \(runAs), which is no user")
        }
        if let grants = try fields["grants"]?.texts() { app.allowedGrants = Set(grants) }
        if let scopes = try fields["scopes"]?.texts() { app.scopes = Set(scopes) }
        app.requiresSecret = try fields["require_secret"]?.flag() ?? true
        org.apps[id] = app
    }

    // MARK: - Implementation

    private func isKnown(_ name: String, _ org: isolated Org) -> Bool {
        let parts = name.split(separator: ".")
        guard let type = parts.first.flatMap({ org.schema[String($0)] }) else { return false }
        return parts.count == 1 || type.position(of: String(parts[1])) != nil
    }

    private func number(ofProfile place: YAMLPlace, _ org: isolated Org) throws -> Int {
        let wanted = try place.text()
        guard let type = org.schema["Profile"], let name = type.position(of: "Name") else { return 2 }
        let table = org.table(of: type)
        guard let index = table.records.firstIndex(where: { table.stored(name, of: $0) == .text(wanted) }) else {
            throw place.fault("is no profile")
        }
        return index + 1
    }

    private func read(_ place: YAMLPlace) throws -> String {
        let name = try place.text()
        if name.contains("-----BEGIN") { return name }
        let path = name.hasPrefix("/") ? name : "\(folder)/\(name)"
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw place.fault("names a file that can't be read: \(path)")
        }
    }
}
