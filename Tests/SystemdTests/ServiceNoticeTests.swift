import Systemd
import Testing

@Suite struct `A notice to the service manager` {
    @Test(arguments: [
        (ServiceNotice.ready, ["READY=1"]),
        (.reloading(monotonic: 42), ["RELOADING=1", "MONOTONIC_USEC=42"]),
        (.stopping, ["STOPPING=1"]),
        (.status("2 running · next crm in 3h 12min"), ["STATUS=2 running · next crm in 3h 12min"]),
        (.extendTimeout(.milliseconds(1_500)), ["EXTEND_TIMEOUT_USEC=1500000"]),
        (.extendTimeout(.seconds(-1)), ["EXTEND_TIMEOUT_USEC=0"]),
        (.watchdog, ["WATCHDOG=1"]),
        (.watchdogTrigger, ["WATCHDOG=trigger"]),
        (.failure(errno: 22), ["ERRNO=22"]),
        (.storeDescriptor(name: "control"), ["FDSTORE=1", "FDNAME=control", "FDPOLL=0"]),
        (.removeDescriptor(name: "control"), ["FDSTOREREMOVE=1", "FDNAME=control"]),
    ])
    func `has these lines`(notice: ServiceNotice, lines: [String]) {
        #expect(notice.lines == lines)
    }

    @Test func `cannot smuggle a second one in its text`() {
        #expect(ServiceNotice.status("all well\nSTOPPING=1\r\u{1B}[2J").lines == ["STATUS=all well STOPPING=1  [2J"])
    }
}
