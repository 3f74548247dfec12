package import ControlProtocol
package import ControlServer
internal import Definitions
internal import Sequencing
internal import SyncModel

extension DaemonAnswers {
    package func check(caller: Caller) async throws -> CheckAnswer {
        try await answering {
            let places = DefinitionPlaces(
                host.files().files.map { DefinitionFile(path: $0.file, text: $0.text) }
            )
            let findings = await LiveCheck(conductor).findings()
            return CheckAnswer(
                faults: findings.filter(\.isFault).map { FaultReport($0, places) },
                notices: findings.filter { !$0.isFault }.map { FaultReport($0, places) }
            )
        }
    }

    package func doctor(destination: String?, caller: Caller) async throws -> DoctorAnswer {
        try await answering {
            let definition = try await conductor.destination(named: destination)
            let findings = await OrgDoctor(conductor, definition).findings()
            return DoctorAnswer(
                destination: definition.name,
                findings: findings.map {
                    DoctorAnswer.Finding(
                        subject: $0.subject,
                        verdict: $0.verdict.rawValue,
                        message: $0.message,
                        remedy: $0.remedy
                    )
                }
            )
        }
    }

    package func login(_ command: LoginCommand, caller: Caller) async throws -> LoginAnswer {
        try await answering { LoginAnswer(command.destination, try await signIns.begin(command.destination)) }
    }

    package func finishLogin(_ command: LoginFinishCommand, caller: Caller) async throws -> LoginAnswer {
        try await answering {
            let standing = try await signIns.finish(command.destination, redirected: command.redirected)
            try await conductor.note("signed-in", destination: command.destination, caller.actor)
            return LoginAnswer(command.destination, standing)
        }
    }

    package func logout(_ command: LoginCommand, caller: Caller) async throws -> ActionAnswer {
        try await answering {
            let changed = try await signIns.end(command.destination)
            if changed { try await conductor.note("signed-out", destination: command.destination, caller.actor) }
            return ActionAnswer(
                target: command.destination,
                state: "signed-out",
                changed: changed,
                message: changed
                    ? "\(command.destination) is signed out, and its token is withdrawn"
                    : "\(command.destination) was not signed in"
            )
        }
    }
}

extension FaultReport {
    fileprivate init(_ finding: LiveFinding, _ places: DefinitionPlaces) {
        let spot = places.spot(of: finding.key, in: finding.file, isOfValue: finding.isOfValue)
        self.init(
            file: spot?.file ?? finding.file,
            line: spot?.line,
            column: spot?.column,
            key: finding.key,
            message: finding.remedy.map { "\(finding.message): \($0)" } ?? finding.message,
            suggestion: finding.suggestion
        )
    }
}

extension LoginAnswer {
    fileprivate init(_ destination: String, _ standing: SignIns.Standing) {
        let who = standing.username ?? "a user whose name can't be read"
        let other = standing.formerOrgID.map {
            "; its state is of org \($0): point it there, or `sequencectl adopt` each of its syncs"
        }
        self.init(
            destination: destination,
            done: standing.isDone,
            message: standing.isDone
                ? "\(destination) is signed in to org \(standing.orgID ?? "?") as \(who)\(other ?? "")"
                : "open the address in a browser, and sign in there"
        )
        address = standing.address
        redirectUri = standing.redirectURI
        username = standing.username
    }
}
