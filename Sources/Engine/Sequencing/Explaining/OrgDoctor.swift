internal import CivilTime
internal import Foundation
internal import Glibc
internal import Salesforce
package import SyncModel

/// Looks at everything that a destination needs, from the network to each field, and says what to do about what is missing.
package struct OrgDoctor: Sendable {
    /// One thing that was looked at.
    package struct Finding: Sendable, Equatable {
        package enum Verdict: String, Sendable {
            case good
            case warning
            case bad
            case unknown
        }

        package var subject: String
        package var verdict: Verdict
        package var message: String
        package var remedy: String?
    }

    private let conductor: Conductor
    private let destination: DestinationDefinition

    package init(_ conductor: Conductor, _ destination: DestinationDefinition) {
        self.conductor = conductor
        self.destination = destination
    }

    package func findings() async -> [Finding] {
        var findings = [stateFolder()]
        let (signIn, client) = await signIn()
        findings += signIn
        let live = await LiveCheck(conductor).findings(of: destination.name)
        // An org that does not serve the version says of everything that it is not there.
        let isServed = client != nil && !live.contains { $0.key == "api_version" }
        if let client {
            if isServed {
                findings += await access(client)
                findings.append(await edition(client))
            }
            findings.append(await clock(client))
        }
        findings += live.filter { client != nil || !$0.file.hasPrefix("destinations/") }.map { finding in
            Finding(
                subject: finding.subject,
                verdict: finding.isFault ? .bad : .warning,
                message: "\(finding.file)\(finding.key.map { ", \($0)" } ?? ""): \(finding.message)",
                remedy: finding.suggestion.map { "did you mean \($0)?" } ?? finding.remedy
            )
        }
        if !live.contains(where: { $0.isFault && !$0.file.hasPrefix("destinations/") }) {
            let syncs = await conductor.syncs(into: destination.name).map(\.name)
            let blocked = client == nil ? "the sign-in works" : "the org serves the version of its API"
            findings.append(
                Finding(
                    subject: "field",
                    verdict: isServed ? .good : .unknown,
                    message: isServed
                        ? "sources are read, and the mapping of \(syncs.joined(separator: ", ")) fits the org"
                        : "fields and rights can't be looked at before \(blocked)"
                )
            )
        }
        return findings
    }

    // MARK: - Implementation

    private func signIn() async -> ([Finding], SalesforceClient?) {
        do {
            let client = try await conductor.client(of: destination)
            let identity = try await client.identity()
            let isSecure = destination.loginURL.hasPrefix("https:")
            return (
                [
                    Finding(
                        subject: "network",
                        verdict: isSecure ? .good : .warning,
                        message: isSecure
                            ? "\(destination.loginURL) is reached over TLS"
                            : "\(destination.loginURL) is reached without TLS, which is for an emulator on this host only"
                    ),
                    Finding(
                        subject: "login",
                        verdict: .good,
                        message: "signed in to org \(identity.orgID) as user \(identity.userID)"
                    ),
                ], client
            )
        } catch {
            return ([refusedSignIn(error)], nil)
        }
    }

    /// Tells a network that is down from a blocked app from a wrong key.
    private func refusedSignIn(_ error: any Error) -> Finding {
        guard let error = error as? SalesforceError else {
            let hint = (error as? EngineError)?.hint
            return Finding(subject: "login", verdict: .bad, message: "\(error)", remedy: hint)
        }
        let entry = ErrorCatalogue.entry(for: error.code, message: error.message)
        switch error.kind {
        case .transport, .timeout:
            let isTLS = error.code == SalesforceError.Code.tlsFailed
            return Finding(
                subject: isTLS ? "tls" : "network",
                verdict: .bad,
                message: error.description,
                remedy: isTLS
                    ? "give the authority of the host's certificate as `ca_file`"
                    : "look at the name, the firewall and `proxy`: \(destination.loginURL) must be reached from this host"
            )
        case .authentication, .salesforce, .malformedAnswer, .limit, .refusedHere:
            let why = entry.explanation.isEmpty ? "" : " (\(entry.explanation))"
            return Finding(
                subject: "login",
                verdict: .bad,
                message: error.description + why,
                remedy: entry.remedy.isEmpty ? nil : entry.remedy
            )
        }
    }

    /// API, rights, quota and storage: all of them stand in the limits.
    private func access(_ client: SalesforceClient) async -> [Finding] {
        let limits: [String: OrgLimit]
        do {
            limits = try await client.limits()
        } catch let error as SalesforceError where error.code.hasPrefix("API_") {
            return [
                Finding(
                    subject: "api",
                    verdict: .bad,
                    message: error.description,
                    remedy: "the user's profile needs API Enabled, and the edition must have API access"
                )
            ]
        } catch {
            return [
                Finding(
                    subject: "rights",
                    verdict: .warning,
                    message: "the org's limits can't be read: \(error)",
                    remedy: "give the user View Setup and Configuration: quota and automation are not seen without it"
                )
            ]
        }
        var findings = [
            Finding(subject: "api", verdict: .good, message: "the REST API answers (version \(destination.apiVersion))")
        ]
        do {
            _ = try await client.query("SELECT Id FROM ApexTrigger LIMIT 1", atMost: 1, tooling: true)
            findings.append(
                Finding(subject: "rights", verdict: .good, message: "the user has View Setup and Configuration")
            )
        } catch {
            findings.append(
                Finding(
                    subject: "rights",
                    verdict: .warning,
                    message: "triggers, flows and scheduled jobs can't be seen: \(error)",
                    remedy: "give the user View Setup and Configuration"
                )
            )
        }
        if let calls = limits["DailyApiRequests"] {
            let reserve = Int(destination.limits.reserve.fraction * Double(calls.max))
            let isShort = calls.remaining <= reserve
            findings.append(
                Finding(
                    subject: "quota",
                    verdict: isShort ? .warning : .good,
                    message:
                        "\(calls.remaining) of \(calls.max) API calls are left today; \(reserve) are kept for others",
                    remedy: isShort
                        ? "runs wait until calls come free; lower `limits.reserve`, or spread the runs" : nil
                )
            )
        }
        if let storage = limits["DataStorageMB"] {
            let isShort = storage.remaining * 20 < storage.max
            findings.append(
                Finding(
                    subject: "storage",
                    verdict: isShort ? .warning : .good,
                    message: "\(storage.remaining) of \(storage.max) MB of data storage are free",
                    remedy: isShort ? "creates are refused when it is full: delete records, or buy storage" : nil
                )
            )
        }
        return findings
    }

    private func edition(_ client: SalesforceClient) async -> Finding {
        let soql = "SELECT Name, OrganizationType, IsSandbox, InstanceName FROM Organization"
        do {
            guard let org = try await client.query(soql, atMost: 1).first else {
                return Finding(subject: "edition", verdict: .unknown, message: "the org says nothing of itself")
            }
            let kind = org.text("IsSandbox") == "true" ? "a sandbox" : "production"
            return Finding(
                subject: "edition",
                verdict: .good,
                message:
                    "\(org.text("Name") ?? "the org") is \(kind), \(org.text("OrganizationType") ?? "of an unknown edition"), on \(org.text("InstanceName") ?? "an unknown instance")"
            )
        } catch {
            return Finding(subject: "edition", verdict: .unknown, message: "the org's edition can't be read: \(error)")
        }
    }

    private func clock(_ client: SalesforceClient) async -> Finding {
        let before = Date()
        guard let there = try? await client.serverDate() else {
            return Finding(subject: "clock", verdict: .unknown, message: "Salesforce does not say what time it has")
        }
        // The date has whole seconds, and was written some time during the call.
        let skew = Int(there.timeIntervalSince(before).rounded())
        let isOff = abs(skew) > 60
        return Finding(
            subject: "clock",
            verdict: isOff ? .bad : .good,
            message: abs(skew) <= 2
                ? "the clocks agree" : "this host's clock is \(abs(skew)) s \(skew > 0 ? "behind" : "ahead")",
            remedy: isOff ? "set the clock (timedatectl, chrony): a JWT that is off by minutes is refused" : nil
        )
    }

    private func stateFolder() -> Finding {
        let folder = conductor.parts.stateFolder
        var space = statvfs()
        guard Glibc.access(folder, W_OK) == 0, statvfs(folder, &space) == 0 else {
            return Finding(
                subject: "state",
                verdict: .bad,
                message: "the state folder \(folder) can't be written: \(String(cString: strerror(errno)))",
                remedy: "look at its owner, its mode and the mount"
            )
        }
        let megabytes = (Int(space.f_bavail) * Int(space.f_frsize)) >> 20
        let isShort = megabytes < 512
        return Finding(
            subject: "state",
            verdict: isShort ? .warning : .good,
            message: "the state folder \(folder) can be written; \(megabytes) MB are free",
            remedy: isShort ? "free room, or lower `retention`: a full disk stops every run" : nil
        )
    }
}

extension LiveFinding {
    /// What the doctor calls it.
    fileprivate var subject: String {
        if file.hasPrefix("syncs/") { return "field" }
        guard file.hasPrefix("destinations/") else { return "source" }
        return key == "api_version" ? "api" : "automation"
    }
}
