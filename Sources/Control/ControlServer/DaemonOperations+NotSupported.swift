package import ControlProtocol

// What a daemon does not write, it does not support, and says so.
extension DaemonOperations {
    package func status(names: [String], caller: Caller) async throws -> StatusAnswer {
        throw ControlFault(notSupported: "status")
    }
    package func sequences(caller: Caller) async throws -> SequenceListAnswer {
        throw ControlFault(notSupported: "sequences")
    }
    package func syncs(caller: Caller) async throws -> SyncListAnswer { throw ControlFault(notSupported: "syncs") }
    package func runs(of target: String?, limit: Int, before: String?, caller: Caller) async throws -> RunListAnswer {
        throw ControlFault(notSupported: "runs")
    }
    package func schedules(caller: Caller) async throws -> ScheduleListAnswer {
        throw ControlFault(notSupported: "schedules")
    }
    package func windows(caller: Caller) async throws -> QuietWindowListAnswer {
        throw ControlFault(notSupported: "windows")
    }
    package func destinations(caller: Caller) async throws -> DestinationListAnswer {
        throw ControlFault(notSupported: "destinations")
    }
    package func show(_ target: String, caller: Caller) async throws -> Shown {
        throw ControlFault(notSupported: "show")
    }
    package func plan(_ target: String, samples: Int, caller: Caller) async throws -> PlanAnswer {
        throw ControlFault(notSupported: "plan")
    }
    package func rejected(_ target: String, limit: Int?, caller: Caller) async throws -> RejectedAnswer {
        throw ControlFault(notSupported: "rejected")
    }
    package func explain(sync: String, key: String, caller: Caller) async throws -> ExplainAnswer {
        throw ControlFault(notSupported: "explain")
    }
    package func requests(run: String, body: Int?, limit: Int?, caller: Caller) async throws -> RequestsAnswer {
        throw ControlFault(notSupported: "requests")
    }
    package func why(_ target: String, caller: Caller) async throws -> WhyAnswer {
        throw ControlFault(notSupported: "why")
    }
    package func testWindows(at time: String?, caller: Caller) async throws -> QuietWindowTestAnswer {
        throw ControlFault(notSupported: "testWindows")
    }
    package func limits(destination: String?, caller: Caller) async throws -> LimitsAnswer {
        throw ControlFault(notSupported: "limits")
    }
    package func inspect(destination: String?, object: String?, caller: Caller) async throws -> InspectAnswer {
        throw ControlFault(notSupported: "inspect")
    }
    package func doctor(destination: String?, caller: Caller) async throws -> DoctorAnswer {
        throw ControlFault(notSupported: "doctor")
    }
    package func check(caller: Caller) async throws -> CheckAnswer { throw ControlFault(notSupported: "check") }
    package func definitionFiles(caller: Caller) async throws -> DefinitionFilesAnswer {
        throw ControlFault(notSupported: "definitionFiles")
    }
    package func events(after: Int64?, last: Int64?, follow: Bool, caller: Caller) async throws -> EventStream {
        throw ControlFault(notSupported: "events")
    }
    package func metrics(caller: Caller) async throws -> String { throw ControlFault(notSupported: "metrics") }
    package func start(_ command: StartCommand, idempotencyKey: String?, caller: Caller) async throws -> StartAnswer {
        throw ControlFault(notSupported: "start")
    }
    package func stop(_ command: StopCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(notSupported: "stop")
    }
    package func pause(_ command: PauseCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(notSupported: "pause")
    }
    package func resume(_ command: ResumeCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(notSupported: "resume")
    }
    package func retry(_ command: RetryCommand, idempotencyKey: String?, caller: Caller) async throws -> StartAnswer {
        throw ControlFault(notSupported: "retry")
    }
    package func approve(_ command: ApproveCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(notSupported: "approve")
    }
    package func adopt(_ command: AdoptCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(notSupported: "adopt")
    }
    package func resolve(_ command: ResolveCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(notSupported: "resolve")
    }
    package func addWindow(_ command: QuietWindowAddCommand, caller: Caller) async throws -> QuietWindowAddAnswer {
        throw ControlFault(notSupported: "addWindow")
    }
    package func endWindow(_ command: QuietWindowEndCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(notSupported: "endWindow")
    }
    package func reload(caller: Caller) async throws -> ReloadAnswer { throw ControlFault(notSupported: "reload") }
    package func login(_ command: LoginCommand, caller: Caller) async throws -> LoginAnswer {
        throw ControlFault(notSupported: "login")
    }
    package func finishLogin(_ command: LoginFinishCommand, caller: Caller) async throws -> LoginAnswer {
        throw ControlFault(notSupported: "finishLogin")
    }
    package func logout(_ command: LoginCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(notSupported: "logout")
    }
    package func backUpState(_ command: StateFileCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(notSupported: "backUpState")
    }
    package func restoreState(_ command: StateFileCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(notSupported: "restoreState")
    }
    package func verifyState(caller: Caller) async throws -> StateAnswer {
        throw ControlFault(notSupported: "verifyState")
    }
    package func forgetRow(_ command: ForgetCommand, caller: Caller) async throws -> ActionAnswer {
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
