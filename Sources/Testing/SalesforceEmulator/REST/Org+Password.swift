extension Org {
    /// `/sobjects/User/{id}/password`: whether it has expired, a new one that is given, and a new one that is thought up.
    func password(of id: RecordID, _ rest: RESTCall) throws(RESTError) -> Answer {
        try allow(["DELETE", "GET", "HEAD", "POST"], rest)
        guard let name = users.first(where: { $0.value.user == id })?.key else { throw .notFound }
        guard rest.call.method != "GET", rest.call.method != "HEAD" else {
            return .json(.members(["isExpired": .bool(false)]))
        }
        if id != rest.context.user { try require("customize", rest) }
        if rest.call.method == "DELETE" {
            let made = random.word(10)
            users[name]?.password = made
            return .json(.members(["NewPassword": .string(made)]))
        }
        try requireJSON(rest)
        guard let wanted = try rest.json()["NewPassword"]?.string, !wanted.isEmpty else {
            throw RESTError(400, "MISSING_ARGUMENT", "NewPassword is required")
        }
        guard wanted.utf8.count >= 8 else {
            throw RESTError(400, "INVALID_NEW_PASSWORD", "Your password must be at least 8 characters long")
        }
        users[name]?.password = wanted
        return .empty
    }
}
