import Foundation
import Glibc
import Systemd
import Testing

@Suite struct `A secret` {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func file(_ name: String, _ text: String, mode: mode_t = 0o600) throws -> String {
        let path = folder.appending(path: name).path
        try Data(text.utf8).write(to: URL(filePath: path))
        chmod(path, mode)
        return path
    }

    private func reader(credentials: Bool = true, environment: [String: String] = [:]) -> SecretReader {
        SecretReader(
            folders: ServiceFolders(environment: credentials ? ["CREDENTIALS_DIRECTORY": folder.path] : [:]),
            environment: environment
        )
    }

    @Test(arguments: [("hunter2\n", "hunter2"), ("hunter2", "hunter2"), ("a\nb\n\n", "a\nb\n"), ("x\r\n", "x")])
    func `is the file's text without the last line end`(text: String, secret: String) throws {
        _ = try file("warehouse-password", text, mode: 0o400)
        #expect(try reader().credential("warehouse-password") == secret)
        #expect(try reader().file(file("s", text)) == secret)
    }

    @Test(arguments: ["../passwd", "a/b", "", ".", ".."])
    func `cannot be had from outside the credentials' folder`(name: String) {
        let error = #expect(throws: SystemdError.self) { try reader().credential(name) }
        #expect(error?.why == "a credential's name is a file name")
    }

    @Test func `that was not passed is named, with the way to pass it`() {
        let missing = #expect(throws: SystemdError.self) { try reader().credential("k") }
        #expect(missing?.what == "read credential `k`")
        #expect(missing?.why.contains("/etc/credstore/sequenced") == true)
        let error = #expect(throws: SystemdError.self) { try reader(credentials: false).credential("k") }
        #expect(error?.why.contains("LoadCredential=") == true)
    }

    @Test func `of a folder that is loaded as a whole has its file's name`() throws {
        _ = try file("sequenced_production-key", "from the folder")
        #expect(try reader().credential("production-key") == "from the folder")
        _ = try file("production-key", "by itself")
        #expect(try reader().credential("production-key") == "by itself")
    }

    @Test func `of the environment must be set`() throws {
        #expect(try reader(environment: ["TOKEN": "t"]).environmentVariable("TOKEN") == "t")
        let error = #expect(throws: SystemdError.self) { try reader().environmentVariable("TOKEN") }
        #expect(error?.description == "cannot read the environment variable `TOKEN`: it is not set")
    }

    @Test(arguments: [mode_t(0o640), 0o604, 0o660, 0o622, 0o777, 0o610])
    func `in a file that others may reach is refused`(mode: mode_t) throws {
        let path = try file("open", "hunter2", mode: mode)
        let error = #expect(throws: SystemdError.self) { try reader().file(path) }
        #expect(error?.why.contains("chmod 600") == true)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func `in another user's file is refused`() throws {
        guard getuid() == 0 else {
            print("not root: a file of another user cannot be made")
            return
        }
        let path = try file("foreign", "hunter2")
        #expect(chown(path, 4_242, 4_242) == 0)
        let error = #expect(throws: SystemdError.self) { try reader().file(path) }
        #expect(error?.why.contains("uid 4242") == true)
    }

    @Test func `is a regular file of text`() throws {
        let pipe = folder.appending(path: "pipe").path
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(throws: SystemdError.self) { try reader().file(pipe) }
        #expect(throws: SystemdError.self) { try reader().file(folder.path) }
        #expect(throws: SystemdError.self) { try reader().file(file("empty", "\n")) }
        #expect(throws: SystemdError.self) { try reader().file(folder.path + "/none") }
        let binary = folder.appending(path: "binary").path
        try Data([0xFF, 0xFE, 0x00]).write(to: URL(filePath: binary))
        chmod(binary, 0o600)
        #expect(throws: SystemdError.self) { try reader().file(binary) }
    }
}

@Suite struct `The service's folders` {
    @Test func `are the first of each list`() {
        let folders = ServiceFolders(environment: [
            "STATE_DIRECTORY": "/var/lib/sequenced:/var/lib/other", "RUNTIME_DIRECTORY": "",
            "CREDENTIALS_DIRECTORY": "",
        ])
        #expect(folders.state == "/var/lib/sequenced")
        #expect(folders.runtime == nil)
        #expect(folders.configuration == nil)
        #expect(folders.credentials == nil)
    }
}
