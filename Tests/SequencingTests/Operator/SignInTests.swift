import Foundation
import FoundationNetworking
import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `A destination that is signed in to by browser` {
    private var accounts: SyncDefinition {
        .of(
            "accounts",
            into: .object("Account"),
            .upsert,
            match: ("id", "External_Id__c"),
            fields: ["Name": "name"]
        )
    }

    private func byBrowser(_ belt: Belt) async throws {
        var definitions = await belt.conductor.definitions
        definitions.destinations["org"]?.authorization = .authorizationCode(
            clientID: "emulator-client",
            clientSecret: nil,
            redirectURI: "http://localhost:1717/OauthRedirect"
        )
        try await belt.conductor.reload(definitions)
    }

    /// What a person does: fills in the form, and is sent back to the loopback.
    private func browse(
        _ address: String,
        _ answers: String = "un=admin@example.com&pw=password"
    ) async throws -> String {
        let parts = address.split(separator: "?", maxSplits: 1).map(String.init)
        let url = try #require(URL(string: parts[0]))
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.setValue("application/x-www-form-urlencoded", forHTTPHeaderField: "Content-Type")
        request.httpBody = Data("\(parts[1])&\(answers)".utf8)
        let session = URLSession(configuration: .ephemeral, delegate: StaysHere(), delegateQueue: nil)
        let (body, response) = try await session.data(for: request)
        let location = (response as? HTTPURLResponse)?.value(forHTTPHeaderField: "Location")
        return try #require(location, "\(response) \(String(decoding: body, as: UTF8.self).prefix(500))")
    }

    @Test func `keeps a refresh token for its owner alone, and signs in with it after a restart`() async throws {
        try await Belt.with([accounts], models: ["accounts": ["id"]]) { belt in
            try belt.rows("accounts", "id,name\n1,One\n")
            try await byBrowser(belt)
            let before = try await belt.run()
            #expect(before.reason?.contains("nobody has signed in yet") == true, "\(before)")
            let signIns = SignIns(belt.conductor)
            let begun = try await signIns.begin("org")
            #expect(!begun.isDone && begun.redirectURI == "http://localhost:1717/OauthRedirect")
            let address = try #require(begun.address)
            #expect(address.contains("code_challenge="))

            await #expect(throws: SalesforceError.self) {
                try await signIns.finish("org", redirected: "http://localhost:1717/OauthRedirect?code=x&state=other")
            }
            await #expect { try await signIns.finish("org", redirected: try await browse(address, "deny=1")) } throws: {
                "\($0)".contains("access_denied")
            }
            let done = try await signIns.finish("org", redirected: try await browse(address))
            #expect(done.isDone && done.username == "admin@example.com", "\(done)")
            let path = belt.folder.path("state/secrets/org")
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try await belt.run().state == .succeeded)

            // Another daemon on the same state, with the same credentials; and one without.
            func token(_ secrets: SecretAccess) throws -> String? {
                try TokenStore(stateFolder: belt.folder.path("state"), secrets: secrets).token(of: "org")
            }
            #expect(try token(belt.conductor.parts.secrets)?.isEmpty == false)
            #expect {
                try token(SecretAccess { _ in throw Absent() })
            } throws: { "\($0)".contains("there is no credential state-key") }
            #expect(try await signIns.end("org"))
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(try await !signIns.end("org"))
            try belt.rows("accounts", "id,name\n1,Two\n")
            #expect(try await belt.run().state == .failed)
        }
    }

    @Test func `has its token sealed when the unit has a key for it`() throws {
        let folder = try ScratchFolder.current.path("state")
        func store(_ key: String?) -> TokenStore {
            TokenStore(
                stateFolder: folder,
                secrets: SecretAccess { _ in
                    guard let key else { throw Absent() }
                    return key
                }
            )
        }
        try store("a key").store("the token", of: "org")
        let text = try String(contentsOfFile: folder + "/secrets/org", encoding: .utf8)
        #expect(text.hasPrefix("sealed-1:") && !text.contains("the token"))
        #expect(try store("a key").token(of: "org") == "the token")
        #expect(throws: EngineError.self) { try store("another").token(of: "org") }
        #expect { try store(nil).token(of: "org") } throws: { "\($0)".contains("there is no credential state-key") }
        #expect(try store("a key").token(of: "other") == nil)
        try store(nil).store("plain", of: "org")
        #expect(try store("a key").token(of: "org") == "plain", "one that was stored before the key is read")
    }
}

private struct Absent: Error {}

/// Does not follow a redirect: the place it leads to is what is wanted.
private final class StaysHere: NSObject, URLSessionTaskDelegate {
    func urlSession(
        _ session: URLSession,
        task: URLSessionTask,
        willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest,
        completionHandler: @escaping (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }
}
