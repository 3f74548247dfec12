import Foundation
import NIOSSL

/// A certificate for the loopback, made by the `openssl` program under a CA of its own.
enum SelfSigned {
    static func make(caFile: String?) throws -> TLSConfiguration {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("emulator-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        // Left-over scratch files are no reason to fail.
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = { (name: String) in folder.appendingPathComponent(name).path }
        // Salesforce's own names too: some clients know no other hosts, and /etc/hosts leads them here.
        let extensions = """
            subjectAltName=DNS:localhost,DNS:*.salesforce.com,DNS:*.my.salesforce.com,IP:127.0.0.1,IP:::1
            basicConstraints=CA:FALSE
            extendedKeyUsage=serverAuth
            """
        try extensions.write(toFile: file("ext"), atomically: true, encoding: .utf8)
        try openssl(
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            file("ca.key"),
            "-out",
            file("ca.crt"),
            "-days",
            "3650",
            "-subj",
            "/CN=Emulator CA",
            "-addext",
            "keyUsage=critical,keyCertSign,cRLSign"
        )
        try openssl(
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            file("key"),
            "-out",
            file("csr"),
            "-subj",
            "/CN=localhost"
        )
        try openssl(
            "x509",
            "-req",
            "-in",
            file("csr"),
            "-CA",
            file("ca.crt"),
            "-CAkey",
            file("ca.key"),
            "-CAcreateserial",
            "-out",
            file("crt"),
            "-days",
            "3650",
            "-extfile",
            file("ext")
        )
        if let caFile {
            let authority = try String(contentsOfFile: file("ca.crt"), encoding: .utf8)
            do {
                try authority.write(toFile: caFile, atomically: true, encoding: .utf8)
            } catch {
                throw EmulatorError(.noTLS, "cannot write the CA to \(caFile): \(error.localizedDescription)")
            }
        }
        let chain = try NIOSSLCertificate.fromPEMFile(file("crt"))
        let key = try NIOSSLPrivateKey(file: file("key"), format: .pem)
        return .makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
    }

    private static func openssl(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw EmulatorError(
                .noTLS,
                "cannot make a certificate: openssl \(arguments[0]) ended with \(process.terminationStatus)"
            )
        }
    }
}
