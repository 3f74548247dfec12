import NIOHTTP1
import Testing

@testable import SalesforceEmulator

@Suite struct `Resources that loaders only look at` {
    @Test(arguments: [
        "recent", "tabs", "theme", "quickActions", "actions", "actions/standard", "actions/custom", "process",
        "process/rules", "process/approvals", "appMenu", "appMenu/AppSwitcher", "compactLayouts",
        "sobjects/Account/describe/layouts/012000000000000AAA", "sobjects/Account/describe/layouts",
    ])
    func `are there, and are not written to`(_ name: String) async throws {
        try await withOrg { client in
            let reply = try await client.get("\(OrgClient.data)/\(name)")
            #expect(reply.status == 200 && reply.json != .null, "\(reply.text)")
            let written = try await client.send(.POST, "\(OrgClient.data)/\(name)", "{}")
            #expect(written.status == 405 && written.json.at("0.errorCode") == .string("METHOD_NOT_ALLOWED"))
        }
    }

    @Test func `lead to one another by the paths that they name`() async throws {
        try await withOrg { client in
            let list = try await client.get("\(OrgClient.data)/").json
            for name in ["tabs", "theme", "actions", "process", "quickActions", "appMenu"] {
                let path = try #require(list[name]?.string, "\(name)")
                let answer = try await client.get(path)
                #expect(answer.status == 200, "\(path)")
                for case .string(let further) in (answer.json.members ?? []).map(\.value)
                where further.hasPrefix("/services/") {
                    #expect(try await client.get(further).status == 200, "\(further)")
                }
            }
            #expect(try await client.get("\(OrgClient.data)/sobjects/Account/describe/layouts/x").status == 404)
            #expect(try await client.get("\(OrgClient.data)/nothing").status == 404)
        }
    }

    @Test func `have the schema of an event`() async throws {
        let yaml =
            "events: { Done__e: { fields: { No__c: { type: Text, length: 20, required: true }, At__c: { type: DateTime } } } }"
        try await withOrg(yaml) { client in
            let urls = try await client.get("\(OrgClient.data)/sobjects/Done__e/describe").json["urls"]
            let schema = try await client.get(urls?["eventSchema"]?.string ?? "none").json
            #expect(schema["name"] == .string("Done__e"), "\(schema)")
            let fields = schema["fields"]?.array ?? []
            #expect(fields.first { $0["name"] == .string("No__c") }?["type"] == .string("string"))
            let optional = fields.first { $0["name"] == .string("At__c") }
            #expect(optional?["type"] == .array([.string("null"), .string("long")]))
            #expect(try await client.get("\(OrgClient.data)/sobjects/Account/eventSchema").status == 404)
        }
    }

    @Test func `are all the limits that an org of this edition tells of`() async throws {
        try await withOrg { client in
            let limits = try await client.get("\(OrgClient.data)/limits").json.members ?? []
            #expect(limits.count == 51, "\(limits.map(\.name))")
            for limit in limits {
                let (most, left) = (limit.value["Max"]?.integer, limit.value["Remaining"]?.integer)
                #expect(most != nil && left != nil && (left ?? 0) <= (most ?? 0), "\(limit)")
            }
        }
    }

    @Test func `are all there that the org lists`() async throws {
        try await withOrg { client in
            for (name, path) in try await client.get("\(OrgClient.data)/").json.members?.map({ ($0.name, $0.value) })
                ?? []
            where name != "identity" {
                let reply = try await client.get(path.string ?? "none")
                #expect(reply.status != 404 || name == "jobs", "\(name): \(reply.text)")
            }
            let versions = try await client.send(.POST, "/services/data", "{}")
            #expect(versions.status == 405 && versions.headers.first(name: "Allow") == "GET,HEAD")
        }
    }
}
