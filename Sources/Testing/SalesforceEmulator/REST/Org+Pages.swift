extension Org {
    /// What an org with its own pages, actions and processes would list here; this one has set none up.
    func page(_ rest: RESTCall) throws(RESTError) -> Answer {
        let answer: JSONValue
        switch rest.path {
        case ["recent"], ["tabs"], ["quickActions"]: answer = .array([])
        case ["theme"]: answer = .members(["themeItems": .array([])])
        case ["actions"]: answer = links(["standard", "custom"], rest)
        case ["actions", "standard"]: answer = .members(["actions": .array([])])
        case ["actions", "custom"]: answer = .object([])
        case ["process"]: answer = links(["rules", "approvals"], rest)
        case ["process", "rules"]: answer = .members(["rules": .object([])])
        case ["process", "approvals"]: answer = .members(["approvals": .object([])])
        case ["appMenu"]: answer = links(["AppSwitcher", "Salesforce1"], rest)
        case ["appMenu", "AppSwitcher"], ["appMenu", "Salesforce1"]: answer = .members(["appMenuItems": .array([])])
        case ["compactLayouts"]: answer = .object([])
        default: throw .notFound
        }
        try allow(["GET", "HEAD"], rest)
        return .json(answer)
    }

    private func links(_ names: [String], _ rest: RESTCall) -> JSONValue {
        .object(
            names.map { name in
                JSONMember(name: name, value: .string("\(rest.base)/\(rest.path.joined(separator: "/"))/\(name)"))
            }
        )
    }
}
