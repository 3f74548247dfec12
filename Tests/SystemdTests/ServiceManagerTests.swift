import Glibc
import Systemd
import Testing

/// A datagram socket that stands in for the manager's; the environment is the process's, so the tests take turns.
private final class NotifySocket {
    let path: String
    private let descriptor: Int32
    private let folder: String

    init() throws {
        var template = Array("/tmp/notify-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(step: "mkdtemp") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = folder + "/notify"
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0 else { throw Failure(step: "bind") }
        setenv("NOTIFY_SOCKET", path, 1)
    }

    deinit {
        unsetenv("NOTIFY_SOCKET")
        close(descriptor)
        unlink(path)
        rmdir(folder)
    }

    /// The next message, and the descriptor that came with it.
    func receive() throws -> (text: String, descriptor: Int32?) {
        var data = [UInt8](repeating: 0, count: 4_096)
        var control = [UInt8](repeating: 0, count: 256)
        let (count, controlCount) = data.withUnsafeMutableBytes { data in
            control.withUnsafeMutableBytes { control in
                var vector = iovec(iov_base: data.baseAddress, iov_len: data.count)
                return withUnsafeMutablePointer(to: &vector) { vector in
                    var header = msghdr()
                    header.msg_iov = vector
                    header.msg_iovlen = 1
                    header.msg_control = control.baseAddress
                    header.msg_controllen = control.count
                    let count = recvmsg(descriptor, &header, Int32(MSG_DONTWAIT))
                    return (count, header.msg_controllen)
                }
            }
        }
        guard count >= 0 else { throw Failure(step: "recvmsg") }
        // cmsghdr: length, level, type, then the descriptor.
        var passed: Int32?
        if controlCount >= 20 {
            control.withUnsafeBytes { bytes in
                if bytes.load(fromByteOffset: 8, as: Int32.self) == SOL_SOCKET,
                    bytes.load(fromByteOffset: 12, as: Int32.self) == 1
                {
                    passed = bytes.load(fromByteOffset: 16, as: Int32.self)
                }
            }
        }
        return (String(decoding: data[..<count], as: UTF8.self), passed)
    }

    struct Failure: Error {
        var step: String
    }
}

@Suite(.serialized) struct `The service manager` {
    @Test func `hears all notices in one message`() throws {
        let socket = try NotifySocket()
        #expect(try ServiceManager().send([.ready, .status("idle")]))
        #expect(try socket.receive().text == "READY=1\nSTATUS=idle")
    }

    @Test func `is given the descriptor to keep`() throws {
        let socket = try NotifySocket()
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        #expect(try ServiceManager().send([.storeDescriptor(name: "control")], descriptor: ends[0]))
        let (text, passed) = try socket.receive()
        #expect(text == "FDSTORE=1\nFDNAME=control\nFDPOLL=0")
        let kept = try #require(passed)
        defer { close(kept) }
        // It is the same pipe: what goes in at one end comes out of the kept one.
        #expect(write(ends[1], "x", 1) == 1)
        var byte: UInt8 = 0
        #expect(read(kept, &byte, 1) == 1)
        #expect(byte == UInt8(ascii: "x"))
    }

    @Test func `that is not there hears nothing`() throws {
        unsetenv("NOTIFY_SOCKET")
        #expect(try ServiceManager().send([.ready]) == false)
    }

    @Test func `that cannot be reached is an error that says why`() {
        setenv("NOTIFY_SOCKET", "/tmp/there/is/nothing/here", 1)
        defer { unsetenv("NOTIFY_SOCKET") }
        let error = #expect(throws: SystemdError.self) { try ServiceManager().send([.ready]) }
        #expect(error?.description == "cannot notify the service manager: No such file or directory")
    }

    @Test func `says how often it wants to be fed`() {
        setenv("WATCHDOG_USEC", "60000000", 1)
        setenv("WATCHDOG_PID", String(getpid()), 1)
        defer {
            unsetenv("WATCHDOG_USEC")
            unsetenv("WATCHDOG_PID")
        }
        #expect(ServiceManager().watchdogInterval == .seconds(60))
        setenv("WATCHDOG_PID", "1", 1)
        #expect(ServiceManager().watchdogInterval == nil)
    }

    @Test func `passes descriptors to the process that it names only`() throws {
        setenv("LISTEN_PID", "1", 1)
        setenv("LISTEN_FDS", "1", 1)
        setenv("LISTEN_FDNAMES", "control", 1)
        #expect(try PassedDescriptor.takeAll().isEmpty)
        #expect(getenv("LISTEN_FDS") == nil)
    }

    @Test func `passes no descriptor that is not open`() throws {
        setenv("LISTEN_PID", String(getpid()), 1)
        setenv("LISTEN_FDS", "900", 1)
        let error = #expect(throws: SystemdError.self) { try PassedDescriptor.takeAll() }
        #expect(error?.code == .descriptors)
    }
}
