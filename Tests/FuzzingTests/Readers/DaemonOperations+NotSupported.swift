import ControlProtocol
import ControlServer

// What a fake does not write, it does not support, and says so as a daemon of another version would.
extension DaemonOperations {
    func status(names: [String], caller: Caller) async throws -> StatusAnswer {
        throw ControlFault(notSupported: "status")
    }
    func sequences(caller: Caller) async throws -> SequenceListAnswer {
        throw ControlFault(notSupported: "sequences")
    }
    func syncs(caller: Caller) async throws -> SyncListAnswer { throw ControlFault(notSupported: "syncs") }
    func runs(of target: String?, limit: Int, before: String?, caller: Caller) async throws -> RunListAnswer {
        throw ControlFault(notSupported: "runs")
    }
    func schedules(caller: Caller) async throws -> ScheduleListAnswer {
        throw ControlFault(notSupported: "schedules")
    }
    func windows(caller: Caller) async throws -> QuietWindowListAnswer {
        throw ControlFault(notSupported: "windows")
    }
    func destinations(caller: Caller) async throws -> DestinationListAnswer {
        throw ControlFault(notSupported: "destinations")
    }
    func show(_ target: String, caller: Caller) async throws -> Shown {
        throw ControlFault(notSupported: "show")
    }
    func plan(_ target: String, samples: Int, caller: Caller) async throws -> PlanAnswer {
        throw ControlFault(notSupported: "plan")
    }
    func rejectedCauses(_ target: String, caller: Caller) async throws -> RejectedCauses {
        throw ControlFault(notSupported: "rejected")
    }

    func rejected(_ target: String, limit: Int?, caller: Caller) async throws -> RejectedAnswer {
        throw ControlFault(notSupported: "rejected")
    }
    func explain(sync: String, key: String, caller: Caller) async throws -> ExplainAnswer {
        throw ControlFault(notSupported: "explain")
    }
    func requests(run: String, body: Int?, limit: Int?, caller: Caller) async throws -> RequestsAnswer {
        throw ControlFault(notSupported: "requests")
    }
    func why(_ target: String, caller: Caller) async throws -> WhyAnswer {
        throw ControlFault(notSupported: "why")
    }
    func testWindows(at time: String?, caller: Caller) async throws -> QuietWindowTestAnswer {
        throw ControlFault(notSupported: "testWindows")
    }
    func limits(destination: String?, caller: Caller) async throws -> LimitsAnswer {
        throw ControlFault(notSupported: "limits")
    }
    func inspect(destination: String?, object: String?, caller: Caller) async throws -> InspectAnswer {
        throw ControlFault(notSupported: "inspect")
    }
    func doctor(destination: String?, caller: Caller) async throws -> DoctorAnswer {
        throw ControlFault(notSupported: "doctor")
    }
    func check(caller: Caller) async throws -> CheckAnswer { throw ControlFault(notSupported: "check") }
    func definitionFiles(caller: Caller) async throws -> DefinitionFilesAnswer {
        throw ControlFault(notSupported: "definitionFiles")
    }
    func events(after: Int64?, last: Int64?, follow: Bool, caller: Caller) async throws -> EventStream {
        throw ControlFault(notSupported: "events")
    }
    func metrics(caller: Caller) async throws -> String { throw ControlFault(notSupported: "metrics") }
    func start(_ command: StartCommand, idempotencyKey: String?, caller: Caller) async throws -> StartAnswer {
        throw ControlFault(notSupported: "start")
    }
    func stop(_ command: StopCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(notSupported: "stop")
    }
    func pause(_ command: PauseCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(notSupported: "pause")
    }
    func resume(_ command: ResumeCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(notSupported: "resume")
    }
    func retry(_ command: RetryCommand, idempotencyKey: String?, caller: Caller) async throws -> StartAnswer {
        throw ControlFault(notSupported: "retry")
    }
    func approve(_ command: ApproveCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(notSupported: "approve")
    }
    func adopt(_ command: AdoptCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(notSupported: "adopt")
    }
    func resolve(_ command: ResolveCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(notSupported: "resolve")
    }
    func addWindow(_ command: QuietWindowAddCommand, caller: Caller) async throws -> QuietWindowAddAnswer {
        throw ControlFault(notSupported: "addWindow")
    }
    func endWindow(_ command: QuietWindowEndCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(notSupported: "endWindow")
    }
    func reload(caller: Caller) async throws -> ReloadAnswer { throw ControlFault(notSupported: "reload") }
    func login(_ command: LoginCommand, caller: Caller) async throws -> LoginAnswer {
        throw ControlFault(notSupported: "login")
    }
    func finishLogin(_ command: LoginFinishCommand, caller: Caller) async throws -> LoginAnswer {
        throw ControlFault(notSupported: "finishLogin")
    }
    func logout(_ command: LoginCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(notSupported: "logout")
    }
    func backUpState(_ command: StateFileCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(notSupported: "backUpState")
    }
    func restoreState(_ command: StateFileCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(notSupported: "restoreState")
    }
    func verifyState(caller: Caller) async throws -> StateAnswer {
        throw ControlFault(notSupported: "verifyState")
    }
    func forgetRow(_ command: ForgetCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(notSupported: "forgetRow")
    }
}

extension ControlFault {
    fileprivate init(notSupported operation: String) {
        self.init(
            .notSupported,
            "cannot answer: this daemon does not support `\(operation)`",
            hint: "daemon and sequencectl may be of different versions"
        )
    }
}
