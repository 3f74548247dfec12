package import ControlProtocol

/// What is seen of a run while somebody waits for it.
package enum RunSighting: Sendable {
    case seen(RunReport)
    /// The daemon does not answer; it is asked again until it does.
    case daemonAway(ControlFault)
}

extension ControlClient {
    /// Waits until the run has ended, and stays with it while the daemon restarts.
    ///
    /// - Parameters:
    ///   - id: the run's.
    ///   - isPatient: asked at every sighting; false ends the wait.
    /// - Returns: the run as it was last seen.
    /// - Throws: `ControlFault`: `timedOut` when time is up and the run goes on, `notReached` when it is and the daemon has not come back.
    package func wait(
        forRun id: String,
        _ isPatient: (RunSighting) async throws -> Bool
    ) async throws -> Received<RunAnswer> {
        var pause = Duration.milliseconds(25)
        var away: ControlFault?
        while true {
            do {
                let received = try await run(id)
                if away != nil { pause = .milliseconds(25) }
                away = nil
                let goesOn = try await isPatient(.seen(received.document.run))
                if received.document.run.hasEnded || !goesOn { return received }
            } catch let fault as ControlFault where fault.code == .notReached || fault.code == .tooManyConnections {
                away = fault
                _ = try await isPatient(.daemonAway(fault))
                if let deadline, .now >= deadline { throw fault }
            } catch let fault as ControlFault where fault.code == .timedOut {
                throw away ?? Self.outOfTime(id)
            }
            if let deadline, .now + pause >= deadline {
                try await Task.sleep(until: deadline, clock: .continuous)
                throw away ?? Self.outOfTime(id)
            }
            try await Task.sleep(for: pause)
            // Short runs are seen to end at once, long ones do not cost much.
            pause = min(pause * 2, .milliseconds(500))
        }
    }

    private static func outOfTime(_ id: String) -> ControlFault {
        ControlFault(.timedOut, "cannot wait longer for run \(id): --timeout has passed; the run goes on")
    }
}

extension RunReport {
    /// Whether nothing more becomes of it; a state of a later daemon counts by whether it has an end.
    package var hasEnded: Bool {
        switch state {
        case "succeeded", "partial", "failed", "timed-out", "cancelled", "skipped", "missed": true
        case "queued", "waiting", "running", "stopping", "interrupted": false
        default: ended != nil
        }
    }

    /// What `--wait` exits with when the run has ended.
    package var exitCode: Int32 {
        switch state {
        case "succeeded": 0
        case "partial": 10
        case "cancelled": 11
        case "skipped", "missed": 12
        default: 1
        }
    }

    /// Steps that wait for somebody's approval.
    package var stepsAwaitingApproval: [StepReport] {
        steps.filter { $0.state == "awaiting-approval" }
    }
}
