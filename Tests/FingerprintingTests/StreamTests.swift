import Fingerprinting
import Testing

@Suite struct `A fingerprint of pieces` {
    @Test(arguments: [0, 1, 16, 240, 241, 4_096, 70_000, 1 << 20]) func `is that of the whole`(length: Int) {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 131) }
        let stream = FingerprintStream()
        // Used twice: what came before is forgotten.
        for step in [1 + length / 7, 65_536] {
            stream.startOver()
            bytes.withUnsafeBytes { all in
                for start in stride(from: 0, to: length, by: step) {
                    stream.take(UnsafeRawBufferPointer(rebasing: all[start..<min(start + step, length)]))
                }
                #expect(stream.hash64 == Fingerprint.hash64(all))
            }
        }
    }
}
