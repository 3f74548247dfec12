@testable import SalesforceEmulator

/// An org with a few records and a session, asked without a socket between.
struct PreparedOrg: Sendable {
    private let org: Org
    private let token: String
    private let kept = KeptOrg()

    /// The org as it was in the beginning; one that was changed is put back, which is quicker than a new one.
    static var asNew: PreparedOrg {
        get async throws {
            let org = try await made.value
            await org.org.putBack(org.kept)
            return org
        }
    }

    private static let made = Task { try await PreparedOrg() }

    private init() async throws {
        org = try Org(options: EmulatorOptions(), work: WorkBell())
        try await org.setUp()
        let form = "grant_type=client_credentials&client_id=emulator-client&client_secret=emulator-secret"
        let answer = await org.answer(
            Call(
                method: "POST",
                path: "/services/oauth2/token",
                segments: ["services", "oauth2", "token"],
                query: [],
                headers: [(name: "content-type", value: "application/x-www-form-urlencoded")],
                body: Array(form.utf8),
                origin: "http://127.0.0.1"
            )
        )
        guard let token = try JSONReader.read(answer.body)["access_token"]?.string else {
            throw Surprise("no session: \(String(decoding: answer.body, as: UTF8.self))")
        }
        self.token = token
        let records = #"""
            {"allOrNone":true,"records":[
            {"attributes":{"type":"Account"},"Name":"Ann","External_Id__c":"a1","NumberOfEmployees":7,"AnnualRevenue":1.5},
            {"attributes":{"type":"Account"},"Name":"Bob","External_Id__c":"a2","Industry":"Energy"},
            {"attributes":{"type":"Contact"},"LastName":"Cid","External_Id__c":"c1","Birthdate":"1999-12-31",
            "Account":{"External_Id__c":"a1"}}]}
            """#
        _ = try await call("POST", "composite/sobjects", Array(records.utf8))
        await org.keep(in: kept)
    }

    /// Answers a request of the session; no answer may be the emulator's own failure.
    func call(
        _ method: String,
        _ target: String,
        _ body: [UInt8] = [],
        type: String = "application/json"
    ) async throws -> Answer {
        let whole = target.hasPrefix("/") ? target : "/services/data/v62.0/" + target
        let halves = whole.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = String(halves.first ?? "")
        let answer = await org.answerWithinLimits(
            Call(
                method: method,
                path: path,
                segments: path.split(separator: "/").map { percentDecoded($0, plusIsBlank: false) ?? String($0) },
                query: formPairs(halves.count > 1 ? halves[1] : "") ?? [],
                headers: [
                    (name: "authorization", value: "Bearer \(token)"), (name: "x-sfdc-session", value: token),
                    (name: "content-type", value: type),
                ],
                body: body,
                origin: "http://127.0.0.1"
            )
        )
        let text = String(decoding: answer.body, as: UTF8.self)
        // SOAP says 500 with every fault.
        try Surprise.unless(answer.status < 500 || text.contains("soapenv:Fault"), "\(answer.status) \(text)")
        return answer
    }

    /// Takes the steps of all jobs; none may go on for ever.
    func finishJobs() async throws {
        for _ in 0..<100_000 {
            if case .idle = await org.takeJobStep() { return }
        }
        throw Surprise("jobs that do not end")
    }
}

extension Org {
    /// Millions of calls are no reason to refuse one.
    fileprivate func answerWithinLimits(_ call: Call) -> Answer {
        limits = Limits()
        return answer(call)
    }

    fileprivate func keep(in kept: KeptOrg) {
        kept.records = takeSnapshot()
        kept.users = users
        kept.sessions = sessions
        kept.apps = apps
    }

    fileprivate func putBack(_ kept: KeptOrg) {
        if let records = kept.records { restore(records) }
        users = kept.users
        sessions = kept.sessions
        apps = kept.apps
        calls.clear()
        locks = [:]
        faults.clear()
        clock = OrgClock()
        lastJob = 0
        lastBatch = 0
        lastResult = 0
    }
}

/// What an org is put back to; only that org's own methods look at it.
private final class KeptOrg: @unchecked Sendable {
    var records: OrgSnapshot?
    var users: [String: Credentials] = [:]
    var sessions: [String: Session] = [:]
    var apps: [String: ConnectedApp] = [:]
}
