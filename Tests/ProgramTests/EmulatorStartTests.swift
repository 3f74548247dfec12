import Foundation
import Glibc
import TestKit
import Testing

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `Starting the emulator` {
    private func toItsEnd(_ arguments: String...) async throws -> ProgramRunner.Ending {
        try await ProgramRunner(product: "salesforce-emulator").run(arguments, within: .seconds(30))
    }

    /// It said one sentence on stderr, nothing on stdout, and ended with the code.
    private func expect(_ ending: ProgramRunner.Ending, _ code: Int32, saying words: String...) {
        #expect(ending.exitCode == code, "\(ending)")
        #expect(ending.output.isEmpty, "\(ending)")
        for word in words { #expect(ending.errors.contains(word), "\(ending)") }
        #expect(!ending.errors.contains("Error Domain") && !ending.errors.contains("errno"), "\(ending)")
    }

    @Test func `exits 75 where another listens, names the address, and leaves the other alone`() async throws {
        let program = try ProgramRunner(product: "salesforce-emulator")
        _ = try await program.run(["--quiet"]) { first in
            let line = try await first.line(containing: "listening on ")
            let address = String(line.dropFirst("listening on http://".count))
            expect(
                try await toItsEnd("--listen", address),
                75,
                saying: "salesforce-emulator: cannot listen on \(address): another program listens there",
                "name another port"
            )
            #expect(try await Org(url: "http://\(address)").counters().calls == 0)
        }
    }

    @Test(arguments: [
        ("203.0.113.7:0", "the address is not one of this machine's"),
        ("no-such-host.invalid:0", "no address is known by that name"),
    ])
    func `exits 64 for an address that is nowhere on this machine`(address: String, why: String) async throws {
        expect(try await toItsEnd("--listen", address), 64, saying: "cannot listen on \(address): \(why)")
    }

    @Test(arguments: ["8787", "127.0.0.1", "127.0.0.1:", ":8787", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:http"])
    func `exits 64 for what is no address with a port`(address: String) async throws {
        expect(
            try await toItsEnd("--listen", address),
            64,
            saying: "cannot listen on \(address): ADDRESS:PORT is meant",
            "127.0.0.1:8787"
        )
    }

    @Test(.enabled(if: geteuid() == 0, "only root may give a right up"))
    func `exits 77 for a port that the user may not take`() async throws {
        let program = try ProgramRunner(product: "salesforce-emulator").path
        // In a network of its own no setting lets everybody take that port, and without the capability root is anybody.
        let ending = try await ProgramRunner(path: "/usr/bin/unshare").run(
            ["--net", "setpriv", "--bounding-set=-net_bind_service", program, "--listen", "0.0.0.0:80"],
            within: .seconds(30)
        )
        expect(ending, 77, saying: "cannot listen on 0.0.0.0:80: this user may not take that port")
    }

    @Test func `exits 78 for an org file with a mistake, and 64 for one that is not there`() async throws {
        let folder = try ScratchFolder.current
        let file = try folder.write("org.yaml", "objects:\n  Shipment__c:\n    feilds: {}\n")
        expect(try await toItsEnd("--org", file), 78, saying: "salesforce-emulator: cannot use the org file", "feilds")
        let missing = folder.path("none.yaml")
        let ending = try await toItsEnd("--org", missing)
        #expect(ending.exitCode == 64 && ending.errors.contains("cannot read \(missing)"), "\(ending)")
    }

    @Test func `exits 73 where no records can be kept`() async throws {
        let folder = try ScratchFolder.current
        try folder.write("file", "")
        expect(try await toItsEnd("--data", folder.path("file/data")), 73, saying: "cannot keep the records in")
    }

    @Test func `says the address first, at once and alone, and ends cleanly when it is told to`() async throws {
        let program = try ProgramRunner(product: "salesforce-emulator")
        let (address, ending) = try await program.run(["--listen", "127.0.0.1:0", "--quiet"]) { running in
            String(try await running.line(containing: "listening on ").dropFirst("listening on ".count))
        }
        #expect(ending.output == "listening on \(address)\n", "\(ending)")
        #expect(ending.errors.isEmpty, "\(ending)")
        #expect(ending.exitCode == 0, "\(ending)")
    }

    @Test func `tells its version, as the other programs do`() async throws {
        let version = try await toItsEnd("--version")
        let other = try await ProgramRunner(product: "sequencectl").run(["--version"])
        #expect(version.exitCode == 0 && version.errors.isEmpty, "\(version)")
        #expect(version.output.split(separator: " ").last == other.output.split(separator: " ").last, "\(version)")
    }
}
