import ControlServer
import Foundation
import Glibc
import TestKit
import Testing

@Suite(.scratchFolder) struct `The control socket` {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test func `is for its owner and its group only`() throws {
        let path = try ScratchFolder.current.path("s")
        let group = getegid()
        let listener = try ControlListener.bind(path: path, group: group)
        defer { close(listener.descriptor) }
        #expect(try mode(path) == 0o660)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.groupOwnerAccountID] as? Int == Int(group))
    }

    @Test func `replaces one that a killed daemon left behind`() throws {
        let path = try ScratchFolder.current.path("s")
        let left = try ControlListener.bind(path: path, group: nil)
        close(left.descriptor)
        let listener = try ControlListener.bind(path: path, group: nil)
        close(listener.descriptor)
        listener.removeFile()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `is not taken from a daemon that lives`() throws {
        let path = try ScratchFolder.current.path("s")
        let listener = try ControlListener.bind(path: path, group: nil)
        defer { close(listener.descriptor) }
        let error = #expect(throws: ControlServerError.self) { try ControlListener.bind(path: path, group: nil) }
        #expect(error?.code == .inUse)
        #expect(error?.description == "cannot take the control socket \(path): another process listens on it")
    }

    @Test func `does not replace what is no socket`() throws {
        let folder = try ScratchFolder.current
        for path in [try folder.write("file", "precious"), folder.path] {
            let error = #expect(throws: ControlServerError.self) { try ControlListener.bind(path: path, group: nil) }
            #expect(error?.why.contains("not a socket") == true)
        }
        let link = folder.path("link")
        #expect(symlink(folder.path("file"), link) == 0)
        #expect(throws: ControlServerError.self) { try ControlListener.bind(path: link, group: nil) }
        #expect(try folder.read("file") == "precious")
    }

    @Test func `has a path of at most 107 bytes`() throws {
        let long = try ScratchFolder.current.path(String(repeating: "x", count: 107))
        let error = #expect(throws: ControlServerError.self) { try ControlListener.bind(path: long, group: nil) }
        #expect(error?.why.contains("1 to 107 bytes") == true)
        #expect(throws: ControlServerError.self) { try ControlListener.bind(path: "", group: nil) }
    }

    @Test func `needs its folder`() throws {
        let path = try ScratchFolder.current.path("none/s")
        let error = #expect(throws: ControlServerError.self) { try ControlListener.bind(path: path, group: nil) }
        #expect(error?.why == "No such file or directory")
    }
}
