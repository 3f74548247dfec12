import Glibc
import NIOCore
import Testing

@testable import Salesforce

@Suite struct `A call` {
    @Test(arguments: [
        ("read(descriptor:pointer:size:)", SalesforceError.Effect.unknown),
        ("connection reset (error set)", .unknown),
        ("writev(descriptor:iovecs:)", .unknown),
        ("connect(descriptor:addr:size:)", .no),
        ("finishing a non-blocking connect failed", .no),
    ])
    func `whose way to Salesforce is gone may have arrived, unless it never connected`(
        reason: String,
        effect: SalesforceError.Effect
    ) {
        for number in [EHOSTUNREACH, ENETUNREACH, ECONNREFUSED, ENETDOWN] {
            let cause = IOError(errnoCode: number, reason: reason)
            let isRefusal = number == ECONNREFUSED && reason.contains("error set")
            #expect(
                TransportFault.error(for: cause, action: "add a batch", hasAnswer: false).wasSent
                    == (isRefusal ? .no : effect)
            )
        }
    }

    @Test func `carries the session, the client's name and wish for gzip`() async throws {
        try await ClientFixture.with { _ in
            .json("{}")
        } body: { fixture in
            _ = try await fixture.client.limits()
            let request = try #require(fixture.server.requests.last)
            #expect(request.target == "/services/data/v62.0/limits")
            #expect(request.headers["authorization"] == "Bearer token-1")
            #expect(request.headers["sforce-call-options"] == "client=sequenced/1.0")
            #expect(request.headers["accept-encoding"] == "gzip")
        }
    }

    @Test(arguments: [
        Reply.html(503), .html(502), .html(500), .html(420), .drop,
        .json(#"[{"errorCode":"UNKNOWN_EXCEPTION","message":"x"}]"#, status: 500),
        .json(
            #"[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"ConcurrentRequests (Concurrent API Requests) Limit exceeded."}]"#,
            status: 403
        ),
        .truncated(200, body: Array("{\"a\":".utf8), announced: 100), .json("{\"a\":"), .html(200),
    ])
    func `that can be repeated is made again after trouble that passes`(trouble: Reply) async throws {
        try await ClientFixture.with { request in
            request.number < 4 ? trouble : .json("{}")
        } body: { fixture in
            _ = try await fixture.client.limits()
            #expect(fixture.server.requests.count == 4)
            #expect(fixture.records.all.map(\.attempt) == [1, 1, 2, 3])
            #expect(fixture.records.all[1].error != nil)
            #expect(fixture.records.all[3].error == nil)
        }
    }

    @Test(
        arguments: [
            (Reply.html(503), SalesforceError.Kind.salesforce, SalesforceError.Effect.unknown),
            (.drop, .transport, .unknown),
            (.truncated(200, body: Array("{".utf8), announced: 100), .transport, .unknown),
            (.json("{"), .malformedAnswer, .unknown),
            (.json(#"[{"errorCode":"UNKNOWN_EXCEPTION","message":"x"}]"#, status: 500), .salesforce, .unknown),
            (.json(#"[{"errorCode":"INVALIDENTITY","message":"x"}]"#, status: 400), .salesforce, .no),
            (.html(404), .malformedAnswer, .no),
        ] as [(Reply, SalesforceError.Kind, SalesforceError.Effect)]
    )
    func `that creates is made once, and says whether it may have had an effect`(
        trouble: Reply,
        kind: SalesforceError.Kind,
        effect: SalesforceError.Effect
    ) async throws {
        try await ClientFixture.with { _ in
            trouble
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) {
                try await fixture.client.createIngestJob(IngestJobSpec(object: "Contact", operation: .insert))
            }
            #expect(error.kind == kind)
            #expect(error.wasSent == effect)
            #expect(fixture.server.requests.count == 2)
        }
    }

    @Test func `that creates is made again after a refusal that it did not outlive`() async throws {
        try await ClientFixture.with { request in
            request.number == 2 ? .expired : .json(#"{"id":"7505g00000UvWxYAAV","state":"Open"}"#)
        } body: { fixture in
            let job = try await fixture.client.createIngestJob(IngestJobSpec(object: "Contact", operation: .insert))
            #expect(job.id == "7505g00000UvWxYAAV")
            #expect(fixture.server.requests.last?.headers["authorization"] == "Bearer token-2")
        }
    }

    @Test func `is given up at its deadline, with the last error`() async throws {
        try await ClientFixture.with(retryFor: .seconds(10)) { _ in
            .html(503)
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) { try await fixture.client.limits() }
            #expect(error.status == 503)
            #expect(error.isWorthRetrying)
            #expect(error.message.contains("Down for"))
            // Half a second, doubled each time, of which at most half is taken away.
            #expect((5...7).contains(fixture.server.requests.count))
        }
    }

    @Test func `waits as long as Salesforce asks`() async throws {
        let slow = Reply.answer(503, headers: [("Retry-After", "7")], body: [])
        try await ClientFixture.with(retryFor: .seconds(20)) { _ in
            slow
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) { try await fixture.client.limits() }
            #expect(error.retryAfter == .seconds(7))
            #expect(fixture.server.requests.count == 4)
        }
    }

    @Test func `without an answer in time fails as a timeout`() async throws {
        try await ClientFixture.with(retryFor: .zero, requestTimeout: .milliseconds(50)) { _ in
            .silence
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) { try await fixture.client.limits() }
            #expect(error.kind == .timeout)
            #expect(error.wasSent == .unknown)
        }
    }

    @Test func `to a port where nobody listens was certainly not sent`() async throws {
        let server = try ScriptedServer { _ in .drop }
        server.stop()
        let client = try SalesforceClient(
            SalesforceConfiguration(
                loginURL: server.address,
                grant: .clientCredentials(clientID: "a", clientSecret: "b"),
                retryFor: .zero
            )
        )
        let error = await #expect(throws: SalesforceError.self) { try await client.identity() }
        #expect(error?.kind == .transport)
        #expect(error?.code == SalesforceError.Code.connectionFailed)
        #expect(error?.wasSent == .no)
        try await client.shutdown()
    }

    @Test func `over a quota that is used up fails as a limit and is not repeated`() async throws {
        try await ClientFixture.with { _ in
            .json(#"[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]"#, status: 403)
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) { try await fixture.client.limits() }
            #expect(error.kind == .limit)
            #expect(!error.isConcurrencyLimit)
            #expect(fixture.server.requests.count == 2)
        }
    }

    @Test func `that is cancelled ends as cancelled`() async throws {
        try await ClientFixture.with { _ in
            .silence
        } body: { fixture in
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await fixture.client.limits() }
                while fixture.server.requests.count < 2 { await Task.yield() }
                group.cancelAll()
                await #expect(throws: CancellationError.self) { try await group.next() }
            }
        }
    }

    @Test func `is recorded with what it cost and whose it was`() async throws {
        try await ClientFixture.with { _ in
            .json(
                #"{"a":1}"#,
                headers: [("Sforce-Limit-Info", "api-usage=18/5000; per-app-api-usage=17/250(appName=sample-app)")]
            )
        } body: { fixture in
            _ = try await CallLabel.$current.withValue("run 1/contacts") { try await fixture.client.limits() }
            let record = try #require(fixture.records.all.last)
            #expect(record.label == "run 1/contacts")
            #expect(record.method == "GET" && record.path == "/services/data/v62.0/limits")
            #expect(record.responseBody == CallRecord.Body(bytes: Array(#"{"a":1}"#.utf8), size: 7))
            #expect(
                record.limitInfo
                    == LimitInfo(used: 18, allowed: 5_000, appUsed: 17, appAllowed: 250, appName: "sample-app")
            )
            #expect(fixture.client.limitInfo == record.limitInfo)
        }
    }

    @Test func `waits while as many as allowed are under way`() async throws {
        let underWay = Counter()
        try await ClientFixture.with(concurrentRequests: 2) { request in
            request.path.hasSuffix("limits") && underWay.next() <= 2 ? .silence : .json("{}")
        } body: { fixture in
            await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<5 { group.addTask { _ = try await fixture.client.limits() } }
                while underWay.value < 2 { await Task.yield() }
                // The others hold no connection: nothing more can arrive until one of the two ends.
                for _ in 0..<1_000 { await Task.yield() }
                #expect(underWay.value == 2)
                group.cancelAll()
                while (try? await group.next()) != nil {}
            }
        }
    }
}

@Suite struct `An ended session` {
    @Test func `is renewed once for all calls that found it ended`() async throws {
        try await ClientFixture.with(concurrentRequests: 20) { request in
            request.headers["authorization"] == "Bearer token-1" ? .expired : .json("{}")
        } body: { fixture in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 { group.addTask { _ = try await fixture.client.limits() } }
                try await group.waitForAll()
            }
            #expect(fixture.server.requests.count { $0.path == "/services/oauth2/token" } == 2)
        }
    }

    @Test func `is final the second time`() async throws {
        try await ClientFixture.with { _ in
            .expired
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) { try await fixture.client.limits() }
            #expect(error.kind == .authentication)
            #expect(error.code == "INVALID_SESSION_ID")
            #expect(fixture.server.requests.count { $0.path == "/services/oauth2/token" } == 2)
            #expect(fixture.server.requests.count == 4)
        }
    }

    @Test func `that only lacks a scope is not renewed`() async throws {
        try await ClientFixture.with { _ in
            .json(
                #"[{"errorCode":"INVALID_SESSION_ID","message":"This session is not valid for use with the REST API"}]"#,
                status: 401
            )
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) { try await fixture.client.limits() }
            #expect(error.kind == .authentication)
            #expect(fixture.server.requests.count == 2)
        }
    }

    @Test func `whose renewal is refused fails everybody who waited`() async throws {
        try await ClientFixture.withSignIn { request, address in
            guard request.path == "/services/oauth2/token" else { return .expired }
            guard request.number > 1 else { return .json(ClientFixture.tokenAnswer(1, at: address)) }
            return .json(#"{"error":"inactive_user","error_description":"user is inactive"}"#, status: 400)
        } body: { fixture in
            _ = try await fixture.client.identity()
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        let error = await #expect(throws: SalesforceError.self) { try await fixture.client.limits() }
                        return error?.code ?? ""
                    }
                }
                for try await code in group { #expect(code == "inactive_user") }
            }
        }
    }
}
