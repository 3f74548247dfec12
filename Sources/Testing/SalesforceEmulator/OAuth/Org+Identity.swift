extension Org {
    /// `GET /services/oauth2/userinfo`.
    func userInfo(_ call: Call) -> Answer {
        guard call.header("authorization") != nil || call.parameter("access_token") != nil else {
            return .text("Missing_OAuth_Token", status: 403)
        }
        guard let user = holder(call) else { return .text("Bad_OAuth_Token", status: 403) }
        let origin = call.origin
        return .json(
            .members([
                "sub": .string(identityURL(user, call)), "user_id": .string(user.user.long),
                "organization_id": .string(organizationId.long), "preferred_username": .string(user.username),
                "nickname": .string(nickname(user)), "name": .string(title(of: user.user)),
                "email": .string(emailAddress(user)), "email_verified": .bool(true),
                "given_name": userValue("FirstName", user), "family_name": userValue("LastName", user),
                "zoneinfo": .string("GMT"), "photos": photos(user, call),
                "profile": .string("\(origin)/\(user.user.long)"),
                "picture": .string(photo(user, call, "F")), "address": .members(["country": .string("US")]),
                "is_salesforce_integration_user": .bool(false),
                "urls": urls(user, call), "active": .bool(user.isActive), "user_type": .string("STANDARD"),
                "language": .string("en_US"), "locale": .string("en_US"), "utcOffset": .int(0),
                "updated_at": .string(clock.now.text(zone: "Z")),
            ])
        )
    }

    /// `GET /id/{orgId}/{userId}`.
    func identity(_ call: Call) -> Answer {
        guard
            call.header("authorization") != nil || call.parameter("access_token") != nil
                || call.parameter("oauth_token") != nil
        else { return .text("Missing_OAuth_Token", status: 403) }
        guard let user = holder(call) else { return .text("Bad_OAuth_Token", status: 403) }
        guard call.segments.count == 3, case .id(organizationId) = RecordID.read(call.segments[1]) else {
            return .text("Wrong_Org", status: 403)
        }
        guard case .id(user.user) = RecordID.read(call.segments[2]) else { return .text("Bad_Id", status: 403) }
        return .json(
            .members([
                "id": .string(identityURL(user, call)), "asserted_user": .bool(true),
                "user_id": .string(user.user.long),
                "organization_id": .string(organizationId.long), "username": .string(user.username),
                "nick_name": .string(nickname(user)), "display_name": .string(title(of: user.user)),
                "email": .string(emailAddress(user)), "email_verified": .bool(true),
                "first_name": userValue("FirstName", user), "last_name": userValue("LastName", user),
                "timezone": .string("GMT"), "photos": photos(user, call),
                "addr_street": .null, "addr_city": .null, "addr_state": .null, "addr_country": .string("US"),
                "addr_zip": .null, "mobile_phone": .null, "mobile_phone_verified": .bool(false),
                "is_lightning_login_user": .bool(false),
                "status": .members(["created_date": .null, "body": .null]), "urls": urls(user, call),
                "active": .bool(user.isActive),
                "user_type": .string("STANDARD"), "language": .string("en_US"), "locale": .string("en_US"),
                "utcOffset": .int(0), "last_modified_date": .string(clock.now.text()), "is_app_installed": .bool(true),
            ])
        )
    }

    // MARK: - Implementation

    private func holder(_ call: Call) -> Credentials? {
        let token =
            call.header("authorization").flatMap { $0.split(separator: " ").last.map(String.init) }
            ?? call.parameter("access_token") ?? call.parameter("oauth_token")
        return token.flatMap { session($0) }.flatMap { users[$0.user.lowercased()] }
    }

    private func nickname(_ user: Credentials) -> String {
        user.username.split(separator: "@").first.map(String.init) ?? user.username
    }

    private func userValue(_ name: String, _ user: Credentials) -> JSONValue {
        guard let type = schema["User"], let position = type.position(of: name),
            let record = table(of: type).record(user.user.number)
        else { return .null }
        return json(position, of: record, user.user.number, table(of: type))
    }

    private func emailAddress(_ user: Credentials) -> String { userValue("Email", user).string ?? user.username }

    private func photos(_ user: Credentials, _ call: Call) -> JSONValue {
        .members(["picture": .string(photo(user, call, "F")), "thumbnail": .string(photo(user, call, "T"))])
    }

    private func photo(_ user: Credentials, _ call: Call, _ size: String) -> String {
        "\(call.origin)/profilephoto/\(user.user.short)/\(size)"
    }

    /// Where the services are; `version` says what stands for `{version}`.
    private func urls(_ user: Credentials, _ call: Call) -> JSONValue {
        let asked = call.parameter("version")
        let version = asked == "latest" ? "\(Self.versions.upperBound).0" : asked ?? "{version}"
        let soap = "\(call.origin)/services/Soap"
        let data = "\(call.origin)/services/data/v\(version)/"
        let org = organizationId.short
        return .members([
            "enterprise": .string("\(soap)/c/\(version)/\(org)"), "metadata": .string("\(soap)/m/\(version)/\(org)"),
            "partner": .string("\(soap)/u/\(version)/\(org)"), "rest": .string(data),
            "sobjects": .string("\(data)sobjects/"), "search": .string("\(data)search/"),
            "query": .string("\(data)query/"), "recent": .string("\(data)recent/"),
            "tooling_soap": .string("\(soap)/T/\(version)/\(org)"), "tooling_rest": .string("\(data)tooling/"),
            "profile": .string("\(call.origin)/\(user.user.long)"), "feeds": .string("\(data)chatter/feeds"),
            "groups": .string("\(data)chatter/groups"), "users": .string("\(data)chatter/users"),
            "feed_items": .string("\(data)chatter/feed-items"),
            "feed_elements": .string("\(data)chatter/feed-elements"),
            "custom_domain": .string(call.origin),
        ])
    }
}
